package duality.ssd;

import java.util.Locale;

/**
 * How long a computation should take in one place, by a model with measured constants: what decides where it runs. A model
 * knows nothing of other programs on the machine, and may be wrong by a factor of two.
 *
 * @param seconds of a call like the calls before; infinite where it cannot run
 * @param preparation the seconds that only the first call takes, beside those
 * @param reason what takes the time, or why it cannot run, in a few words
 */
public record Estimate(double seconds, double preparation, String reason) {
    /** A computation that cannot run there. */
    public static Estimate never(String reason) {
        return new Estimate(Double.POSITIVE_INFINITY, 0, reason);
    }

    /** Whether it can run there. */
    public boolean isPossible() {
        return seconds < Double.POSITIVE_INFINITY;
    }

    /** This computation and then another, in the same place. */
    public Estimate then(Estimate next) {
        if (!isPossible()) {
            return this;
        }
        return next.isPossible()
                ? new Estimate(
                        seconds + next.seconds, Math.max(preparation, next.preparation), reason + "; " + next.reason)
                : next;
    }

    /** The seconds of a first call, or of one of many. */
    double total(boolean first) {
        return first ? seconds + preparation : seconds;
    }

    /** A time in words, such as {@code 1.3 ms}. */
    public static String text(double seconds) {
        double milliseconds = seconds * 1e3;
        // %g turns to exponents where rounding adds a digit.
        if (milliseconds >= 999.5) {
            return String.format(Locale.ROOT, seconds >= 999.5 ? "%.0f s" : "%.3g s", seconds);
        }
        return String.format(Locale.ROOT, milliseconds >= 99.5 ? "%.0f ms" : "%.2g ms", milliseconds);
    }

    /** The time and what takes it, or why it cannot run. */
    @Override
    public String toString() {
        if (!isPossible()) {
            return reason;
        }
        String once = preparation > 0 ? " and " + text(preparation) + " once" : "";
        return "estimated " + text(seconds) + once + " (" + reason + ")";
    }
}
