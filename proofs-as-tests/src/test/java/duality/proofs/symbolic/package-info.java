/** Tests of the symbolic rings. */
@NullMarked
package duality.proofs.symbolic;

import org.jspecify.annotations.NullMarked;
