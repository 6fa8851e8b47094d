package duality.contraction;

import static duality.contraction.Arrays64.EXACT;
import static duality.contraction.Arrays64.entries;
import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.EjmlBlocks;
import duality.algebra.RingMatrix;
import duality.semiseparable.Toeplitz;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which steps are chosen, what they are called and what they cost, on contractions small enough to count by hand. */
class PlannerTest {
    private static Plan plan(String subscripts, Map<Character, Long> lengths) {
        return Contraction.plan(subscripts, Objective.FLOPS, lengths);
    }

    /** A chain of 13 matrices {@code ab,bc,…,mn->an}, more than every tree is considered for. */
    private static String chain() {
        StringBuilder text = new StringBuilder("ab");
        for (char c = 'b'; c < 'n'; c++) {
            text.append(',').append(c).append((char) (c + 1));
        }
        return text.append("->an").toString();
    }

    private static Map<Character, Long> lengths(long every) {
        Map<Character, Long> lengths = new TreeMap<>();
        for (char c = 'a'; c <= 'n'; c++) {
            lengths.put(c, every);
        }
        return lengths;
    }

    /** The step whose result is smaller than its factors by the most comes first, again and again. */
    @Test
    void manyOperandsAreTakenGreedily() {
        Map<Character, Long> lengths = lengths(2);
        lengths.put('d', 50L); // between operands 2 and 3
        lengths.put('k', 20L); // between operands 9 and 10
        lengths.put('h', 10L); // between operands 6 and 7
        List<Step> steps = plan(chain(), lengths).steps();
        assertThat(steps).hasSize(12);
        // Of equals the first two are next: (ab·bc) before what has the result of 2 and 3 in it.
        assertThat(steps)
                .extracting(step -> step.operands().stream().sorted().toList())
                .contains(List.of(2, 3), List.of(9, 10), List.of(6, 7), List.of(0, 1))
                .doesNotContain(List.of(1, 2), List.of(8, 9), List.of(10, 11), List.of(5, 6), List.of(7, 8));
        assertThat(steps).extracting(Step::flops).contains(2 * 2 * 50 * 2L, 2 * 2 * 20 * 2L, 2 * 2 * 10 * 2L);
    }

    /** The greedy plan of a long chain multiplies what a short one does, from one end to the other. */
    @Test
    void longChainsAreTheirProduct() {
        Map<Character, Long> lengths = lengths(2);
        lengths.put('f', 3L);
        List<NdArray<RingMatrix<Long>>> factors = Arrays64.random(new Random(3), chain(), lengths);
        NdArray<RingMatrix<Long>> product = factors.getFirst();
        for (NdArray<RingMatrix<Long>> factor : factors.subList(1, factors.size())) {
            product = Contraction.contract(EXACT, "ij,jk->ik", product, factor);
        }
        assertThat(entries(plan(chain(), lengths).execute(EXACT, List.copyOf(factors))))
                .isEqualTo(entries(product));
    }

    /** The outer product, which grows from nothing, is put off though its operands come first. */
    @Test
    void productsWithoutACommonIndexComeLast() {
        StringBuilder text = new StringBuilder("x,y");
        for (int i = 0; i < 11; i++) {
            text.append(",ab");
        }
        Plan plan = plan(text.append("->xy").toString(), Map.of('x', 3L, 'y', 5L, 'a', 2L, 'b', 2L));
        assertThat(plan.steps().getFirst().operands().stream().sorted().toList())
                .containsExactly(2, 3);
        assertThat(plan.flops())
                .isEqualTo(10 * 4
                        + 4
                        + plan
                                .steps()
                                .subList(plan.steps().size() - 2, plan.steps().size())
                                .stream()
                                .mapToLong(Step::flops)
                                .sum());
    }

