package duality.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.Fault;
import duality.errors.InvalidInputException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts on the code of a fault, and on the values and shapes that its message must show. */
final class Faults {
    private Faults() {}

    static void assertFault(Fault fault, ThrowingCallable call, String... shown) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        thrown -> assertThat(thrown.fault()).isEqualTo(fault))
                .satisfies(thrown -> assertThat(thrown.getMessage()).contains(shown));
    }
}
