package duality.cli;

import duality.algebra.FloatingBlocks;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * How many numbers an algorithm holds at once: the blocks that its operations make are watched, and garbage is collected
 * between operations to see which are still in use. For one thread.
 *
 * @param <M> the type of a block
 */
final class LiveBlocks<M> {
    /** A most that is larger by less than this part of it may be missed. */
    private static final double PART = 0.125;

    /** A block, and how many numbers it has. */
    private record Block(WeakReference<Object> reference, long size) {}

    private final FloatingBlocks<M> operations;
    private List<Block> blocks = new ArrayList<>();
    private long made;
    private long most;

    LiveBlocks(FloatingBlocks<M> operations) {
        this.operations = operations;
    }

    /** The operations, watched. */
    @SuppressWarnings("unchecked") // the proxy implements the interface and hands everything on
    FloatingBlocks<M> operations() {
        return (FloatingBlocks<M>) Proxy.newProxyInstance(
                FloatingBlocks.class.getClassLoader(),
                new Class<?>[] {FloatingBlocks.class},
                (_, method, arguments) -> {
                    try {
                        Object result = method.invoke(operations, arguments);
                        if (method.getReturnType() == Object.class) {
                            watch((M) result);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void watch(M block) {
        try {
            long size = (long) operations.rows(block) * operations.columns(block);
            blocks.add(new Block(new WeakReference<>(block), size));
            made += size;
            if (made > (1 + PART) * most) {
                look();
            }
        } finally {
            Reference.reachabilityFence(block);
        }
    }

    /** Forgets blocks that are not in use; from then on {@code made} counts from those that are. */
    private void look() {
        System.gc();
        blocks = new ArrayList<>(blocks.stream()
                .filter(block -> !block.reference().refersTo(null))
                .toList());
        made = blocks.stream().mapToLong(Block::size).sum();
        most = Math.max(most, made);
    }

    /** The most numbers held at once so far. */
    long most() {
        return most;
    }
}
