package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import duality.errors.ValueException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * What is known of a matrix beyond its generators. Properties travel through the algebra and choose the algorithm
 * that solves (after CoLA, Potapczynski and others, arXiv 2309.03060).
 *
 * <p>What the generators of a type show is found out and never believed: a false claim is refused. Everything else
 * is the caller's promise, which {@link StructuredMatrix#check} can test on the entries.
 */
public enum Property {
    /** {@code A = Aᵀ}. */
    SYMMETRIC,
    /** Symmetric, and {@code xᵀ A x > 0} for x ≠ 0. */
    POSITIVE_DEFINITE,
    /** Zero above the main diagonal. */
    LOWER,
    /** Zero below the main diagonal. */
    UPPER,
    /** Square, and {@code AᵀA = I}. */
    ORTHOGONAL;

    /** Whether a dense matrix has this property, every entry within {@code tolerance}; O(n³) at most. */
    boolean holds(DMatrixRMaj a, double tolerance) {
        EjmlBlocks k = EjmlBlocks.INSTANCE;
        boolean square = a.numRows == a.numCols;
        return switch (this) {
            case SYMMETRIC -> square && isSmall(k.subtract(a, k.transpose(a)), tolerance);
            case POSITIVE_DEFINITE -> SYMMETRIC.holds(a, tolerance) && hasCholesky(a);
            case LOWER -> isSmall(strictlyUpper(a), tolerance);
            case UPPER -> isSmall(strictlyUpper(k.transpose(a)), tolerance);
            case ORTHOGONAL ->
                square && isSmall(k.subtract(k.multiplyTransposeLeft(a, a), k.identity(a.numRows)), tolerance);
        };
    }

    private static boolean isSmall(DMatrixRMaj a, double tolerance) {
        for (int i = 0; i < a.getNumElements(); i++) {
            if (!(Math.abs(a.data[i]) <= tolerance)) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasCholesky(DMatrixRMaj a) {
        try {
            EjmlBlocks.INSTANCE.cholesky(a);
            return true;
        } catch (ValueException e) {
            return false;
        }
    }

    private static DMatrixRMaj strictlyUpper(DMatrixRMaj a) {
        DMatrixRMaj upper = new DMatrixRMaj(a.numRows, a.numCols);
        for (int i = 0; i < a.numRows; i++) {
            for (int j = i + 1; j < a.numCols; j++) {
                upper.set(i, j, a.get(i, j));
            }
        }
        return upper;
    }

    /** An unmodifiable set with the order of the constants. */
    static Set<Property> set(Set<Property> properties) {
        return properties.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(properties));
    }

    /** What follows: positive definite is symmetric, and symmetric with one triangle empty is diagonal. */
    static Set<Property> closure(Set<Property> properties, boolean square) {
        EnumSet<Property> all = EnumSet.noneOf(Property.class);
        all.addAll(properties);
        if (all.contains(POSITIVE_DEFINITE)) {
            all.add(SYMMETRIC);
        }
        if (square && all.contains(LOWER) && all.contains(UPPER)) {
            all.add(SYMMETRIC);
        }
        if (all.contains(SYMMETRIC) && (all.contains(LOWER) || all.contains(UPPER))) {
            all.add(LOWER);
            all.add(UPPER);
        }
        return set(all);
    }

    private static Set<Property> both(Set<Property> a, Set<Property> b, EnumSet<Property> kept) {
        kept.retainAll(a);
        kept.retainAll(b);
        return set(kept);
    }

    static Set<Property> ofTranspose(Set<Property> a) {
        EnumSet<Property> swapped = EnumSet.noneOf(Property.class);
        for (Property property : a) {
            swapped.add(property == LOWER ? UPPER : property == UPPER ? LOWER : property);
        }
        return set(swapped);
    }

    static Set<Property> ofSum(Set<Property> a, Set<Property> b) {
        return both(a, b, EnumSet.of(SYMMETRIC, POSITIVE_DEFINITE, LOWER, UPPER));
    }

    static Set<Property> ofProduct(Set<Property> a, Set<Property> b) {
        return both(a, b, EnumSet.of(LOWER, UPPER, ORTHOGONAL));
    }

    /** Schur's product theorem: the Hadamard product of positive definite matrices is positive definite. */
    static Set<Property> ofHadamard(Set<Property> a, Set<Property> b) {
        EnumSet<Property> result = EnumSet.noneOf(Property.class);
        result.addAll(both(a, b, EnumSet.of(SYMMETRIC, POSITIVE_DEFINITE)));
        for (Property triangle : EnumSet.of(LOWER, UPPER)) {
            if (a.contains(triangle) || b.contains(triangle)) {
                result.add(triangle);
            }
        }
        return set(result);
    }

    static Set<Property> ofScale(double factor, Set<Property> a) {
        EnumSet<Property> kept = EnumSet.of(SYMMETRIC, LOWER, UPPER);
        if (factor > 0) {
            kept.add(POSITIVE_DEFINITE);
        }
        if (Math.abs(factor) == 1) {
            kept.add(ORTHOGONAL);
        }
        kept.retainAll(a);
        return set(kept);
    }

    /** {@code AᵀA} is symmetric, and positive definite where A is known to be invertible. */
    static Set<Property> ofGram(Set<Property> a) {
        return a.contains(POSITIVE_DEFINITE) || a.contains(ORTHOGONAL)
                ? set(EnumSet.of(SYMMETRIC, POSITIVE_DEFINITE))
                : set(EnumSet.of(SYMMETRIC));
    }

    static Set<Property> ofPrincipalSubmatrix(Set<Property> a) {
        EnumSet<Property> kept = EnumSet.of(SYMMETRIC, POSITIVE_DEFINITE, LOWER, UPPER);
        kept.retainAll(a);
        return set(kept);
    }
}
