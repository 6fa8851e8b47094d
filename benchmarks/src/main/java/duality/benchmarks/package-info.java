/**
 * JMH benchmarks. From the root of the project, after {@code ./mvnw package}: {@code java -cp
 * 'benchmarks/target/*:cli/target/lib/*' org.openjdk.jmh.Main}; see benchmarks/README.md.
 */
@NullMarked
package duality.benchmarks;

import org.jspecify.annotations.NullMarked;
