/** Tests of the models. */
@NullMarked
package duality.models;

import org.jspecify.annotations.NullMarked;
