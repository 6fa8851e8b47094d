package duality.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.Tuple.Tuple2;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.commons.math3.fraction.BigFraction;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/** Every instance of {@link Blocks} keeps the contract, on shapes with zeros and ones in them and ragged ones. */
class BlocksProperties {
    private static final RingBlocks<Long> PRIME_BLOCKS = new RingBlocks<>(PrimeField.INSTANCE);

    private static final List<BlocksContract<?>> INSTANCES = List.of(
            floating(EjmlBlocks.INSTANCE),
            ejmlWithRoomToSpare(EjmlBlocks.INSTANCE),
            floating(FloatBlocks.INSTANCE),
            exact(new RingBlocks<>(Reals.INSTANCE), Reals.INSTANCE, BlocksProperties::integer),
            exact(PRIME_BLOCKS, PrimeField.INSTANCE, BlocksProperties::leastResidue),
            exact(new FieldBlocks<>(PrimeField.INSTANCE), PrimeField.INSTANCE, BlocksProperties::leastResidue),
            exact(new DefaultBlocks<>(PRIME_BLOCKS), PrimeField.INSTANCE, BlocksProperties::leastResidue),
            exact(new RingBlocks<>(CommonsMath.RATIONALS), CommonsMath.RATIONALS, BlocksProperties::integer));

    @Property(tries = 100)
    void constants(@ForAll("sizes") int rows, @ForAll("sizes") int columns) {
        INSTANCES.forEach(blocks -> blocks.constants(rows, columns));
    }

    @Property(tries = 200)
    void entrywise(@ForAll("equalShapes") Tuple2<Integers, Integers> pair) {
        INSTANCES.forEach(blocks -> blocks.entrywise(pair.get1(), pair.get2()));
    }

    @Property(tries = 300)
    void products(@ForAll("factors") Tuple2<Integers, Integers> factors) {
        INSTANCES.forEach(blocks -> blocks.products(factors.get1(), factors.get2()));
    }

    @Property(tries = 200)
    void scaling(@ForAll("columnAndMatrix") Tuple2<Integers, Integers> pair) {
        INSTANCES.forEach(blocks -> blocks.scaling(pair.get1(), pair.get2()));
    }

    @Property(tries = 200)
    void arrangement(@ForAll("matrices") Integers a) {
        INSTANCES.forEach(blocks -> blocks.arrangement(a));
    }

    @Property(tries = 50)
    void parts(@ForAll @IntRange(max = 4) int rows, @ForAll @IntRange(max = 5) int columns) {
        Integers a = Integers.of(rows, columns, (i, j) -> 1 + i * columns + j);
        INSTANCES.forEach(blocks -> blocks.parts(a));
    }

    @Property(tries = 200)
    void stack(@ForAll("matrices") Integers a, @ForAll @Size(max = 5) List<@IntRange(max = 4) Integer> cuts) {
        INSTANCES.forEach(blocks -> blocks.stack(a, cuts));
    }

    @Property(tries = 200)
    void beside(@ForAll("factors") Tuple2<Integers, Integers> pair) {
        INSTANCES.forEach(blocks -> blocks.beside(pair.get1().transpose(), pair.get2()));
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void kronecker(@ForAll("smallMatrices") Integers a, @ForAll("smallMatrices") Integers b) {
        INSTANCES.forEach(blocks -> blocks.kronecker(a, b));
    }

    @Property(tries = 200)
    void oneSemiseparable(@ForAll("decays") Integers a) {
        INSTANCES.forEach(blocks -> blocks.oneSemiseparable(a));
    }

    /** Over the prime field decays may be anything, and the inverse is still exactly bidiagonal. */
    @Property(tries = 100)
    void theInverseIsBidiagonal(@ForAll @Size(max = 20) List<Long> decays) {
        int n = decays.size();
        PrimeField field = PrimeField.INSTANCE;
        RingMatrix<Long> a = RingMatrix.of(n, 1, (t, i) -> field.integer(decays.get(t)));
        RingMatrix<Long> bidiagonal = RingMatrix.of(
                n, n, (j, i) -> j == i ? field.one() : j == i + 1 ? field.negate(a.get(j, 0)) : field.zero());
        RingMatrix<Long> product = PRIME_BLOCKS.multiply(PRIME_BLOCKS.oneSemiseparable(a), bidiagonal);
        assertThat(PRIME_BLOCKS.equal(product, PRIME_BLOCKS.identity(n))).isTrue();
    }

    @Example
    void faults() {
        INSTANCES.forEach(BlocksContract::faults);
    }

    /** A contract that no wrong instance breaks would say nothing. */
    @Example
    void brokenInstancesAreRefuted() {
        Integers a = Integers.of(3, 1, (t, i) -> 2 + t);
        refuted(
                new DefaultBlocks<>(PRIME_BLOCKS) {
                    @Override
                    public RingMatrix<Long> oneSemiseparable(RingMatrix<Long> decays) {
                        return PRIME_BLOCKS.transpose(PRIME_BLOCKS.oneSemiseparable(decays));
                    }
                },
                contract -> contract.oneSemiseparable(a));
        refuted(
                new DefaultBlocks<>(PRIME_BLOCKS) {
                    @Override
                    public RingMatrix<Long> scaleRows(RingMatrix<Long> d, RingMatrix<Long> matrix) {
                        return PRIME_BLOCKS.multiply(PRIME_BLOCKS.transpose(d), matrix);
                    }
                },
                contract -> contract.scaling(a, a));
        // The result is right, but the first argument is overwritten with it.
        BlocksContract<DMatrixRMaj> overwriting = ejmlWithRoomToSpare(new DefaultBlocks<>(EjmlBlocks.INSTANCE) {
            @Override
            public DMatrixRMaj add(DMatrixRMaj x, DMatrixRMaj y) {
                return CommonOps_DDRM.add(x, y, x);
            }
        });
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> overwriting.entrywise(a, a))
                .withMessageContaining("first argument afterwards");
    }

