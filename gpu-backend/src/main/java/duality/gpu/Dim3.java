package duality.gpu;

/** A number of blocks or threads along three axes; x runs fastest. */
public record Dim3(int x, int y, int z) {
    /** Along one axis. */
    public static Dim3 of(int x) {
        return new Dim3(x, 1, 1);
    }

    /**
     * Along one axis, which can have 2^31 − 1 blocks.
     *
     * @throws ArithmeticException if there are more
     */
    public static Dim3 of(long x) {
        return of(Math.toIntExact(x));
    }

    /** Along two axes. */
    public static Dim3 of(int x, int y) {
        return new Dim3(x, y, 1);
    }
}
