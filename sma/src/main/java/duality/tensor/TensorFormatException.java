package duality.tensor;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file is not what its format allows, or holds what this toolkit does not read. {@link #problem()} says why as a code;
 * the message shows the offending value and what would be right.
 */
public final class TensorFormatException extends IOException {
    private static final long serialVersionUID = 1;

    /** The code of a {@link TensorFormatException}. */
    public enum Problem {
        /** The file does not start as its format does. */
        WRONG_FORMAT,
        /** A version of the format that is not known. */
        UNKNOWN_VERSION,
        /** The file ends before what it announces. */
        TRUNCATED,
        /** The file goes on after what it announces. */
        TRAILING_BYTES,
        /** The header is longer than any honest one. */
        HEADER_TOO_LARGE,
        /** The header is not written as the format asks. */
        MALFORMED_HEADER,
        /** The elements have a type that {@link DType} lacks. */
        UNSUPPORTED_TYPE,
        /** A length is negative, or the product of the lengths does not fit 64 bits. */
        BAD_SHAPE,
        /** Data offsets leave gaps, overlap, or disagree with type and shape. */
        BAD_OFFSETS,
        /** The archive's directory is damaged. */
        MALFORMED_ARCHIVE,
        /** Entries of an archive share bytes. */
        OVERLAPPING_ENTRIES,
        /** A name that is no tensor's, or that points elsewhere in a file system. */
        BAD_NAME,
        /** Two tensors have the same name. */
        DUPLICATE_NAME,
        /** An entry is encrypted, or compressed in a way that NumPy does not use. */
        UNSUPPORTED_COMPRESSION,
        /** Compressed data is damaged, or cannot yield what it announces. */
        MALFORMED_COMPRESSION,
        /** The data does not have the checksum that is written beside it. */
        WRONG_CHECKSUM,
        /** More than {@link ReadLimits} allow. */
        LIMIT_EXCEEDED
    }

    private final Problem problem;
    private final transient Path path;

    TensorFormatException(Path path, Problem problem, String message, @Nullable Throwable cause) {
        super(path + ": " + message, cause);
        this.problem = problem;
        this.path = path;
    }

    /** The code to branch on. */
    public Problem problem() {
        return problem;
    }

    /** The file. */
    public Path path() {
        return path;
    }
}
