package duality.explorer;

import duality.errors.Fault;
import duality.errors.ValueException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The decays {@code a_t} of a scalar state space model, as short decimal numbers, so that they are exact where a class is
 * found by exact ranks.
 *
 * @param text {@code random}; {@code reset}, which is random with a zero in the middle; one number for all steps; or a
 *     number for each, separated by commas
 */
record DecayFactors(String text) {
    static final String RANDOM = "random";
    static final String RESET = "reset";

    private static final int LONGEST_NUMBER = 12;

    /**
     * Checks the text.
     *
     * @throws ValueException if it is none of these, or a number is not in [−1, 1]
     */
    DecayFactors {
        if (!isDrawn(text)) {
            numbers(text);
        }
    }

    private static boolean isDrawn(String text) {
        return text.equals(RANDOM) || text.equals(RESET);
    }

    private static List<BigDecimal> numbers(String text) {
        return Arrays.stream(text.split(",", -1)).map(DecayFactors::number).toList();
    }

    private static BigDecimal number(String text) {
        String digits = text.strip();
        if (!digits.matches("-?[0-9]*\\.?[0-9]*") || !digits.matches(".*[0-9].*") || digits.length() > LONGEST_NUMBER) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS,
                    "decays: '" + digits + "' is not " + RANDOM + ", " + RESET + " or a decimal number of at most "
                            + LONGEST_NUMBER + " characters");
        }
        BigDecimal value = new BigDecimal(digits);
        if (value.abs().compareTo(BigDecimal.ONE) > 0) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, "decays: " + digits + " is not in [-1, 1]");
        }
        return value;
    }

    /**
     * Checks that there are decays for a sequence: one for all steps, or as many as there are steps.
     *
     * @throws ValueException if there are not
     */
    void requireLength(int length) {
        int count = isDrawn(text) ? 1 : numbers(text).size();
        if (count != 1 && count != length) {
            throw new ValueException(Fault.WRONG_ARGUMENTS, "decays: " + count + " numbers for T = " + length);
        }
    }

    /** The decays of a sequence; a list of numbers is repeated as often as it takes. */
    List<BigDecimal> of(int length, long seed) {
        if (!isDrawn(text)) {
            List<BigDecimal> numbers = numbers(text);
            return IntStream.range(0, length)
                    .mapToObj(t -> numbers.get(t % numbers.size()))
                    .toList();
        }
        SplittableRandom random = new SplittableRandom(seed);
        int reset = text.equals(RESET) ? length / 2 : -1;
        return IntStream.range(0, length)
                .mapToObj(t -> {
                    BigDecimal drawn = BigDecimal.valueOf(random.nextInt(40, 100), 2);
                    return t == reset ? BigDecimal.ZERO : drawn;
                })
                .toList();
    }
}
