package duality.semiseparable.examples;

import duality.semiseparable.ScalarCholesky;
import duality.semiseparable.ScalarGenerators;
import java.util.Arrays;
import java.util.List;

/**
 * Gaussian-process regression in linear time, on a grid as irregular as one likes: the model of celerite (Foreman-Mackey
 * and others, Astron. J. 154, 2017). Its kernel {@code k(τ) = Σ a e^{−c|τ|} cos(ω τ)} is semiseparable, since each
 * term is a state of two numbers that decays and turns from one time to the next:
 *
 * <pre>
 *   p_i = (1, 0),   R_i = e^{−cΔ} (cos ωΔ, −sin ωΔ; sin ωΔ, cos ωΔ),   q_i = R_i (a, 0)ᵀ,   Δ = t_{i+1} − t_i
 * </pre>
 */
public final class GaussianProcess {
    /** A term {@code amplitude e^{−decay |τ|} cos(frequency τ)} of the kernel. */
    public record Term(double amplitude, double decay, double frequency) {}

    private final List<Term> terms;
    private final double[] times;
    private final double[] alpha;
    private final double logLikelihood;

    /**
     * Conditions on observations {@code y} at increasing {@code times}, with independent noise of this variance. Cost
     * O(n J³) for J terms.
     *
     * @throws duality.errors.InvalidInputException if lengths differ, a value is not finite, or the covariance is not
     *     positive definite
     */
    public GaussianProcess(List<Term> terms, double[] times, double[] y, double noise) {
        this.terms = List.copyOf(terms);
        this.times = times.clone();
        ScalarCholesky factor = covariance(terms, times, noise).cholesky();
        alpha = factor.solve(y);
        double square = 0;
        for (int i = 0; i < y.length; i++) {
            square += y[i] * alpha[i];
        }
        logLikelihood = -0.5 * (square + factor.logDeterminant() + y.length * Math.log(2 * Math.PI));
    }

    /** {@code −½ (yᵀ K⁻¹ y + log det K + n log 2π)}. */
    public double logLikelihood() {
        return logLikelihood;
    }

    /**
     * The mean at new times, which increase and differ from the observed ones: the weights {@code K⁻¹ y} at the
     * observations and zeros at the new times, times the kernel on both grids together. Cost O((n + m) J²).
     */
    public double[] mean(double[] newTimes) {
        double[] all = Arrays.copyOf(times, times.length + newTimes.length);
        System.arraycopy(newTimes, 0, all, times.length, newTimes.length);
        Arrays.sort(all);
        double[] weights = new double[all.length];
        for (int i = 0; i < times.length; i++) {
            weights[Arrays.binarySearch(all, times[i])] = alpha[i];
        }
        double[] everywhere = covariance(terms, all, 0).multiply(weights);
        return Arrays.stream(newTimes)
                .map(time -> everywhere[Arrays.binarySearch(all, time)])
                .toArray();
    }

    /** The kernel on a grid, plus noise on the diagonal. */
    public static ScalarGenerators covariance(List<Term> terms, double[] times, double noise) {
        int n = times.length;
        int rank = 2 * terms.size();
        double[] d = new double[n];
        double[] p = new double[n * rank];
        double[] r = new double[n * rank * rank];
        double[] q = new double[n * rank];
        Arrays.fill(d, noise + terms.stream().mapToDouble(Term::amplitude).sum());
        for (int i = 0; i < n; i++) {
            double step = i + 1 < n ? times[i + 1] - times[i] : 0;
            for (int j = 0; j < terms.size(); j++) {
                Term term = terms.get(j);
                double decay = Math.exp(-term.decay() * step);
                double cosine = decay * Math.cos(term.frequency() * step);
                double sine = decay * Math.sin(term.frequency() * step);
                int at = i * rank + 2 * j;
                int block = at * rank + 2 * j;
                p[at] = 1;
                q[at] = cosine * term.amplitude();
                q[at + 1] = sine * term.amplitude();
                r[block] = cosine;
                r[block + 1] = sine;
                r[block + rank] = -sine;
                r[block + rank + 1] = cosine;
            }
        }
        return ScalarGenerators.symmetric(d, p, r, q);
    }
}
