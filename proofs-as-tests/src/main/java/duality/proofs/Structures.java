package duality.proofs;

import duality.algebra.Blocks;
import duality.semiseparable.Generators;
import java.util.ArrayList;
import java.util.List;

/** Structured matrices of symbols, and what they are, written out. */
final class Structures {
    private Structures() {}

    /** Generators of symbols: T blocks of size P and ranks N. */
    static <M> Generators<M> generators(World<M> w, String name, Shape shape) {
        return generators(w, name, shape, shape.stateSize());
    }

    /** Generators of symbols with ranks of one's own. */
    static <M> Generators<M> generators(World<M> w, String name, Shape shape, int rank) {
        int n = shape.time();
        int m = shape.headDim();
        List<M> d = new ArrayList<>();
        List<M> p = new ArrayList<>();
        List<M> r = new ArrayList<>();
        List<M> q = new ArrayList<>();
        List<M> u = new ArrayList<>();
        List<M> v = new ArrayList<>();
        List<M> transitions = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            int below = i == 0 ? 0 : rank;
            int belowNext = i == n - 1 ? 0 : rank;
            d.add(w.matrix(name + "D" + i, m, m));
            p.add(symbol(w, name + "P" + i, m, below));
            r.add(symbol(w, name + "R" + i, belowNext, below));
            q.add(symbol(w, name + "Q" + i, belowNext, m));
            u.add(symbol(w, name + "U" + i, m, belowNext));
            transitions.add(symbol(w, name + "W" + i, below, belowNext));
            v.add(symbol(w, name + "V" + i, below, m));
        }
        return Generators.of(w.k(), d, p, r, q, u, transitions, v);
    }

    private static <M> M symbol(World<M> w, String name, int rows, int columns) {
        return rows * columns == 0 ? w.k().zeros(rows, columns) : w.matrix(name, rows, columns);
    }

    /** Generators whose upper half is zero. */
    static <M> Generators<M> lower(World<M> w, String name, Shape shape) {
        return duality.semiseparable.GeneratorAlgebra.lower(w.k(), generators(w, name, shape));
    }

    /** The matrix that generators stand for, block by block as the definition has it. */
    static <M> M written(Blocks<M> k, Generators<M> a) {
        int n = a.blocks();
        List<M> rows = new ArrayList<>();
        rows.add(k.zeros(0, a.columns(k)));
        for (int i = 0; i < n; i++) {
            List<M> row = new ArrayList<>();
            for (int j = 0; j < n; j++) {
                M block = i == j ? a.d().get(i) : i > j ? a.p().get(i) : a.u().get(i);
                for (int t = i - 1; t > j; t--) {
                    block = k.multiply(block, a.r().get(t));
                }
                for (int t = i + 1; t < j; t++) {
                    block = k.multiply(block, a.w().get(t));
                }
                row.add(i == j ? block : k.multiply(block, i > j ? a.q().get(j) : a.v().get(j)));
            }
            rows.add(k.stackColumns(row));
        }
        return k.stackRows(rows);
    }

    /** {@code M_ji = C_jᵀ A_j … A_{i+1} B_i} by the text of equation 3, from single steps. */
    static <M> M equation3(Blocks<M> k, List<M> a, List<M> b, List<M> c) {
        int length = a.size();
        List<M> rows = new ArrayList<>();
        rows.add(k.zeros(0, length));
        for (int j = 0; j < length; j++) {
            List<M> row = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                M entry = c.get(j);
                for (int t = j; t > i; t--) {
                    entry = k.multiply(entry, a.get(t));
                }
                row.add(i > j ? k.zeros(1, 1) : k.multiply(entry, b.get(i)));
            }
            rows.add(k.stackColumns(row));
        }
        return k.stackRows(rows);
    }
}
