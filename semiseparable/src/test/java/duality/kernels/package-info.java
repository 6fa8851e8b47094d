@NullMarked
package duality.kernels;

import org.jspecify.annotations.NullMarked;
