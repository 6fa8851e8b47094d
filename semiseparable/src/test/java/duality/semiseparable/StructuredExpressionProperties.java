package duality.semiseparable;

import static duality.semiseparable.StructuredMatrices.K;
import static duality.semiseparable.StructuredMatrices.magnitude;
import static duality.semiseparable.StructuredMatrices.max;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.ejml.data.DMatrixRMaj;

/** Whole expressions, in which closed and lazy results meet, equal the dense ones and know nothing false. */
class StructuredExpressionProperties {
    /** A structured matrix, what it should be, and how large its entries are before anything cancels. */
    private record Term(StructuredMatrix a, DMatrixRMaj dense, double magnitude) {}

    @Property(tries = 300)
    void expressionsEqualTheDenseOnes(
            @ForAll long seed, @ForAll @IntRange(max = 8) int n, @ForAll @IntRange(max = 6) int operations) {
        SplittableRandom random = new SplittableRandom(seed);
        Term term = leaf(random, n);
        for (int i = 0; i < operations; i++) {
            term = grow(random, n, term);
        }
        double bound = 4096 * (n + 1) * 0x1p-53 * term.magnitude;
        DMatrixRMaj x = StructuredMatrices.dense(random, n, 2);
        assertThat(max(K.subtract(term.a.toDense(), term.dense))).isLessThanOrEqualTo(bound);
        assertThat(max(K.subtract(term.a.multiply(x), K.multiply(term.dense, x))))
                .isLessThanOrEqualTo(bound * (n + 1));
        for (duality.semiseparable.Property property : term.a.properties()) {
            assertThat(property.holds(term.dense, bound)).as(property.name()).isTrue();
        }
    }

    private static Term leaf(SplittableRandom random, int n) {
        List<StructuredMatrix> all = StructuredMatrices.square(random, n);
        StructuredMatrix a = all.get(random.nextInt(all.size()));
        return new Term(a, a.toDense(), magnitude(a));
    }

    private static Term grow(SplittableRandom random, int n, Term s) {
        Term t = leaf(random, n);
        return switch (random.nextInt(6)) {
            case 0 -> new Term(s.a.plus(t.a), K.add(s.dense, t.dense), s.magnitude + t.magnitude);
            case 1 -> new Term(t.a.minus(s.a), K.subtract(t.dense, s.dense), s.magnitude + t.magnitude);
            case 2 -> new Term(s.a.times(t.a), K.multiply(s.dense, t.dense), (n + 1) * s.magnitude * t.magnitude);
            case 3 -> new Term(t.a.times(s.a), K.multiply(t.dense, s.dense), (n + 1) * s.magnitude * t.magnitude);
            case 4 -> new Term(s.a.hadamard(t.a), K.hadamard(s.dense, t.dense), s.magnitude * t.magnitude);
            default -> new Term(s.a.transpose(), K.transpose(s.dense), s.magnitude);
        };
    }
}
