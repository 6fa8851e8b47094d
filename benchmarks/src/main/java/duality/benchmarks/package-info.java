/**
 * JMH benchmarks; benchmarks/README.md says how to run them.
 */
@NullMarked
package duality.benchmarks;

import org.jspecify.annotations.NullMarked;
