package duality.gpu.ssd;

import duality.gpu.CudaStream;
import java.util.Optional;

/**
 * A set of kernels for the SSD operator. Asked for a pass over a problem they answer with its launches, or with nothing
 * if they do not take its shape; then the next set is asked.
 *
 * <p>A pass reads and writes the arrays of the problem at the addresses that these have when it is made. Everything that
 * costs time (tensor maps, scratch memory, arguments) is prepared there; to launch must neither wait nor allocate, for it
 * is captured into a graph when it is repeated.
 */
interface SsdKernels {
    /** Something to launch. */
    @FunctionalInterface
    interface Pass {
        /** Launches it. */
        void on(CudaStream stream);
    }

    /**
     * y and the final states of a range of the problem's chunks. If it starts inside a sequence, that goes on from its
     * final state so far; ranges run in order.
     */
    default Optional<Pass> forward(DeviceSsd problem, Chunks.Range range) {
        return Optional.empty();
    }

    /** All gradients; dfinal_states are zero if the problem has none. */
    default Optional<Pass> backward(DeviceSsd problem) {
        return Optional.empty();
    }

    /** y and the final states of a problem with one step a sequence. The final states may be the initial ones' memory. */
    default Optional<Pass> step(DeviceSsd problem) {
        return Optional.empty();
    }
}
