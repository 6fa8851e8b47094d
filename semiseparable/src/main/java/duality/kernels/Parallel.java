package duality.kernels;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Loops in parallel: in the {@link ForkJoinPool} of the calling thread if it belongs to one, else in the common pool. To
 * use a pool of your own, call the library from one of its tasks.
 */
public final class Parallel {
    private Parallel() {}

    /** The number of threads that would run. */
    public static int threads() {
        ForkJoinPool pool = ForkJoinTask.getPool();
        return pool == null ? ForkJoinPool.getCommonPoolParallelism() + 1 : pool.getParallelism();
    }

    /** Runs the body for 0, …, count − 1, in any order, and returns when all are done. */
    public static void run(int count, IntConsumer body) {
        if (count == 1 || threads() == 1) {
            for (int i = 0; i < count; i++) {
                body.accept(i);
            }
        } else {
            IntStream.range(0, count).parallel().forEach(body);
        }
    }
}
