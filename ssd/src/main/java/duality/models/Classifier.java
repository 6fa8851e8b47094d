package duality.models;

import duality.algebra.Blocks;
import duality.algebra.Field;
import duality.algebra.RingMatrix;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.jspecify.annotations.Nullable;

/**
 * Tells what kind of matrix a sequence model is, by ranks: exact ones over a field, where a model with random
 * parameters stands for all of its kind, or numerical ones in double precision, for a matrix from elsewhere.
 *
 * <p>A rank over a field at random parameters is at most the generic rank, and equal to it with probability at least 1
 * − degree/p.
 *
 * @param <M> the type of a block
 */
public final class Classifier<M> {
    /** Random splits of a transition. A minor with two rows and two other columns escapes one with probability 15/16. */
    private static final int SPLITS = 64;
    /** The transitions looked at, from the second one on. */
    private static final int TRANSITIONS = 16;

    private final Judge<M> judge;
    private final Blocks<M> k;

    private Classifier(Judge<M> judge) {
        this.judge = judge;
        this.k = judge.blocks();
    }

    /** Exact ranks over a field. */
    public static <E> Classifier<RingMatrix<E>> exact(Field<E> field) {
        return new Classifier<>(new ExactJudge<>(field));
    }

    /**
     * Numerical ranks: singular values above {@code tolerance} times the Frobenius norm of the matrix. The pass over T
     * columns drops smaller ones at each of its 2T steps, so that what counts as zero may add up to that many.
     */
    public static Classifier<DMatrixRMaj> real(double tolerance) {
        return new Classifier<>(new RealJudge(tolerance));
    }

    /** The class of a model on a sequence of at least 32 steps; with {@code scores = QKᵀ (T×T)}, also of its mask. */
    public Classification classify(SequenceModel<M> model, @Nullable M scores) {
        M matrix = model.matrix(k);
        return new Classification(
                model instanceof LinearRecurrence<M> recurrence ? transition(recurrence) : null,
                profiles(matrix),
                scores == null ? null : profiles(mask(matrix, scores)));
    }

    /** The mask of a causal model: {@code M_ji / (QKᵀ)_ji} on and below the diagonal, zero above {@code (T×T)}. */
    public M mask(M matrix, M scores) {
        return judge.lowerQuotient(matrix, scores);
    }

    /** The class of a matrix {@code (T×T)} of which nothing else is known. */
    public Classification classify(M matrix) {
        return new Classification(null, profiles(matrix), null);
    }

    /** The profiles of the leading parts of lengths T/8, T/4, T/2, T. */
    private List<MatrixProfile> profiles(M matrix) {
        int length = k.rows(matrix);
        return IntStream.of(8, 4, 2, 1)
                .map(part -> length / part)
                .filter(n -> n > 0)
                .mapToObj(n -> profile(k.block(matrix, 0, n, 0, Math.min(n, k.columns(matrix)))))
                .toList();
    }

    /**
     * The ranks of all off-diagonal blocks of a matrix {@code (T×T)}, in one pass over its columns that keeps nothing
     * but a basis. Work O(T² r²) for ranks up to r.
     *
     * @throws ShapeException if the matrix is not square
     */
    public MatrixProfile profile(M matrix) {
        int n = k.rows(matrix);
        if (k.columns(matrix) != n) {
            throw ShapeException.mismatch(
                    "classes are of square matrices", n + " rows", k.columns(matrix) + " columns");
        }
        double scale = judge.scale(matrix);
        List<Integer> lower = new ArrayList<>();
        List<Integer> strictlyLower = new ArrayList<>();
        List<Integer> upper = new ArrayList<>();
        ranks(k.transpose(matrix), scale, lower, strictlyLower);
        ranks(matrix, scale, new ArrayList<>(), upper);
        M shifted = k.block(matrix, Math.min(1, n), n, Math.min(1, n), n);
        M difference = k.subtract(shifted, k.block(matrix, 0, Math.max(0, n - 1), 0, Math.max(0, n - 1)));
        M diagonal = k.hadamard(k.identity(n), matrix);
        return new MatrixProfile(
                lower,
                strictlyLower,
                upper,
                judge.isZero(difference, scale),
                judge.isZero(k.subtract(diagonal, k.identity(n)), scale));
    }

