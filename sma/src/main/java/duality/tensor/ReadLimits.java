package duality.tensor;

import duality.errors.Fault;
import duality.errors.ValueException;

/**
 * How far a reader trusts a file.
 *
 * @param inflatedBytes the most that all compressed entries of an archive may inflate to, together
 */
public record ReadLimits(long inflatedBytes) {
    /** 4 GiB. */
    public static final ReadLimits DEFAULT = new ReadLimits(4L << 30);

    /** Checks what is given. */
    public ReadLimits {
        if (inflatedBytes < 0) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, "inflatedBytes " + inflatedBytes + "; must be 0 or more");
        }
    }
}
