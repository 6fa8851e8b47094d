package duality.models;

import java.util.List;

/** How an order grows with the length. */
public enum Growth {
    /** Not at all. */
    BOUNDED,
    /** By as much with each doubling of the length. */
    LOGARITHMIC,
    /** By more with each doubling of the length. */
    UNBOUNDED,
    /** By less and less, or not enough to see. */
    UNCLEAR;

    /** The growth of orders of which each is of half the length of the next; the last three decide. */
    static Growth of(List<Integer> orders) {
        if (orders.size() < 3) {
            return UNCLEAR;
        }
        List<Integer> last = orders.subList(orders.size() - 3, orders.size());
        int before = last.get(1) - last.get(0);
        int now = last.get(2) - last.get(1);
        return now == 0 ? BOUNDED : now == before ? LOGARITHMIC : now > before ? UNBOUNDED : UNCLEAR;
    }
}
