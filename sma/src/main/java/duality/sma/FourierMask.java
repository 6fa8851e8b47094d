package duality.sma;

import duality.algebra.Blocks;
import duality.algebra.FloatingBlocks;
import duality.contraction.Cost;
import duality.errors.ShapeException;
import duality.semiseparable.Diagonal;
import duality.semiseparable.StructuredMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * The Fourier mask {@code ω^{ij}}, with ω a T-th root of unity (Dao and Gu 2024, section 4.3), by its real part
 * {@code cos(2πij/T)} or its imaginary part {@code sin(2πij/T)}. It multiplies as a Toeplitz matrix between diagonal
 * ones (Bluestein 1970), with binomials in place of halves of squares so that no root of ω is needed:
 *
 * <pre>
 *   ij = C(i, 2) − C(i−j, 2) + C(j+1, 2)
 * </pre>
 *
 * for every T, over every commutative ring with a rotation of order T: cosines and sines of the multiples of an angle
 * of a T-th of a turn, or points c² + s² = 1 that add up like them.
 *
 * @param <M> the type of blocks that hold the numbers
 */
public final class FourierMask<M> implements Mask<M> {
    /** Which part of {@code ω^{ij}}. */
    public enum Part {
        /** {@code cos(2πij/T)}. */
        REAL,
        /** {@code sin(2πij/T)}. */
        IMAGINARY
    }

    private final int length;
    private final Part part;
    private final M cosines;
    private final M sines;
    private final ToeplitzMask<M> chirpCosine;
    private final ToeplitzMask<M> chirpSine;

    private FourierMask(Blocks<M> k, M cosines, M sines, Part part) {
        this.length = k.rows(cosines);
        this.part = part;
        this.cosines = cosines;
        this.sines = sines;
        int lags = Math.max(0, 2 * length - 1);
        IntToLongFunction exponent = i -> -binomial(i - length + 1);
        this.chirpCosine = ToeplitzMask.of(k, powers(k, cosines, lags, exponent));
        this.chirpSine = ToeplitzMask.of(k, powers(k, sines, lags, exponent));
    }

    /**
     * The mask of a rotation.
     *
     * @param cosines {@code (T×1)}, those of {@code 0, 1, …, T−1} rotations, of which T make one turn
     * @param sines {@code (T×1)}
     * @throws ShapeException if these are not columns of equal lengths
     */
    public static <M> FourierMask<M> of(Blocks<M> k, M cosines, M sines, Part part) {
        if (k.columns(cosines) != 1 || k.columns(sines) != 1 || k.rows(cosines) != k.rows(sines)) {
            throw ShapeException.mismatch(
                    "cosines and sines of a rotation",
                    k.rows(cosines) + "x" + k.columns(cosines),
                    k.rows(sines) + "x" + k.columns(sines));
        }
        return new FourierMask<>(k, cosines, sines, part);
    }

    /** The mask of a length in floating point. */
    public static <M> FourierMask<M> of(FloatingBlocks<M> k, int length, Part part) {
        double turn = 2 * Math.PI / length;
        double[] cosines =
                IntStream.range(0, length).mapToDouble(i -> Math.cos(turn * i)).toArray();
        double[] sines =
                IntStream.range(0, length).mapToDouble(i -> Math.sin(turn * i)).toArray();
        return of(k, k.of(length, 1, cosines), k.of(length, 1, sines), part);
    }

    /** {@code C(n, 2)} of any integer. */
    private static long binomial(long n) {
        return n * (n - 1) / 2;
    }

    /** The entries of {@code table} at exponents modulo T, a column. */
    private static <M> M powers(Blocks<M> k, M table, int count, IntToLongFunction exponent) {
        List<M> entries = new ArrayList<>();
        entries.add(k.zeros(0, 1));
        for (int i = 0; i < count; i++) {
            entries.add(k.row(table, (int) Math.floorMod(exponent.applyAsLong(i), (long) k.rows(table))));
        }
        return k.stackRows(entries);
    }

    private M rowPowers(Blocks<M> k, M table) {
        return powers(k, table, length, i -> binomial(i));
    }

    private M columnPowers(Blocks<M> k, M table) {
        return powers(k, table, length, j -> binomial(j + 1L));
    }

    @Override
    public int length() {
        return length;
    }

    /** About T/2: ⌊T/2⌋ of the cosines but 1 for T = 1, and ⌊(T − 1)/2⌋ of the sines. */
    @Override
    public int rank() {
        return part == Part.REAL ? Math.max(Math.min(1, length), length / 2) : Math.max(0, (length - 1) / 2);
    }

    @Override
    public M multiply(Blocks<M> k, M x) {
        int width = k.columns(x);
        M u = k.scaleRows(columnPowers(k, cosines), x);
        M v = k.scaleRows(columnPowers(k, sines), x);
        M both = k.beside(u, v);
        M byCosine = chirpCosine.multiply(k, both);
        M bySine = chirpSine.multiply(k, both);
        M real = k.subtract(k.block(byCosine, 0, length, 0, width), k.block(bySine, 0, length, width, 2 * width));
        M imaginary = k.add(k.block(byCosine, 0, length, width, 2 * width), k.block(bySine, 0, length, 0, width));
        M c = rowPowers(k, cosines);
        M s = rowPowers(k, sines);
        return part == Part.REAL
                ? k.subtract(k.scaleRows(c, real), k.scaleRows(s, imaginary))
                : k.add(k.scaleRows(s, real), k.scaleRows(c, imaginary));
    }

    /** The mask is symmetric. */
    @Override
    public M multiplyTransposed(Blocks<M> k, M x) {
        return multiply(k, x);
    }

    @Override
    public M dense(Blocks<M> k) {
        M table = part == Part.REAL ? cosines : sines;
        int size = Math.multiplyExact(length, length);
        return k.reshape(powers(k, table, size, i -> (long) (i / length) * (i % length)), length, length);
    }

    @Override
    public long denseFlops() {
        return 0;
    }

    /** Two Toeplitz products with twice the columns, 4 scalings and 3 sums. */
    @Override
    public long multiplyFlops(long width) {
        long twice = Cost.times(2, width);
        return Cost.plus(
                Cost.times(7L * length, width),
                Cost.plus(chirpCosine.multiplyFlops(twice), chirpSine.multiplyFlops(twice)));
    }

    /** {@code Re[D T E]} or {@code Im[D T E]} of complex diagonal D, E and Toeplitz T, written out in real parts. */
    @Override
    public StructuredMatrix structured(FloatingBlocks<M> k) {
        StructuredMatrix cosine = chirpCosine.structured(k);
        StructuredMatrix sine = chirpSine.structured(k);
        StructuredMatrix u = diagonal(k, columnPowers(k, cosines));
        StructuredMatrix v = diagonal(k, columnPowers(k, sines));
        StructuredMatrix real = cosine.times(u).minus(sine.times(v));
        StructuredMatrix imaginary = cosine.times(v).plus(sine.times(u));
        StructuredMatrix c = diagonal(k, rowPowers(k, cosines));
        StructuredMatrix s = diagonal(k, rowPowers(k, sines));
        return part == Part.REAL
                ? c.times(real).minus(s.times(imaginary))
                : s.times(real).plus(c.times(imaginary));
    }

    private static <M> Diagonal diagonal(FloatingBlocks<M> k, M column) {
        return new Diagonal(k.toArray(column));
    }

    /** Such as {@code Fourier cos 5x5}. */
    @Override
    public String toString() {
        return "Fourier " + (part == Part.REAL ? "cos " : "sin ") + length + "x" + length;
    }
}
