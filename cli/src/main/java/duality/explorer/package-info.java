/**
 * The explorer: a page that shows a sequence model as a matrix, as a recurrence, as attention and in blocks. All numbers
 * are of {@code Exploration}, which asks the library for them; the page only draws. {@link
 * duality.explorer.ExplorerServer} serves it on this machine, {@link duality.explorer.ExplorerPage} makes it one file.
 */
@NullMarked
package duality.explorer;

import org.jspecify.annotations.NullMarked;
