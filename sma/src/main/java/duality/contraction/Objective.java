package duality.contraction;

import java.util.Comparator;

/** What a plan is to have least of; the other one decides between equals. */
public enum Objective {
    /** Additions and multiplications. */
    FLOPS,
    /** The most numbers held at once, besides the operands. */
    MEMORY;

    /** The better of two; the first if they are equal. */
    Node best(Node a, Node b) {
        boolean better = this == FLOPS
                ? b.flops() < a.flops() || (b.flops() == a.flops() && b.peak() < a.peak())
                : b.peak() < a.peak() || (b.peak() == a.peak() && b.flops() < a.flops());
        return better ? b : a;
    }

    /** Best first. */
    Comparator<Node> order() {
        Comparator<Node> flops = Comparator.comparingLong(Node::flops);
        Comparator<Node> peak = Comparator.comparingLong(Node::peak);
        return this == FLOPS ? flops.thenComparing(peak) : peak.thenComparing(flops);
    }
}
