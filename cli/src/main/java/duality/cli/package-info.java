/**
 * The command line: one class per command, all of them listed in {@link duality.cli.Main}, which
 * also turns whatever goes wrong into one line and an exit code.
 */
@NullMarked
package duality.cli;

import org.jspecify.annotations.NullMarked;
