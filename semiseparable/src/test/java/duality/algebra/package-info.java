/** Tests of the algebra that everything else computes in. */
@NullMarked
package duality.algebra;

import org.jspecify.annotations.NullMarked;
