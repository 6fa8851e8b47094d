package duality.semiseparable.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import duality.algebra.EjmlBlocks;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;

/** Yearly sunspots with every third year of the early nineteenth century and some others lost. */
class GaussianProcessTest {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;
    private static final double NOISE = 60;

    /** The cycle of eleven years, its first harmonic, and a slow drift of its strength. */
    private static final List<GaussianProcess.Term> TERMS = List.of(
            new GaussianProcess.Term(1100, 0.03, 2 * Math.PI / 11),
            new GaussianProcess.Term(100, 0.05, 4 * Math.PI / 11),
            new GaussianProcess.Term(400, 0.02, 0));

    private final double[][] series = read();
    private final double mean = Arrays.stream(series[1]).average().orElseThrow();
    private final double[] observed = part(0, true);
    private final double[] values =
            Arrays.stream(part(1, true)).map(y -> y - mean).toArray();
    private final double[] missing = part(0, false);
    private final GaussianProcess process = new GaussianProcess(TERMS, observed, values, NOISE);

    private static double[][] read() {
        try (InputStream stream = GaussianProcessTest.class.getResourceAsStream("sunspots.csv");
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(Objects.requireNonNull(stream), StandardCharsets.UTF_8))) {
            List<String[]> lines = reader.lines()
                    .filter(line -> Character.isDigit(line.charAt(0)))
                    .map(line -> line.split(",", -1))
                    .toList();
            return new double[][] {
                lines.stream().mapToDouble(line -> Double.parseDouble(line[0])).toArray(),
                lines.stream().mapToDouble(line -> Double.parseDouble(line[1])).toArray()
            };
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private double[] part(int column, boolean kept) {
        double[] all = new double[series[0].length];
        int count = 0;
        for (int i = 0; i < all.length; i++) {
            double year = series[0][i];
            boolean lost = year % 10 == 4 || (year > 1800 && year < 1850 && year % 3 == 0);
            if (lost != kept) {
                all[count++] = series[column][i];
            }
        }
        return Arrays.copyOf(all, count);
    }

    private static double kernel(double tau) {
        return TERMS.stream()
                .mapToDouble(term ->
                        term.amplitude() * Math.exp(-term.decay() * Math.abs(tau)) * Math.cos(term.frequency() * tau))
                .sum();
    }

    private static DMatrixRMaj kernel(double[] rows, double[] columns, double noise) {
        DMatrixRMaj result = new DMatrixRMaj(rows.length, columns.length);
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns.length; j++) {
                result.set(i, j, kernel(rows[i] - columns[j]) + (i == j ? noise : 0));
            }
        }
        return result;
    }

    @Test
    void theCovarianceIsThatOfTheKernel() {
        DMatrixRMaj structured = GaussianProcess.covariance(TERMS, observed, NOISE)
                .toGenerators()
                .dense(K);
        // A relative error of a few roundings for each of the steps that a product of rotations has.
        double bound = 4 * observed.length * K.unitRoundoff() * kernel(0);
        assertThat(CommonOps_DDRM.elementMaxAbs(K.subtract(structured, kernel(observed, observed, NOISE))))
                .isLessThan(bound);
    }

    @Test
    void likelihoodAndPredictionEqualTheDenseOnes() {
        DMatrixRMaj covariance = kernel(observed, observed, NOISE);
        DMatrixRMaj y = new DMatrixRMaj(values.length, 1, true, values);
        DMatrixRMaj alpha = K.solve(covariance, y);
        DMatrixRMaj c = K.cholesky(covariance);
        double logLikelihood = -0.5 * (CommonOps_DDRM.dot(y, alpha) + values.length * Math.log(2 * Math.PI));
        for (int i = 0; i < values.length; i++) {
            logLikelihood -= Math.log(c.get(i, i));
        }
        // The condition of the covariance is below n k(0) / noise; both sides lose that much.
        double bound = 8 * values.length * (values.length * kernel(0) / NOISE) * K.unitRoundoff();
        assertThat(process.logLikelihood()).isCloseTo(logLikelihood, within(bound * Math.abs(logLikelihood)));
        double[] expected = K.multiply(kernel(missing, observed, 0), alpha).data;
        double[] predicted = process.mean(missing);
        for (int i = 0; i < missing.length; i++) {
            assertThat(predicted[i]).isCloseTo(expected[i], within(bound * 1000));
        }
    }

    /** The model is of use: the lost years come back, much better than by the mean of the others. */
    @Test
    void predictsTheYearsLeftOut() {
        double[] predicted = process.mean(missing);
        double[] truth = part(1, false);
        double error = 0;
        double spread = 0;
        for (int i = 0; i < missing.length; i++) {
            error += Math.pow(predicted[i] + mean - truth[i], 2);
            spread += Math.pow(truth[i] - mean, 2);
        }
        assertThat(missing.length).isGreaterThan(25);
        assertThat(error / spread).isLessThan(0.25);
    }
}
