/**
 * Pictures as SVG: matrices, their blocks and factors, chunks, orders of contractions, curves. Start at {@link
 * duality.figures.Figure}, which puts panels in rows. The same numbers give the same bytes on every machine.
 */
@NullMarked
package duality.figures;

import org.jspecify.annotations.NullMarked;