    @ParameterizedTest
    @CsvSource({
        "ii->i, diagonal, 0",
        "ij->ji, transpose, 0",
        "ij->i, 'sum n=2, k=3', 6",
        "ii->, 'sum n=1, k=2', 2",
    })
    void oneOperandIsRearrangedOrSummed(String subscripts, String execution, long flops) {
        Map<Character, Long> lengths = subscripts.contains("j") ? Map.of('i', 2L, 'j', 3L) : Map.of('i', 2L);
        Plan plan = plan(subscripts, lengths);
        assertThat(plan.steps()).singleElement().satisfies(step -> {
            assertThat(step.method()).isEqualTo(Method.REDUCE);
            assertThat(step.execution()).isEqualTo(execution);
            assertThat(step.flops()).isEqualTo(flops);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "'i,i->', 'dot b=1, k=2', 4",
        "'bi,bi->b', 'dot b=5, k=2', 20",
        "'ij,jk->ik', 'matmul m=2, k=3, n=4', 48",
        "'bij,bjk->bik', 'batched matmul b=5, m=2, k=3, n=4', 240",
        "'ij,ij->ij', 'hadamard b=6', 6",
        "'i,ij->ij', 'scale b=2, n=3', 6",
        "'ij,i->ij', 'scale b=2, n=3', 6",
        "'i,j->ij', 'outer m=2, n=3', 6",
        "'bi,bj->bij', 'batched outer b=5, m=2, n=3', 30"
    })
    void productsOfTwoAreNamedAndCounted(String subscripts, String execution, long flops) {
        Map<Character, Long> lengths = new TreeMap<>(Map.of('i', 2L, 'j', 3L, 'k', 4L, 'b', 5L));
        lengths.keySet().removeIf(index -> subscripts.indexOf(index) < 0);
        assertThat(plan(subscripts, lengths).steps()).singleElement().satisfies(step -> {
            assertThat(step.method()).isEqualTo(Method.PRODUCT);
            assertThat(step.execution()).isEqualTo(execution);
            assertThat(step.flops()).isEqualTo(flops);
        });
    }

    /** Of plans with equally many operations the one that holds less, and the other way round. */
    @Test
    void tiesAreBrokenByTheOtherObjective() {
        for (Objective objective : Objective.values()) {
            for (Map<Character, Long> lengths : List.of(
                    lengths(2),
                    Map.of('a', 2L, 'b', 1L, 'c', 4L, 'd', 1L),
                    Map.of('a', 1L, 'b', 3L, 'c', 1L, 'd', 2L))) {
                Map<Character, Long> own = new TreeMap<>(lengths);
                own.keySet().retainAll(List.of('a', 'b', 'c', 'd'));
                for (String subscripts : List.of("ab,bc,cd->ad", "a,b,c,d->", "ab,b,bc,cd->d", "ab,cd,ab->cd")) {
                    Plan best = Contraction.plan(subscripts, objective, own);
                    for (Plan other : Contraction.allOrders(subscripts, own)) {
                        boolean fewer = other.flops() < best.flops();
                        boolean less = other.memory() < best.memory();
                        assertThat(objective == Objective.FLOPS ? fewer : less).isFalse();
                        assertThat(other.flops() == best.flops() && less).isFalse();
                        assertThat(other.memory() == best.memory() && fewer).isFalse();
                    }
                }
            }
        }
    }

    @Test
    void structuredMatricesSayWhatTheyCost() {
        StructuredOperand operand = new StructuredOperand(new Toeplitz(2, 3, 1, 2, 3, 4));
        long one = new Toeplitz(2, 3, 1, 2, 3, 4).multiplyCost();
        assertThat(operand.multiplyFlops(5)).isEqualTo(5 * one);
        assertThat(operand.denseFlops()).isEqualTo(3 * one);
        assertThat(operand).hasToString("Toeplitz 2x3");
        assertThat(operand.dense(EjmlBlocks.INSTANCE).data).containsExactly(3, 2, 1, 4, 3, 2);
    }

    @Test
    void nothingIsDoneToOneOperandThatIsTheResult() {
        assertThat(plan("ij->ij", Map.of('i', 2L, 'j', 3L)).steps()).isEmpty();
    }

    /** All orders of up to seven operands can be listed: (2n − 3)!! of them. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 3", "4, 15", "5, 105", "7, 10395"})
    void treesAreCounted(int operands, int trees) {
        String text = "a,".repeat(operands - 1) + "a->";
        assertThat(Contraction.allOrders(text, Map.of('a', 2L))).hasSize(trees);
    }

    /** Factors keep their places where that moves fewer numbers. */
    @Test
    void theOrderOfFactorsMovesTheFewestNumbers() {
        Map<Character, Long> lengths = Map.of('i', 4L, 'j', 3L, 'k', 5L);
        assertThat(plan("ij,jk->ik", lengths).steps().getFirst().operands()).containsExactly(0, 1);
        assertThat(plan("ij,jk->ki", lengths).steps().getFirst().subscripts()).endsWith("->ki");
        assertThat(plan("jk,ij->ik", lengths).steps().getFirst().operands()).containsExactly(1, 0);
    }
}
