package duality.gpu;

/** A call that the CUDA driver refused. The message has the driver's name and text for the error. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int OUT_OF_MEMORY = 2;

    private final int code;
    private final String errorName;

    CudaException(int code, String errorName, String text) {
        super(errorName + ": " + text);
        this.code = code;
        this.errorName = errorName;
    }

    /** A call that came after the error {@code earlier} had made the context unusable. */
    CudaException(CudaException earlier) {
        super("the context is retired since an earlier error: " + earlier.getMessage(), earlier);
        code = earlier.code;
        errorName = earlier.errorName;
    }

    /** The {@code CUresult}. */
    public int code() {
        return code;
    }

    /** The driver's name for the code, such as {@code CUDA_ERROR_NO_DEVICE}. */
    public String errorName() {
        return errorName;
    }

    /** Whether there was not enough memory, which a smaller problem may remedy. */
    public boolean isOutOfMemory() {
        return code == OUT_OF_MEMORY;
    }

    /**
     * Whether every later call in the process would fail too: a kernel went wrong, or the hardware. The others concern
     * a single call.
     */
    public boolean isSticky() {
        return switch (code) {
            case 4, 214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 721, 999 -> true;
            default -> false;
        };
    }
}