    private static void refuted(Blocks<RingMatrix<Long>> broken, Consumer<BlocksContract<RingMatrix<Long>>> contract) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> contract.accept(exact(broken, PrimeField.INSTANCE, BlocksProperties::leastResidue)));
    }

    @Example
    void equalityOfMatrices() {
        RingMatrix<Long> a = PRIME_BLOCKS.identity(2);
        assertThat(PRIME_BLOCKS.equal(a, PRIME_BLOCKS.identity(2))).isTrue();
        assertThat(PRIME_BLOCKS.equal(a, PRIME_BLOCKS.zeros(2, 2))).isFalse();
        assertThat(PRIME_BLOCKS.equal(PRIME_BLOCKS.zeros(0, 2), PRIME_BLOCKS.zeros(0, 3)))
                .isFalse();
        assertThat(PRIME_BLOCKS.equal(PRIME_BLOCKS.zeros(0, 2), PRIME_BLOCKS.zeros(2, 0)))
                .isFalse();
    }

    /** Half of all sizes are 0 or 1; the largest exceed what a loop is unrolled or blocked by. */
    @Provide
    Arbitrary<Integer> sizes() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.of(0, 1)),
                Tuple.of(4, Arbitraries.integers().between(2, 9)),
                Tuple.of(1, Arbitraries.of(33, 70)));
    }

    private static Arbitrary<Integers> matrices(int rows, int columns) {
        return Arbitraries.longs()
                .between(-9, 9)
                .array(long[].class)
                .ofSize(rows * columns)
                .map(entries -> new Integers(rows, columns, entries));
    }

    @Provide
    Arbitrary<Integers> matrices() {
        return Combinators.combine(sizes(), sizes()).flatAs(BlocksProperties::matrices);
    }

    @Provide
    Arbitrary<Integers> smallMatrices() {
        Arbitrary<Integer> sizes = Arbitraries.integers().between(0, 5);
        return Combinators.combine(sizes, sizes).flatAs(BlocksProperties::matrices);
    }

    @Provide
    Arbitrary<Tuple2<Integers, Integers>> equalShapes() {
        return Combinators.combine(sizes(), sizes())
                .flatAs((n, m) ->
                        Combinators.combine(matrices(n, m), matrices(n, m)).as(Tuple::of));
    }

    @Provide
    Arbitrary<Tuple2<Integers, Integers>> factors() {
        return Combinators.combine(sizes(), sizes(), sizes())
                .flatAs((n, k, m) ->
                        Combinators.combine(matrices(n, k), matrices(k, m)).as(Tuple::of));
    }

    @Provide
    Arbitrary<Tuple2<Integers, Integers>> columnAndMatrix() {
        return Combinators.combine(sizes(), sizes())
                .flatAs((n, m) ->
                        Combinators.combine(matrices(n, 1), matrices(n, m)).as(Tuple::of));
    }

    /** Products of up to twelve of these are exact in single precision; zeros are resets. */
    @Provide
    Arbitrary<Integers> decays() {
        return Arbitraries.longs()
                .between(-3, 3)
                .array(long[].class)
                .ofMaxSize(12)
                .map(a -> new Integers(a.length, 1, a));
    }

    private static <M> BlocksContract<M> floating(FloatingBlocks<M> blocks) {
        return new BlocksContract<>(blocks) {
            @Override
            M matrix(Integers integers) {
                double[] entries =
                        Arrays.stream(integers.rowMajor()).asDoubleStream().toArray();
                return blocks.of(integers.rows(), integers.columns(), entries);
            }

            @Override
            long at(M matrix, int row, int column) {
                return integer(blocks.toArray(matrix)[row * blocks.columns(matrix) + column]);
            }
        };
    }

    /** EJML's matrices keep their array when they shrink, so entries beyond the shape must not be read. */
    private static BlocksContract<DMatrixRMaj> ejmlWithRoomToSpare(Blocks<DMatrixRMaj> blocks) {
        return new BlocksContract<>(blocks) {
            @Override
            DMatrixRMaj matrix(Integers integers) {
                DMatrixRMaj matrix = new DMatrixRMaj(integers.rows() + 1, integers.columns() + 2);
                Arrays.fill(matrix.data, Double.NaN);
                matrix.reshape(integers.rows(), integers.columns());
                for (int i = 0; i < integers.rowMajor().length; i++) {
                    matrix.data[i] = integers.rowMajor()[i];
                }
                return matrix;
            }

            @Override
            long at(DMatrixRMaj matrix, int row, int column) {
                return integer(matrix.get(row, column));
            }
        };
    }

    private static <E> BlocksContract<RingMatrix<E>> exact(
            Blocks<RingMatrix<E>> blocks, Ring<E> ring, ToLongFunction<E> integer) {
        return new BlocksContract<>(blocks) {
            @Override
            RingMatrix<E> matrix(Integers integers) {
                return RingMatrix.of(integers.rows(), integers.columns(), (i, j) -> ring.integer(integers.at(i, j)));
            }

            @Override
            long at(RingMatrix<E> matrix, int row, int column) {
                return integer.applyAsLong(matrix.get(row, column));
            }
        };
    }

    private static long integer(double value) {
        assertThat(value).isEqualTo(Math.rint(value));
        return (long) value;
    }

    private static long integer(BigFraction value) {
        assertThat(value.getDenominatorAsInt()).isOne();
        return value.longValue();
    }

    private static long leastResidue(long a) {
        return a > PrimeField.MODULUS / 2 ? a - PrimeField.MODULUS : a;
    }
}
