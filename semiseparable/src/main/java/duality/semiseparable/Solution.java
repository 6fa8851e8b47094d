package duality.semiseparable;

import org.ejml.data.DMatrixRMaj;

/**
 * The solution of {@code A x = b} and how it was found.
 *
 * @param x the solution, columns beside each other as in b
 * @param method the algorithm that ran, never {@link Method#AUTOMATIC}
 */
public record Solution(DMatrixRMaj x, Method method) {}
