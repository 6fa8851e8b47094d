package duality.contraction;

import static duality.contraction.Arrays64.EXACT;
import static duality.contraction.Arrays64.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import duality.algebra.EjmlBlocks;
import duality.algebra.Ring;
import duality.algebra.RingMatrix;
import duality.errors.Fault;
import duality.errors.ValueException;
import duality.sma.OneSemiseparableMask;
import duality.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Masked attention as one contraction (Dao and Gu 2024, section 4), in every order. */
class AttentionTest {
    private static final String ATTENTION = "TN,SN,SP,TS->TP";

    /**
     * Polynomials with integer coefficients in named variables, a monomial being its sorted variables: the
     * free commutative ring, so that equality here is equality for all arrays over every commutative ring.
     */
    private enum Polynomials implements Ring<Map<String, Long>> {
        RING;

        static Map<String, Long> variable(String name) {
            return Map.of(name + " ", 1L);
        }

        @Override
        public Map<String, Long> zero() {
            return Map.of();
        }

        @Override
        public Map<String, Long> one() {
            return Map.of("", 1L);
        }

        @Override
        public Map<String, Long> add(Map<String, Long> a, Map<String, Long> b) {
            Map<String, Long> sum = new TreeMap<>(a);
            b.forEach((monomial, n) -> sum.merge(monomial, n, Math::addExact));
            sum.values().removeIf(n -> n == 0);
            return sum;
        }

        @Override
        public Map<String, Long> negate(Map<String, Long> a) {
            Map<String, Long> result = new TreeMap<>();
            a.forEach((monomial, n) -> result.put(monomial, Math.negateExact(n)));
            return result;
        }

        @Override
        public Map<String, Long> multiply(Map<String, Long> a, Map<String, Long> b) {
            Map<String, Long> result = zero();
            for (Map.Entry<String, Long> x : a.entrySet()) {
                for (Map.Entry<String, Long> y : b.entrySet()) {
                    StringBuilder monomial = new StringBuilder();
                    Stream.of((x.getKey() + y.getKey()).split(" ", -1))
                            .filter(name -> !name.isEmpty())
                            .sorted()
                            .forEach(name -> monomial.append(name).append(' '));
                    result = add(result, Map.of(monomial.toString(), Math.multiplyExact(x.getValue(), y.getValue())));
                }
            }
            return result;
        }

        @Override
        public boolean equal(Map<String, Long> a, Map<String, Long> b) {
            return a.equals(b);
        }
    }

    private static NdArray<RingMatrix<Map<String, Long>>> variables(String name, int rows, int columns) {
        return NdArray.of(
                new RingOperations<>(Polynomials.RING).blocks(),
                RingMatrix.of(rows, columns, (i, j) -> Polynomials.variable(name + i + j)),
                rows,
                columns);
    }

