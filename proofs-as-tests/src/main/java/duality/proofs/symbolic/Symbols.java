package duality.proofs.symbolic;

import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of a ring's symbols, numbered in the order in which they are first asked for. */
final class Symbols {
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<Boolean> central = new ArrayList<>();

    /** The monomial of a name, which is either central or a letter for good. */
    synchronized Monomial monomial(String name, boolean isCentral) {
        int id = ids.computeIfAbsent(name, _ -> {
            names.add(name);
            central.add(isCentral);
            return names.size() - 1;
        });
        if (central.get(id) != isCentral) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS,
                    "symbol " + name + " is " + (isCentral ? "a letter" : "central") + " already, not "
                            + (isCentral ? "central" : "a letter"));
        }
        return isCentral ? Monomial.central(id) : Monomial.letter(id);
    }

    synchronized String name(int id) {
        return names.get(id);
    }
}
