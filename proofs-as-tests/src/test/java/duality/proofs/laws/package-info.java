/** Tests of the laws: every ring of the library keeps them, and broken rings do not. */
@NullMarked
package duality.proofs.laws;

import org.jspecify.annotations.NullMarked;
