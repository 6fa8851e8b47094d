package duality.semiseparable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.NormOps_DDRM;

/** What the tests of the floating-point algorithms share: dense counterparts, errors, faults, and ways to make generators. */
final class DenseOracle {
    static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    private DenseOracle() {}

    static DMatrixRMaj random(SplittableRandom random, int rows, int columns) {
        DMatrixRMaj block = new DMatrixRMaj(rows, columns);
        Arrays.setAll(block.data, i -> random.nextDouble(-1, 1));
        return block;
    }

    /** A square matrix of n blocks with sizes 1 to {@code size}, and every inner rank {@code rank}. */
    static Generators<DMatrixRMaj> ofRank(SplittableRandom random, int n, int size, int rank) {
        int[] sizes = random.ints(n, 1, size + 1).toArray();
        return RandomGenerators.of(
                K, (rows, columns) -> random(random, rows, columns), n, i -> sizes[i], i -> sizes[i], i -> rank);
    }

    static double norm(DMatrixRMaj a) {
        return a.getNumElements() == 0 ? 0 : NormOps_DDRM.normF(a);
    }

    static double distance(DMatrixRMaj a, DMatrixRMaj b) {
        return norm(K.subtract(a, b));
    }

    /** {@code ‖b − A x‖ / (‖A‖ ‖x‖ + ‖b‖)}. */
    static double backwardError(DMatrixRMaj a, DMatrixRMaj x, DMatrixRMaj b) {
        double scale = norm(a) * norm(x) + norm(b);
        return scale == 0 ? 0 : distance(b, K.multiply(a, x)) / scale;
    }

    /** The same generators with other diagonal blocks. */
    static Generators<DMatrixRMaj> diagonal(Generators<DMatrixRMaj> a, UnaryOperator<DMatrixRMaj> change) {
        return new Generators<>(a.d().stream().map(change).toList(), a.p(), a.r(), a.q(), a.u(), a.w(), a.v());
    }

    static Generators<DMatrixRMaj> scaleDiagonal(Generators<DMatrixRMaj> a, double factor) {
        return diagonal(a, d -> K.scale(K.of(1, 1, new double[] {factor}), d));
    }

    /** {@code A + B} with the generators stacked, so that the ranks add. */
    static Generators<DMatrixRMaj> sum(Generators<DMatrixRMaj> a, Generators<DMatrixRMaj> b) {
        List<List<DMatrixRMaj>> lists = new ArrayList<>();
        for (int list = 0; list < 7; list++) {
            lists.add(new ArrayList<>());
        }
        for (int i = 0; i < a.blocks(); i++) {
            lists.get(0).add(K.add(a.d().get(i), b.d().get(i)));
            lists.get(1).add(K.beside(a.p().get(i), b.p().get(i)));
            lists.get(2).add(blockDiagonal(a.r().get(i), b.r().get(i)));
            lists.get(3).add(K.stackRows(List.of(a.q().get(i), b.q().get(i))));
            lists.get(4).add(K.beside(a.u().get(i), b.u().get(i)));
            lists.get(5).add(blockDiagonal(a.w().get(i), b.w().get(i)));
            lists.get(6).add(K.stackRows(List.of(a.v().get(i), b.v().get(i))));
        }
        return Generators.of(
                K, lists.get(0), lists.get(1), lists.get(2), lists.get(3), lists.get(4), lists.get(5), lists.get(6));
    }

    static DMatrixRMaj blockDiagonal(DMatrixRMaj a, DMatrixRMaj b) {
        return K.stackRows(
                List.of(K.beside(a, K.zeros(a.numRows, b.numCols)), K.beside(K.zeros(b.numRows, a.numCols), b)));
    }

    /** The same matrix in other coordinates of its states, g → T g and h → S h with random T and S near the identity. */
    static Generators<DMatrixRMaj> similar(SplittableRandom random, Generators<DMatrixRMaj> a) {
        int n = a.blocks();
        List<DMatrixRMaj> t = new ArrayList<>();
        List<DMatrixRMaj> s = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            t.add(nearIdentity(random, a.p().get(i).numCols));
            s.add(nearIdentity(random, a.u().get(i).numCols));
        }
        List<List<DMatrixRMaj>> lists = new ArrayList<>();
        for (int list = 0; list < 6; list++) {
            lists.add(new ArrayList<>());
        }
        for (int i = 0; i < n; i++) {
            DMatrixRMaj below = i + 1 < n ? t.get(i + 1) : K.identity(0);
            DMatrixRMaj above = i > 0 ? s.get(i - 1) : K.identity(0);
            DMatrixRMaj lower = K.solve(t.get(i), K.identity(t.get(i).numRows));
            DMatrixRMaj upper = K.solve(s.get(i), K.identity(s.get(i).numRows));
            lists.get(0).add(K.multiply(a.p().get(i), lower));
            lists.get(1).add(K.multiply(below, K.multiply(a.r().get(i), lower)));
            lists.get(2).add(K.multiply(below, a.q().get(i)));
            lists.get(3).add(K.multiply(a.u().get(i), upper));
            lists.get(4).add(K.multiply(above, K.multiply(a.w().get(i), upper)));
            lists.get(5).add(K.multiply(above, a.v().get(i)));
        }
        return Generators.of(
                K, a.d(), lists.get(0), lists.get(1), lists.get(2), lists.get(3), lists.get(4), lists.get(5));
    }

    private static DMatrixRMaj nearIdentity(SplittableRandom random, int n) {
        return K.add(K.identity(n), K.scale(K.of(1, 1, new double[] {0.5 / Math.max(1, n)}), random(random, n, n)));
    }

    static void assertFault(Fault fault, ThrowingCallable call, String... shown) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        thrown -> assertThat(thrown.fault()).isEqualTo(fault))
                .satisfies(thrown -> assertThat(thrown.getMessage()).contains(shown));
    }
}
