package duality.exercises;

import duality.algebra.RingMatrix;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Says what of an exercise is done. The methods print what holds, and stop at the first thing that does not. */
public final class Exercise {
    private Exercise() {}

    /**
     * Where something is still to be written, in the place of a value of any type.
     *
     * @param task the part of the exercise, and what is to be written
     * @throws NotYet always
     */
    @SuppressWarnings({"DoNotCallSuggester", "TypeParameterUnusedInFormals"}) // it holds the place of any value
    public static <T> T todo(String task) {
        throw new NotYet(task);
    }

    /**
     * Prints {@code ok: statement} if it holds.
     *
     * @throws NotYet if it does not
     */
    public static void check(String statement, boolean holds) {
        if (!holds) {
            throw new NotYet(statement);
        }
        IO.println("ok: " + statement);
    }

    /**
     * Prints {@code ok: what = value} if two values print the same, as exact numbers and lists of them do when they are
     * equal.
     *
     * @throws NotYet if they do not; the message shows both
     */
    public static void equal(String what, Object found, Object expected) {
        if (!found.toString().equals(expected.toString())) {
            throw new NotYet(what + " should be " + expected + ", not " + found);
        }
        IO.println("ok: " + what + " = " + expected);
    }

    /** Prints a name, and under it a matrix {@code (n×m)} in right-aligned columns. */
    public static void show(String name, RingMatrix<?> matrix) {
        IO.println(name + " =");
        int[] widths = IntStream.range(0, matrix.columns())
                .map(j -> IntStream.range(0, matrix.rows())
                        .map(i -> matrix.get(i, j).toString().length())
                        .max()
                        .orElse(0))
                .toArray();
        for (int i = 0; i < matrix.rows(); i++) {
            int row = i;
            IO.println(IntStream.range(0, matrix.columns())
                    .mapToObj(j -> "  "
                            + " "
                                    .repeat(widths[j]
                                            - matrix.get(row, j).toString().length()) + matrix.get(row, j))
                    .collect(Collectors.joining()));
        }
    }

    /** An exercise that is not done yet. Its trace begins at the place in the exercise. */
    public static final class NotYet extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private NotYet(String what) {
            super("not yet: " + what);
            // What is below stays: Java's launcher for source files counts on its own frames there.
            setStackTrace(Arrays.stream(getStackTrace())
                    .dropWhile(frame -> frame.getClassName().startsWith("duality."))
                    .toArray(StackTraceElement[]::new));
        }

        /** The message alone: Java prints this, and a class name would tell a student nothing. */
        @Override
        @SuppressWarnings("OverrideThrowableToString")
        public String toString() {
            return String.valueOf(getMessage());
        }
    }
}
