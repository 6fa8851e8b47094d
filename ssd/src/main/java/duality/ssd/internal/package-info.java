/** How the operator on tensors becomes one {@link duality.ssd.ScalarSsm} a head. Not part of the API. */
@NullMarked
package duality.ssd.internal;

import org.jspecify.annotations.NullMarked;
