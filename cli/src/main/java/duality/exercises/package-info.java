/**
 * What the exercises of the course in {@code docs/exercises} share: {@link duality.exercises.Exercise} checks and
 * prints. No other package uses it.
 */
@NullMarked
package duality.exercises;

import org.jspecify.annotations.NullMarked;
