/**
 * Uses of structured matrices, as code to read and to start from. Here: {@link
 * duality.semiseparable.examples.GaussianProcess Gaussian-process regression} in linear time. Only the public types of
 * {@link duality.semiseparable} are used.
 */
@NullMarked
package duality.semiseparable.examples;

import org.jspecify.annotations.NullMarked;
