package duality.proofs;

import java.util.ArrayList;
import java.util.List;

/** All theorems. */
public final class Catalogue {
    private Catalogue() {}

    /** The theorems, from what is used to what uses it. */
    public static List<Theorem<?>> theorems() {
        List<Theorem<?>> all = new ArrayList<>();
        all.addAll(ScanTheorems.all());
        all.addAll(DualityTheorems.all());
        all.addAll(GradientTheorems.all());
        all.addAll(ModelTheorems.all());
        return List.copyOf(all);
    }
}
