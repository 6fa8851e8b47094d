package duality.contraction;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds trees of pairwise steps. */
final class Planner {
    /** The most operands for which every tree is considered. */
    static final int OPTIMAL = 12;

    /** The most operands for which every tree is listed: 7 have 10 395. */
    static final int LISTED = 7;

    private Planner() {}

    static Node plan(Problem problem, Objective objective) {
        return problem.count() <= OPTIMAL ? optimal(problem, objective) : greedy(problem, objective);
    }

    /**
     * The best tree, by dynamic programming over sets of operands: the best tree of a set is a step on the
     * best trees of the two parts. 3ⁿ/2 steps are looked at, products without a common index included.
     */
    private static Node optimal(Problem problem, Objective objective) {
        int all = (1 << problem.count()) - 1;
        @Nullable Node[] best = new @Nullable Node[all + 1];
        for (int members = 1; members <= all; members++) {
            int lowest = Integer.lowestOneBit(members);
            Node chosen = members == lowest ? problem.leaf(Integer.numberOfTrailingZeros(lowest)) : null;
            for (int rest = (members - 1) & members; rest > 0; rest = (rest - 1) & members) {
                Node first = best[members ^ rest];
                Node second = best[rest];
                if ((rest & lowest) == 0 && first != null && second != null) {
                    Node step = problem.join(first, second, objective);
                    chosen = chosen == null ? step : objective.best(chosen, step);
                }
            }
            best[members] = chosen;
        }
        Node plan = best[all];
        if (plan == null) {
            throw new IllegalStateException("no plan");
        }
        return plan;
    }

    /** Again and again the step whose result is larger than its factors by the least, or smaller by the most. */
    private static Node greedy(Problem problem, Objective objective) {
        List<Node> nodes = leaves(problem);
        while (nodes.size() > 1) {
            int first = 0;
            int second = 1;
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < nodes.size(); i++) {
                for (int j = i + 1; j < nodes.size(); j++) {
                    double growth = growth(problem, nodes.get(i), nodes.get(j));
                    if (growth < least) {
                        least = growth;
                        first = i;
                        second = j;
                    }
                }
            }
            Node step = problem.join(nodes.get(first), nodes.get(second), objective);
            nodes.remove(second);
            nodes.set(first, step);
        }
        return nodes.getFirst();
    }

    private static double growth(Problem problem, Node a, Node b) {
        return (double) problem.size(problem.indices(a.members() | b.members()))
                - problem.size(a.indices())
                - problem.size(b.indices());
    }

    /** Every tree, best first; equals in the order in which they are found. */
    static List<Node> all(Problem problem, Objective objective) {
        if (problem.count() > LISTED) {
            throw new UnsupportedRequestException(
                    Fault.OUT_OF_DOMAIN,
                    "every order of " + problem.count() + " operands; at most " + LISTED + " can be listed");
        }
        List<List<Node>> trees = new ArrayList<>();
        trees.add(List.of());
        for (int members = 1; members < 1 << problem.count(); members++) {
            int lowest = Integer.lowestOneBit(members);
            List<Node> found = new ArrayList<>();
            if (members == lowest) {
                found.add(problem.leaf(Integer.numberOfTrailingZeros(lowest)));
            }
            for (int rest = (members - 1) & members; rest > 0; rest = (rest - 1) & members) {
                if ((rest & lowest) == 0) {
                    for (Node first : trees.get(members ^ rest)) {
                        for (Node second : trees.get(rest)) {
                            found.add(problem.join(first, second, objective));
                        }
                    }
                }
            }
            trees.add(found);
        }
        List<Node> result = new ArrayList<>(trees.getLast());
        result.sort(objective.order());
        return result;
    }

    private static List<Node> leaves(Problem problem) {
        List<Node> leaves = new ArrayList<>();
        for (int i = 0; i < problem.count(); i++) {
            leaves.add(problem.leaf(i));
        }
        return leaves;
    }
}
