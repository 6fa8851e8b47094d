/**
 * Pictures of matrices and of their blocks, as SVG. Start at {@link duality.figures.Figure}. The same numbers
 * give the same bytes.
 */
@NullMarked
package duality.figures;

import org.jspecify.annotations.NullMarked;
