/**
 * Sequence models as matrices: what a researcher writes of a model, and everything that follows from it.
 *
 * <p>A model with a linear recurrence is a {@link duality.models.LinearRecurrence}: two methods, its length and its
 * {@link duality.models.Step} at a time. Its matrix, its generators, its recurrent, block and quadratic forms follow.
 * {@link duality.models.Zoo} lists the models of the literature, each with its equation and its source; {@link
 * duality.models.Classifier} says, by exact ranks, what kind of matrix a model is.
 *
 * <p>Rows of the input are the values: where a paper writes {@code S_t = A_t S_{t−1} + k_t v_tᵀ} and {@code o_t = q_tᵀ
 * S_t}, the model is the matrix M (T×T) of {@code O = M V}. Letters are those of Dao and Gu: T time, N state size, P
 * head dimension. Start at {@code LinearRecurrence}, then {@code ScalarDecay}, the shortest model.
 */
@NullMarked
package duality.models;

import org.jspecify.annotations.NullMarked;
