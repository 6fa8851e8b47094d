package duality.proofs;

import java.util.ArrayList;
import java.util.List;

/** All theorems. */
public final class Catalogue {
    private Catalogue() {}

    /** The theorems, from what is used to what uses it. */
    public static List<Theorem<?>> theorems() {
        List<Theorem<?>> all = new ArrayList<>();
        all.addAll(SemiseparableTheorems.all());
        all.addAll(ScanTheorems.all());
        all.addAll(StructuredTheorems.all());
        all.addAll(AttentionTheorems.all());
        all.addAll(SsdTheorems.all());
        all.addAll(OperatorTheorems.all());
        all.addAll(LayerTheorems.all());
        all.addAll(GradientTheorems.all());
        all.addAll(HeadTheorems.all());
        all.addAll(ModelTableTheorems.all());
        return List.copyOf(all);
    }
}