    /** The ranks of {@code a[:i+1, i:]} and {@code a[:i, i:]}. */
    private void ranks(M a, double scale, List<Integer> inclusive, List<Integer> exclusive) {
        int n = k.rows(a);
        M basis = k.zeros(0, n);
        for (int i = 0; i < n; i++) {
            exclusive.add(k.rows(basis));
            basis = judge.rowBasis(k.stackRows(List.of(basis, k.block(a, i, i + 1, i, n))), scale);
            inclusive.add(k.rows(basis));
            basis = judge.rowBasis(k.block(basis, 0, k.rows(basis), 1, n - i), scale);
        }
    }

    /** What the transitions of a model have in common, over its first {@value #TRANSITIONS} steps. */
    public Transition transition(LinearRecurrence<M> model) {
        List<M> all = IntStream.range(Math.min(1, model.length(k)), Math.min(TRANSITIONS, model.length(k)))
                .mapToObj(t -> model.step(k, t).transition())
                .toList();
        int n = all.stream().mapToInt(k::rows).max().orElse(0);
        if (all.stream().anyMatch(a -> k.rows(a) != n || k.columns(a) != n)) {
            return new Transition(Transition.Kind.GENERAL, n);
        }
        if (all.stream().allMatch(a -> isKronecker(a, n))) {
            return new Transition(Transition.Kind.SCALAR, n);
        }
        if (all.stream().allMatch(a -> isZero(k.subtract(a, k.hadamard(a, k.identity(n))), a))) {
            return new Transition(Transition.Kind.DIAGONAL, n);
        }
        for (int features = n / 2; features > 1; features--) {
            int size = features;
            if (n % size == 0 && all.stream().allMatch(a -> isKronecker(a, size))) {
                return new Transition(Transition.Kind.KRONECKER, n / size);
            }
        }
        int rank = offDiagonalRank(all, n);
        return rank < n / 2
                ? new Transition(Transition.Kind.DIAGONAL_PLUS_LOW_RANK, rank)
                : new Transition(Transition.Kind.GENERAL, n);
    }

    private boolean isZero(M part, M whole) {
        return judge.isZero(part, judge.scale(whole));
    }

    /** Whether {@code a = S ⊗ I} with the identity of {@code size}. */
    private boolean isKronecker(M a, int size) {
        for (int i = 0; i < k.rows(a); i += size) {
            for (int j = 0; j < k.columns(a); j += size) {
                M block = k.block(a, i, i + size, j, j + size);
                M first = k.scale(k.entry(block, 0, 0), k.identity(size));
                if (!isZero(k.subtract(block, first), a)) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * The largest rank of a block {@code a[I, J]} with disjoint I and J, over random splits of the indices: a diagonal
     * part does not show in it, so it is at most r for a diagonal plus rank r.
     */
    private int offDiagonalRank(List<M> transitions, int n) {
        SplittableRandom random = new SplittableRandom(n);
        int rank = 0;
        for (M a : transitions) {
            double scale = judge.scale(a);
            for (int split = 0; split < SPLITS; split++) {
                boolean[] side = new boolean[n];
                for (int i = 0; i < n; i++) {
                    side[i] = random.nextBoolean();
                }
                M chosen = select(k.transpose(select(a, side, true)), side, false);
                rank = Math.max(rank, k.rows(judge.rowBasis(chosen, scale)));
            }
        }
        return rank;
    }

    private M select(M a, boolean[] side, boolean which) {
        List<M> rows = new ArrayList<>();
        rows.add(k.zeros(0, k.columns(a)));
        for (int i = 0; i < side.length; i++) {
            if (side[i] == which) {
                rows.add(k.row(a, i));
            }
        }
        return k.stackRows(rows);
    }
}
