package duality.gpu;

/** A call that the CUDA driver refused. The message has the driver's name and text for the error. */
public final class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String errorName;

    CudaException(int code, String errorName, String text) {
        super(errorName + ": " + text);
        this.code = code;
        this.errorName = errorName;
    }

    /** The {@code CUresult}. */
    public int code() {
        return code;
    }

    /** The driver's name for the code, such as {@code CUDA_ERROR_NO_DEVICE}. */
    public String errorName() {
        return errorName;
    }
}
