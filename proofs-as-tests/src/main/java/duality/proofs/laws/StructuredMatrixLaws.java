package duality.proofs.laws;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.ValueException;
import duality.semiseparable.StructuredMatrix;
import java.util.List;
import java.util.function.DoubleSupplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.ejml.data.DMatrixRMaj;

/**
 * The laws of structured matrices: extend this class and name how yours is made. Every operation is held against the
 * dense matrix. The numbers are small integers; since transforms and factorisations round, results may be off by {@code
 * γ_{64n}} relative to the product of the norms, which covers products of n terms, FFTs of length 2n (Higham 2002,
 * theorem 24.2) and 4n Householder reflections (lemma 19.3).
 */
public abstract class StructuredMatrixLaws {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;
    private static final int TRIES = 60;

    /** For subclasses. */
    protected StructuredMatrixLaws() {}

    /**
     * A matrix of about {@code size} rows.
     *
     * @param next small integers, from −2 to 2; the same ones must give the same matrix
     */
    protected abstract StructuredMatrix matrix(int size, DoubleSupplier next);

    /** A size and numbers, shrinking to short lists of zeros. */
    protected record Entries(int size, List<Integer> numbers) {
        /** Copies the list. */
        public Entries {
            numbers = List.copyOf(numbers);
        }

        DoubleSupplier next(int seed) {
            int[] at = {seed};
            return () -> {
                int round = at[0] / numbers.size();
                return numbers.get(Math.floorMod(at[0]++ * (1 + round) + round, numbers.size()));
            };
        }
    }

    /** What the laws are tried on. */
    @Provide
    protected Arbitrary<Entries> entries() {
        return Arbitraries.integers()
                .between(1, 11)
                .flatMap(size -> Arbitraries.integers()
                        .between(-2, 2)
                        .list()
                        .ofMinSize(7)
                        .ofMaxSize(40)
                        .map(numbers -> new Entries(size, numbers)));
    }

    private StructuredMatrix matrix(Entries entries) {
        return matrix(entries.size(), entries.next(0));
    }

    private static DMatrixRMaj block(int rows, int columns, DoubleSupplier next) {
        DMatrixRMaj x = new DMatrixRMaj(rows, columns);
        for (int i = 0; i < x.getNumElements(); i++) {
            x.data[i] = next.getAsDouble();
        }
        return x;
    }

    private static double norm(DMatrixRMaj a) {
        double sum = 0;
        for (int i = 0; i < a.getNumElements(); i++) {
            sum = Math.hypot(sum, a.data[i]);
        }
        return sum;
    }

    private static void near(
            String law, DMatrixRMaj actual, DMatrixRMaj expected, double scale, int n, Entries entries) {
        Check.holds(
                law,
                actual.numRows == expected.numRows && actual.numCols == expected.numCols,
                "%dx%d, not %dx%d, at %s"
                        .formatted(actual.numRows, actual.numCols, expected.numRows, expected.numCols, entries));
        double bound = 64.0 * n * 0x1p-53 * scale;
        for (int i = 0; i < expected.getNumElements(); i++) {
            double difference = Math.abs(actual.data[i] - expected.data[i]);
            Check.holds(
                    law,
                    difference <= bound,
                    "[%d,%d] = %s, not %s, at %s"
                            .formatted(
                                    i / expected.numCols,
                                    i % expected.numCols,
                                    actual.data[i],
                                    expected.data[i],
                                    entries));
        }
    }

    /** Products, transposed products and entries are those of the dense matrix. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.FULL)
    void multipliesByItsEntries(@ForAll("entries") Entries entries) {
        StructuredMatrix a = matrix(entries);
        Check.cover("size", entries.size() == 1 ? "one" : "more", "one", "more");
        DMatrixRMaj dense = a.toDense();
        int n = Math.max(a.rows(), a.columns());
        DMatrixRMaj x = block(a.columns(), 2, entries.next(50));
        near("multiplication", a.multiply(x), K.multiply(dense, x), norm(dense) * norm(x), n, entries);
        DMatrixRMaj w = block(a.rows(), 2, entries.next(70));
        near(
                "transposed multiplication",
                a.multiplyTransposed(w),
                K.multiplyTransposeLeft(dense, w),
                norm(dense) * norm(w),
                n,
                entries);
        DMatrixRMaj single = new DMatrixRMaj(a.rows(), a.columns());
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < a.columns(); j++) {
                single.set(i, j, a.get(i, j));
            }
        }
        near("entries", single, dense, norm(dense), n, entries);
    }

    /** {@code ⟨A x, w⟩ = ⟨x, Aᵀ w⟩}. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.FULL)
    void adjoint(@ForAll("entries") Entries entries) {
        StructuredMatrix a = matrix(entries);
        DMatrixRMaj x = block(a.columns(), 1, entries.next(50));
        DMatrixRMaj w = block(a.rows(), 1, entries.next(70));
        near(
                "adjoint identity",
                K.multiplyTransposeLeft(w, a.multiply(x)),
                K.multiplyTransposeLeft(a.transpose().multiply(w), x),
                norm(a.toDense()) * norm(x) * norm(w),
                Math.max(a.rows(), a.columns()),
                entries);
    }

    /** The algebra is that of the dense matrices. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.FULL)
    void algebra(@ForAll("entries") Entries entries) {
        StructuredMatrix a = matrix(entries);
        StructuredMatrix b = matrix(entries.size(), entries.next(30));
        DMatrixRMaj denseA = a.toDense();
        DMatrixRMaj denseB = b.toDense();
        int n = Math.max(a.rows(), a.columns());
        double sizes = norm(denseA) * norm(denseB) + norm(denseA) + norm(denseB);
        near("sum", a.plus(b).toDense(), K.add(denseA, denseB), sizes, n, entries);
        near("difference", a.minus(b).toDense(), K.subtract(denseA, denseB), sizes, n, entries);
        near("Hadamard product", a.hadamard(b).toDense(), K.hadamard(denseA, denseB), sizes, n, entries);
        near("transpose", a.transpose().toDense(), K.transpose(denseA), sizes, n, entries);
        near("scale", a.scale(-3).toDense(), K.scale(K.of(1, 1, new double[] {-3}), denseA), sizes * 3, n, entries);
        if (a.columns() == b.rows()) {
            near("product", a.times(b).toDense(), K.multiply(denseA, denseB), sizes, n, entries);
        }
    }

    /** The default solver is backward stable, or says that the matrix is singular. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.FULL)
    void solves(@ForAll("entries") Entries entries) {
        StructuredMatrix a = matrix(entries);
        if (a.rows() != a.columns()) {
            return;
        }
        DMatrixRMaj b = block(a.rows(), 1, entries.next(50));
        try {
            DMatrixRMaj x = a.solve(b).x();
            near("solution", a.multiply(x), b, norm(a.toDense()) * norm(x) + norm(b), a.rows() * a.rows(), entries);
        } catch (ValueException singular) {
            Check.holds("solution", singular.fault() == Fault.SINGULAR, singular + " at " + entries);
        }
    }

    /** What is promised of it holds, and the same numbers give the same matrix. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.FULL)
    void propertiesAndDeterminism(@ForAll("entries") Entries entries) {
        StructuredMatrix a = matrix(entries);
        a.check(64.0 * a.rows() * 0x1p-53 * norm(a.toDense()));
        DMatrixRMaj x = block(a.columns(), 1, entries.next(50));
        Check.equal(
                "determinism",
                "A x",
                a.multiply(x).data,
                matrix(entries).multiply(x).data,
                i -> new long[] {i},
                entries);
    }
}
