package duality.sma;

/**
 * Which of X, B and C the heads share (Dao and Gu 2024, Section 7.2). The rates A always have one value a
 * head. In attention's terms X is the values, B the keys and C the queries.
 */
public enum HeadPattern {
    /** Everything per head: multi-head attention. */
    MULTI_HEAD,
    /** One X and one B, C per head: multi-query attention. */
    MULTI_CONTRACT,
    /** One X and one C, B per head: multi-key attention. */
    MULTI_EXPAND,
    /** One B and one C, X per head: multi-value attention, the choice of Mamba. */
    MULTI_INPUT,
    /** B and C in groups of neighbouring heads, X per head: grouped-value attention. */
    GROUPED;

    /** The number of heads of x, of {@code heads}. */
    public int xHeads(int heads) {
        return this == MULTI_CONTRACT || this == MULTI_EXPAND ? 1 : heads;
    }

    /** The number of groups of B; {@code groups} is used by {@link #GROUPED} alone. */
    public int bGroups(int heads, int groups) {
        return switch (this) {
            case MULTI_HEAD, MULTI_EXPAND -> heads;
            case MULTI_CONTRACT, MULTI_INPUT -> 1;
            case GROUPED -> groups;
        };
    }

    /** The number of groups of C; {@code groups} is used by {@link #GROUPED} alone. */
    public int cGroups(int heads, int groups) {
        return switch (this) {
            case MULTI_HEAD, MULTI_CONTRACT -> heads;
            case MULTI_EXPAND, MULTI_INPUT -> 1;
            case GROUPED -> groups;
        };
    }
}
