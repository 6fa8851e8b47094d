package duality.contraction;

import static duality.contraction.Arrays64.EXACT;
import static duality.contraction.Arrays64.entries;
import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.RingMatrix;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;

/** Plans are optimal, every order computes the same, and costs are what the steps say. */
class PlannerProperties {
    /** The best plan is the best of all orders, whose costs are added up here from subscripts alone. */
    @Property(tries = 150)
    void noOrderIsBetterThanThePlan(@ForAll long seed) {
        Tuple2<String, Map<Character, Long>> contraction = contraction(new Random(seed), 6, 9);
        Plan fewest = Contraction.plan(contraction.get1(), Objective.FLOPS, contraction.get2());
        Plan smallest = Contraction.plan(contraction.get1(), Objective.MEMORY, contraction.get2());
        long flops = Long.MAX_VALUE;
        long memory = Long.MAX_VALUE;
        for (Plan plan : Contraction.allOrders(contraction.get1(), contraction.get2())) {
            assertThat(plan.flops()).isEqualTo(flops(plan));
            flops = Math.min(flops, flops(plan));
            memory = Math.min(memory, memory(plan));
        }
        assertThat(fewest.flops()).isEqualTo(flops).isEqualTo(flops(fewest));
        assertThat(smallest.memory()).isEqualTo(memory).isEqualTo(memory(smallest));
    }

    /** A product of union sizes, twice where an index is summed; a reduction adds every entry once. */
    private static long flops(Plan plan) {
        long flops = 0;
        for (Step step : plan.steps()) {
            Set<Character> all = letters(String.join("", step.inputs()));
            long size = all.stream().mapToLong(plan.lengths()::get).reduce(1, (a, b) -> a * b);
            boolean sums = !letters(step.output()).equals(all);
            flops += step.operands().size() == 1 ? (sums ? size : 0) : sums ? 2 * size : size;
        }
        return flops;
    }

    private static Set<Character> letters(String indices) {
        Set<Character> letters = new HashSet<>();
        indices.chars().forEach(index -> letters.add((char) index));
        return letters;
    }

    /** Runs through the steps, holding results until they are used. */
    static long memory(Plan plan) {
        Map<Integer, Long> held = new TreeMap<>();
        long peak = 0;
        for (Step step : plan.steps()) {
            held.put(step.result(), step.size());
            peak = Math.max(
                    peak, held.values().stream().mapToLong(Long::longValue).sum());
            step.operands().forEach(held::remove);
        }
        assertThat(plan.memory()).isEqualTo(peak);
        return peak;
    }

    @Property(tries = 100)
    void everyOrderIsTheSameOverAField(@ForAll long seed) {
        Random random = new Random(seed);
        Tuple2<String, Map<Character, Long>> contraction = contraction(random, 4, 3);
        List<NdArray<RingMatrix<Long>>> operands = Arrays64.random(random, contraction.get1(), contraction.get2());
        List<Plan> orders = Contraction.allOrders(contraction.get1(), operands);
        List<Long> expected = entries(orders.getFirst().execute(EXACT, operands));
        for (Plan plan : orders) {
            assertThat(entries(plan.execute(EXACT, operands)))
                    .as(plan.toString())
                    .isEqualTo(expected);
        }
    }

    @Property(tries = 30)
    void plansAreReproducible(@ForAll long seed) {
        Tuple2<String, Map<Character, Long>> contraction = contraction(new Random(seed), 7, 3);
        for (Objective objective : Objective.values()) {
            assertThat(Contraction.plan(contraction.get1(), objective, contraction.get2()))
                    .hasToString(Contraction.plan(contraction.get1(), objective, contraction.get2())
                            .toString());
        }
    }

    /** Beyond twelve operands the order is greedy, and what it computes is the same. */
    @Property(tries = 20)
    void manyOperandsAreContractedGreedily(@ForAll long seed) {
        Random random = new Random(seed);
        List<String> chain = new ArrayList<>();
        Map<Character, Long> lengths = new TreeMap<>();
        for (int i = 0; i < 15; i++) {
            chain.add("" + (char) ('a' + i) + (char) ('b' + i));
            lengths.put((char) ('a' + i), 1 + random.nextLong(3));
        }
        lengths.put('p', 2L);
        String subscripts = String.join(",", chain) + "->pa";
        List<NdArray<RingMatrix<Long>>> operands = Arrays64.random(random, subscripts, lengths);
        Plan plan = Contraction.plan(subscripts, Objective.FLOPS, operands);
        assertThat(plan.steps()).hasSize(14);
        NdArray<RingMatrix<Long>> product = operands.getFirst();
        for (int i = 1; i < 15; i++) {
            product = Contraction.contract(EXACT, "ab,bc->ac", product, operands.get(i));
        }
        assertThat(entries(plan.execute(EXACT, operands)))
                .isEqualTo(entries(Contraction.contract(EXACT, "ab->ba", product)));
    }

    private static Tuple2<String, Map<Character, Long>> contraction(Random random, int operands, int longest) {
        int count = 1 + random.nextInt(operands);
        int indices = 1 + random.nextInt(6);
        Map<Character, Long> lengths = new TreeMap<>();
        for (int i = 0; i < indices; i++) {
            lengths.put((char) ('a' + i), random.nextInt(20) == 0 ? 0 : 1 + random.nextLong(longest));
        }
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            StringBuilder part = new StringBuilder();
            for (int axis = random.nextInt(4); axis > 0; axis--) {
                part.append((char) ('a' + random.nextInt(indices)));
            }
            parts.add(part.toString());
        }
        String text = String.join(",", parts);
        StringBuilder output = new StringBuilder();
        for (char index : lengths.keySet()) {
            if (text.indexOf(index) >= 0 && random.nextInt(3) == 0) {
                output.insert(random.nextInt(output.length() + 1), index);
            }
        }
        return Tuple.of(text + "->" + output, lengths);
    }
}
