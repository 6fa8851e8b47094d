package duality.proofs;

/**
 * What a theorem claims of a program at one shape, written once over any operations.
 *
 * @param <S> the type of the programs
 */
@FunctionalInterface
public interface Claim<S> {
    /**
     * Runs the program and the definition on symbols and requires equality.
     *
     * @throws Refutation where they differ
     */
    <M> void at(S program, World<M> world, Shape shape);

    /**
     * A claim that needs division, ranks or determinants.
     *
     * @param <S> the type of the programs
     */
    @FunctionalInterface
    interface OverFields<S> {
        /**
         * Runs the program and the definition on symbols and requires equality.
         *
         * @throws Refutation where they differ
         */
        <E> void at(S program, FieldWorld<E> world, Shape shape);
    }
}
