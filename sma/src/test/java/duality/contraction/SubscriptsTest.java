package duality.contraction;

import static duality.contraction.Arrays64.EXACT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import duality.algebra.RingMatrix;
import duality.errors.Fault;
import duality.errors.InvalidInputException;
import duality.sma.OneSemiseparableMask;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscriptsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TN,SN,SP,TS->TP | TN,SN,SP,TS->TP",
                "tn, sn, sp, ts → tp | tn,sn,sp,ts->tp",
                "ba | ba->ab",
                "iiB,i a | iiB,ia->Ba",
                ",-> | ,->",
                "ψθ,θ→ψ | ψθ,θ->ψ"
            })
    void areReadInBothNotations(String text, String canonical) {
        assertThat(Subscripts.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ij->ii | ij->ii: the output ii has index i twice",
                "ij->ik | ij->ik: index k of the output ik is in no operand",
                "i1->i | i1->i: '1' is no index; indices are letters",
                "...i->i | ...i->i: '.' is no index; indices are letters, and an ellipsis is not supported: name every axis",
                "i-j->i | i-j->i: '-' is no index; indices are letters",
                "ij->i,j | ij->i,j: wants operands separated by commas, an arrow and one output",
                "i->i->i | i->i->i: wants operands separated by commas, an arrow and one output"
            })
    void meaninglessOnesAreRefused(String text, String message) {
        refused(() -> Subscripts.parse(text), Fault.WRONG_ARGUMENTS, message);
    }

    @Test
    void sizesThatDisagreeNameIndexAndOperands() {
        refused(
                () -> contract(
                        "TN,SN,SP,TS->TP", new long[] {5, 3}, new long[] {5, 3}, new long[] {4, 2}, new long[] {5, 5}),
                Fault.SHAPE_MISMATCH,
                "TN,SN,SP,TS->TP: index S: 5 in operand 1 (SN) vs 4 in operand 2 (SP)");
        refused(
                () -> contract("ii->i", new long[] {2, 3}),
                Fault.SHAPE_MISMATCH,
                "ii->i: index i: 2 in operand 0 (ii) vs 3 in operand 0 (ii)");
    }

    @Test
    void wrongRanksAndCountsAreRefused() {
        refused(
                () -> contract("ij,jk->ik", new long[] {2, 3}, new long[] {3}),
                Fault.WRONG_RANK,
                "ij,jk->ik: operand 1 has 2 indices, jk, vs 1 axes, [3]");
        refused(
                () -> contract("ij,jk->ik", new long[] {2, 3}),
                Fault.WRONG_ARGUMENTS,
                "ij,jk->ik: 2 operands vs 1 given");
        refused(() -> new Subscripts(List.of(), ""), Fault.WRONG_ARGUMENTS, "a contraction of no operands");
    }

    @Test
    void lengthsMustBeThere() {
        refused(
                () -> Contraction.plan("ij->", Objective.FLOPS, Map.of('i', 2L)),
                Fault.WRONG_ARGUMENTS,
                "ij->: index j has no length");
        refused(
                () -> Contraction.plan("i->", Objective.FLOPS, Map.of('i', -2L)),
                Fault.WRONG_ARGUMENTS,
                "i->: index i has length -2");
    }

    @Test
    void integersAreRefused() {
        refused(
                () -> Contraction.contract("i->", Tensor.of(new int[] {1, 2}, 2)),
                Fault.WRONG_TYPE,
                "i->: operand 0 is int32[2]; contraction wants floating point, to(FLOAT64) converts");
        assertThat(Contraction.contract("i->", Tensor.of(new int[] {1, 2}, 2).to(DType.BFLOAT16))
                        .getDoubleAt())
                .isEqualTo(3);
    }

    @Test
    void plansAreForTheirOwnSizes() {
        Plan plan = Contraction.plan("ij->i", Objective.FLOPS, Map.of('i', 2L, 'j', 3L));
        refused(
                () -> plan.execute(EXACT, List.of(Arrays64.random(new Random(1), 2, 4))),
                Fault.SHAPE_MISMATCH,
                "sizes for a plan of ij->i: {i=2, j=3} vs {i=2, j=4}");
    }

    @Test
    void aPlanForAStructuredMatrixWantsOne() {
        RingMatrix<Long> factors = Arrays64.column(new Random(1), 3);
        NdArray<RingMatrix<Long>> x = Arrays64.random(new Random(2), 3);
        Plan plan = Contraction.plan(
                "TS,S->T", Objective.FLOPS, List.of(OneSemiseparableMask.of(EXACT.blocks(), factors), x));
        refused(
                () -> plan.execute(EXACT, List.of(Arrays64.random(new Random(1), 3, 3), x)),
                Fault.WRONG_TYPE,
                "operand 0 (TS) is array[3, 3]; the plan wants a structured matrix");
    }

    @Test
    void whatIsTooLargeIsRefusedBeforeTheWork() {
        refused(
                () -> contract("i,j->ij", new long[] {1 << 16}, new long[] {1 << 15}),
                Fault.OVERFLOW,
                "i,j->ij: the result has 2147483648 entries");
        refused(
                () -> Contraction.allOrders("a,a,a,a,a,a,a,a->", Map.of('a', 2L)),
                Fault.OUT_OF_DOMAIN,
                "every order of 8 operands; at most 7 can be listed");
    }

    @Test
    void arraysHoldTheirEntries() {
        refused(
                () -> NdArray.of(EXACT.blocks(), EXACT.blocks().zeros(2, 3), 7),
                Fault.SHAPE_MISMATCH,
                "entries of an array: 2x3 vs [7]");
        refused(
                () -> NdArray.of(EXACT.blocks(), EXACT.blocks().zeros(2, 3), -1, -6),
                Fault.OUT_OF_RANGE,
                "no array has shape [-1, -6]");
        refused(
                () -> OneSemiseparableMask.of(EXACT.blocks(), EXACT.blocks().zeros(2, 3)),
                Fault.SHAPE_MISMATCH,
                "factors of 1SS(a): 2x3 vs 2x1");
    }

    private static void contract(String subscripts, long[]... shapes) {
        Tensor[] tensors = new Tensor[shapes.length];
        for (int i = 0; i < shapes.length; i++) {
            tensors[i] = Tensor.zeros(DType.FLOAT64, shapes[i]);
        }
        Contraction.contract(subscripts, tensors);
    }

    private static void refused(ThrowingCallable call, Fault fault, String message) {
        InvalidInputException refusal = catchThrowableOfType(InvalidInputException.class, call);
        assertThat(refusal).isNotNull().hasMessage(message);
        assertThat(refusal.fault()).isEqualTo(fault);
    }
}
