package duality.proofs;

import duality.algebra.Ring;
import duality.algebra.RingMatrix;
import duality.proofs.symbolic.Polynomial;
import duality.ssd.ScalarSsm;

/** Compares matrices of polynomials and counts what was compared. */
final class Comparisons {
    /** A counterexample longer than this is cut: it is for reading. */
    private static final int LEGIBLE = 160;

    private final Ring<Polynomial> ring;
    private long identities;
    private long terms;

    Comparisons(Ring<Polynomial> ring) {
        this.ring = ring;
    }

    Evidence evidence() {
        return new Evidence(identities, terms);
    }

    /** Requires equal outputs and final states. */
    void require(
            String where,
            ScalarSsm.Result<RingMatrix<Polynomial>> actual,
            ScalarSsm.Result<RingMatrix<Polynomial>> expected) {
        require(where, "y", actual.y(), expected.y());
        require(where, "h", actual.finalState(), expected.finalState());
    }

    /** Requires equal matrices. */
    void require(String where, String what, RingMatrix<Polynomial> actual, RingMatrix<Polynomial> expected) {
        if (actual.rows() != expected.rows() || actual.columns() != expected.columns()) {
            throw new Refutation("%s: %s is %dx%d, but %dx%d by the definition"
                    .formatted(where, what, actual.rows(), actual.columns(), expected.rows(), expected.columns()));
        }
        identities++;
        for (int i = 0; i < actual.rows(); i++) {
            for (int j = 0; j < actual.columns(); j++) {
                if (!ring.equal(actual.get(i, j), expected.get(i, j))) {
                    throw new Refutation("%s: %s[%d,%d] = %s, but %s by the definition"
                            .formatted(where, what, i, j, legible(actual.get(i, j)), legible(expected.get(i, j))));
                }
                terms += expected.get(i, j).terms();
            }
        }
    }

    private static String legible(Polynomial polynomial) {
        String text = polynomial.toString();
        return text.length() <= LEGIBLE ? text : text.substring(0, LEGIBLE) + " …";
    }
}