    /** Section 4: whatever the order of Q, K, V and L, the result is one polynomial, written out here. */
    @Test
    void everyOrderOfAttentionIsTheSamePolynomial() {
        RingOperations<Map<String, Long>> operations = new RingOperations<>(Polynomials.RING);
        List<NdArray<RingMatrix<Map<String, Long>>>> operands =
                List.of(variables("Q", 3, 2), variables("K", 3, 2), variables("V", 3, 2), variables("L", 3, 3));
        List<Map<String, Long>> expected = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            for (int p = 0; p < 2; p++) {
                Map<String, Long> sum = new TreeMap<>();
                for (int s = 0; s < 3; s++) {
                    for (int n = 0; n < 2; n++) {
                        sum.put("K" + s + n + " L" + t + s + " Q" + t + n + " V" + s + p + " ", 1L);
                    }
                }
                expected.add(sum);
            }
        }
        List<Plan> orders = Contraction.allOrders(ATTENTION, operands);
        assertThat(orders).hasSize(15);
        for (Plan plan : orders) {
            assertThat(entries(plan.execute(operations, operands)))
                    .as(plan.toString())
                    .isEqualTo(expected);
        }
    }

    /** With a structured mask, quadratic attention and the linear recurrence are two rows of one table. */
    @Test
    void theTableOfOrdersHasTheQuadraticAndTheLinearOne() {
        List<Plan> orders = Contraction.allOrders(ATTENTION, attention(new Random(1), 100, 4, 3));
        assertThat(orders).hasSize(15);
        assertThat(orders.getFirst()).hasToString("""
                        TN,SN,SP,TS->TP with N=4, P=3, S=100, T=100
                        6000 FLOPs, memory for 2400 numbers
                        step     indices      FLOPs  size  execution
                        4 = 2·1  SP,SN->SPN    1200  1200  batched outer b=100, m=3, n=4
                        5 = 3·4  TS,SPN->TPN   2400  1200  1SS 100x100 times 100x12
                        6 = 5·0  TPN,TN->TP    2400   300  batched matmul b=100, m=3, k=4, n=1
                        """);
        assertThat(orders.get(1)).hasToString("""
                        TN,SN,SP,TS->TP with N=4, P=3, S=100, T=100
                        160000 FLOPs, memory for 30000 numbers
                        step     indices    FLOPs   size  execution
                        4 = 0·1  TN,SN->TS  80000  10000  matmul m=100, k=4, n=100
                        5 = 3    TS->TS     10000  10000  write out 1SS 100x100
                        6 = 4·5  TS,TS->TS  10000  10000  hadamard b=10000
                        7 = 6·2  TS,SP->TP  60000    300  matmul m=100, k=100, n=3
                        """);
    }

    @ParameterizedTest
    @CsvSource({"16, quadratic", "64, quadratic", "96, linear", "4096, linear", "20000, linear"})
    void theLengthDecidesTheOrder(int time, String expected) {
        OneSemiseparableMask<DMatrixRMaj> mask = OneSemiseparableMask.of(EjmlBlocks.INSTANCE, new DMatrixRMaj(time, 1));
        NdArray<DMatrixRMaj> wide = NdArray.of(EjmlBlocks.INSTANCE, new DMatrixRMaj(time, 64), time, 64);
        Plan plan = Contraction.plan(ATTENTION, Objective.FLOPS, List.of(wide, wide, wide, mask));
        boolean linear = plan.steps().stream().anyMatch(step -> step.method() == Method.MULTIPLY);
        assertThat(linear ? "linear" : "quadratic").isEqualTo(expected);
        assertThat(plan.flops()).isEqualTo(linear ? 5L * time * 64 * 64 : (4L * 64 + 2) * time * time);
        assertThat(plan.steps().getFirst().subscripts()).isEqualTo(linear ? "SN,SP->SNP" : "TN,SN->TS");
    }

    /** A structured mask, in every order and in chunks of every length, is the mask written out. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TN,SN,SP,TS->TP",
                "SN,TN,TP,TS->SP",
                "TN,SN,SP,TS->NP",
                "TN,SN,SP,TS->SP",
                "TN,SN,SP,TS->",
                "TN,SN,SP,TS->PTN",
                "TN,TN,SP,TS->TP",
                "TS,SN,SP,TS->TP",
                "TT,NSN,P,TS->TP"
            })
    void structuredAndDenseMasksAgreeExactly(String subscripts) {
        for (int time : List.of(1, 2, 7, 12)) {
            Random random = new Random(time);
            Map<Character, Long> lengths = Map.of('T', (long) time, 'S', (long) time, 'N', 3L, 'P', 2L);
            OneSemiseparableMask<RingMatrix<Long>> mask =
                    OneSemiseparableMask.of(EXACT.blocks(), Arrays64.column(random, time));
            List<Operand<RingMatrix<Long>>> operands = new ArrayList<>(Arrays64.random(random, subscripts, lengths));
            operands.set(3, NdArray.of(EXACT.blocks(), mask));
            List<Long> expected = entries(
                    Contraction.plan(subscripts, Objective.FLOPS, operands).execute(EXACT, operands));
            operands.set(3, mask);
            List<Plan> orders = Contraction.allOrders(subscripts, operands);
            assertThat(Contraction.plan(subscripts, Objective.FLOPS, operands).flops())
                    .isEqualTo(orders.getFirst().flops());
            for (Plan plan : orders) {
                assertThat(plan.flops())
                        .isEqualTo(plan.steps().stream().mapToLong(Step::flops).sum());
                assertThat(plan.memory()).isEqualTo(PlannerProperties.memory(plan));
                assertThat(entries(plan.execute(EXACT, operands)))
                        .as(plan.toString())
                        .isEqualTo(expected);
            }
            for (int chunkLength = 1; chunkLength <= time + 1; chunkLength++) {
                assertThat(entries(new ChunkedContraction<>(EXACT, subscripts, operands, 3, chunkLength).execute()))
                        .as("%s, T=%d, Q=%d", subscripts, time, chunkLength)
                        .isEqualTo(expected);
            }
        }
    }

    /** Several masks, a mask alone, its diagonal, its row sums, its transpose. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"ts->ts", "ts->st", "tt->t", "ts->t", "ts->", "ts,su->tu", "ts,us->tu", "ts,ts->t", "ts,su,uv->tv"
            })
    void masksTimesMasks(String subscripts) {
        int count = Subscripts.parse(subscripts).operands().size();
        Random random = new Random(3);
        List<Operand<RingMatrix<Long>>> masks = new ArrayList<>();
        List<Operand<RingMatrix<Long>>> arrays = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            masks.add(OneSemiseparableMask.of(EXACT.blocks(), Arrays64.column(random, 5)));
            arrays.add(NdArray.of(EXACT.blocks(), masks.get(i)));
        }
        for (Objective objective : Objective.values()) {
            Plan plan = Contraction.plan(subscripts, objective, masks);
            assertThat(plan.memory()).isEqualTo(PlannerProperties.memory(plan));
            assertThat(entries(plan.execute(EXACT, masks)))
                    .isEqualTo(entries(
                            Contraction.plan(subscripts, objective, arrays).execute(EXACT, arrays)));
        }
    }

    /** The steps of the SSD algorithm, found by the planner. */
    @Test
    void chunksOfAttentionAreTheSsdAlgorithm() {
        ChunkedContraction<RingMatrix<Long>> chunked =
                new ChunkedContraction<>(EXACT, ATTENTION, attention(new Random(1), 256, 16, 16), 3, 16);
        assertThat(chunked.diagonal().steps())
                .extracting(Step::subscripts)
                .containsExactly("cqN,crN->cqr", "cqr,cqr->cqr", "cqr,crP->cqP");
        assertThat(chunked.below().steps())
                .extracting(Step::subscripts)
                .contains("drN,drP->dNP", "cd,dNP->cNP", "cqN,cNP->cqP");
        assertThat(chunked.flops())
                .isEqualTo(Stream.of(chunked.diagonal(), chunked.below())
                        .flatMap(plan -> plan.steps().stream())
                        .mapToLong(Step::flops)
                        .sum())
                .isPositive();
        assertThat(chunked).hasToString("diagonal: " + chunked.diagonal() + "below: " + chunked.below());
    }

    /** Large enough that chunks are chosen: within the bound of sums of T·N products of four factors. */
    @Test
    void contractionInDoubleUsesChunks() {
        int time = 300;
        int width = 9;
        Random random = new Random(5);
        DMatrixRMaj factors = new DMatrixRMaj(time, 1);
        double[] decay = factors.data;
        for (int t = 0; t < time; t++) {
            decay[t] = random.nextDouble();
        }
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            tensors.add(Tensor.of(random.doubles((long) time * width).toArray(), time, width));
        }
        List<Operand<DMatrixRMaj>> operands = new ArrayList<>();
        tensors.forEach(tensor -> operands.add(Contraction.array(EjmlBlocks.INSTANCE, tensor)));
        operands.add(OneSemiseparableMask.of(EjmlBlocks.INSTANCE, factors));
        NdArray<DMatrixRMaj> fast = Contraction.contract(
                DoubleOperations.INSTANCE,
                ATTENTION,
                operands.get(0),
                operands.get(1),
                operands.get(2),
                operands.get(3));
        tensors.add(Contraction.tensor(EjmlBlocks.INSTANCE, NdArray.of(EjmlBlocks.INSTANCE, operands.get(3))));
        double[] dense =
                Contraction.contract(ATTENTION, tensors.toArray(Tensor[]::new)).toDoubleArray();
        double[] actual = Contraction.tensor(EjmlBlocks.INSTANCE, fast).toDoubleArray();
        // Each side is a sum of positive terms; along any path at most T decays, 3 products and T·N sums round.
        double roundings = 2.0 * (time + 3 + time * width) * 0x1p-53;
        for (int i = 0; i < actual.length; i++) {
            assertThat(Math.abs(actual[i] - dense[i])).isLessThanOrEqualTo(roundings / (1 - roundings) * dense[i]);
        }
    }

    @Test
    void whatCannotBeCutIsRefused() {
        List<Operand<RingMatrix<Long>>> operands = attention(new Random(1), 4, 2, 2);
        for (String subscripts : List.of("TN,SN,SP,TS->TS", "SN,SN,SP,TS->P")) {
            ValueException refusal = catchThrowableOfType(
                    ValueException.class, () -> new ChunkedContraction<>(EXACT, subscripts, operands, 3, 2));
            assertThat(refusal.fault()).isEqualTo(Fault.OUT_OF_DOMAIN);
            assertThat(refusal).hasMessage(subscripts + ": operand 3 (TS) cannot be cut into chunks of 2");
        }
        ValueException refusal = catchThrowableOfType(
                ValueException.class, () -> new ChunkedContraction<>(EXACT, ATTENTION, operands, 0, 2));
        assertThat(refusal.fault()).isEqualTo(Fault.WRONG_TYPE);
        assertThat(refusal).hasMessageContaining("operand 0 is array[4, 2], which cannot be cut");
    }

    private static List<Operand<RingMatrix<Long>>> attention(Random random, int time, int stateSize, int headDim) {
        return List.of(
                Arrays64.random(random, time, stateSize),
                Arrays64.random(random, time, stateSize),
                Arrays64.random(random, time, headDim),
                OneSemiseparableMask.of(EXACT.blocks(), Arrays64.column(random, time)));
    }
}
