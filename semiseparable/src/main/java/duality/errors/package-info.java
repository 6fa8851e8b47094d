/**
 * What goes wrong, as types: one exception class for each kind of fault, each with a {@link
 * duality.errors.Fault} that tests and callers can branch on without reading prose.
 *
 * <p>Messages show both shapes, or the index and the value, and say what would be right.
 */
@NullMarked
package duality.errors;

import org.jspecify.annotations.NullMarked;
