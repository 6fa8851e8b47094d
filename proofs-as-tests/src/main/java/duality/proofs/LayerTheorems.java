package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.RingMatrix;
import duality.proofs.symbolic.Polynomial;
import duality.ssd.BlockDecomposition;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;

/** The layer around the operator, on several devices (Dao and Gu 2024, Sections 7.1 and 8.1). */
final class LayerTheorems {
    private static final int WIDTH = 2;
    private static final List<Shape> SHAPES =
            List.of(new Shape(0, 1, 1), new Shape(1, 1, 1), new Shape(2, 1, 1), new Shape(2, 1, 2), new Shape(3, 2, 2));

    private LayerTheorems() {}

    static List<Theorem<?>> all() {
        return List.of(tensorParallel());
    }

    /**
     * A Mamba-2 layer: H heads of dimension P in G groups with states of size N, on inputs of width d.
     *
     * @param z the projection to the gate (d×HP)
     * @param x that to the inputs of the scan (d×HP)
     * @param b that to B (d×GN)
     * @param c that to C (d×GN)
     * @param dt that to the step sizes (d×H)
     * @param filterX the causal filters of the channels of x, newest first (2×HP)
     * @param filterB those of B (2×GN)
     * @param filterC those of C (2×GN)
     * @param bias of the step sizes (1×H)
     * @param rate A (1×H)
     * @param skip D (1×H)
     * @param weight of the normalised channels (1×HP)
     * @param out the projection to the outputs (HP×d)
     * @param heads H
     * @param groups G
     * @param norms in how many parts of equal width the channels are normalised: G
     */
    private record Layer<M>(
            M z,
            M x,
            M b,
            M c,
            M dt,
            M filterX,
            M filterB,
            M filterC,
            M bias,
            M rate,
            M skip,
            M weight,
            M out,
            int heads,
            int groups,
            int norms) {
        /** The same layer, projected and normalised otherwise. */
        Layer<M> with(M newOut, int newNorms) {
            return new Layer<>(
                    z, x, b, c, dt, filterX, filterB, filterC, bias, rate, skip, weight, newOut, heads, groups,
                    newNorms);
        }

        static <M> Layer<M> of(World<M> w, Shape shape, int heads, int groups) {
            int channels = heads * shape.headDim();
            int states = groups * shape.stateSize();
            return new Layer<>(
                    w.matrix("Wz", WIDTH, channels),
                    w.matrix("Wx", WIDTH, channels),
                    w.matrix("WB", WIDTH, states),
                    w.matrix("WC", WIDTH, states),
                    w.matrix("Wdt", WIDTH, heads),
                    w.matrix("fx", 2, channels),
                    w.matrix("fB", 2, states),
                    w.matrix("fC", 2, states),
                    w.matrix("bias", 1, heads),
                    w.matrix("A", 1, heads),
                    w.matrix("D", 1, heads),
                    w.matrix("g", 1, channels),
                    w.matrix("Wo", channels, WIDTH),
                    heads,
                    groups,
                    groups);
        }
    }

    /** A function of numbers, entry by entry. */
    private interface Function<M> {
        M of(String name, M argument);
    }

    /** The outputs {@code (T×d)} for inputs {@code u (T×d)}. */
    private static <M> M outputs(Blocks<M> k, Function<M> f, SsdAlgorithm scan, Layer<M> layer, M u) {
        int length = k.rows(u);
        M ones = k.ones(length, 1);
        M x = filtered(k, f, k.multiply(u, layer.x), layer.filterX);
        M b = filtered(k, f, k.multiply(u, layer.b), layer.filterB);
        M c = filtered(k, f, k.multiply(u, layer.c), layer.filterC);
        M dt = f.of("softplus", k.add(k.multiply(u, layer.dt), k.multiply(ones, layer.bias)));
        M decay = f.of("exp", k.hadamard(dt, k.multiply(ones, layer.rate)));
        int p = k.columns(x) / layer.heads;
        int n = k.columns(b) / layer.groups;
        List<M> scanned = IntStream.range(0, layer.heads)
                .mapToObj(h -> {
                    int group = h / (layer.heads / layer.groups);
                    M own = columns(k, x, h, p);
                    M y = scan.run(
                                    k,
                                    ScalarSsm.of(
                                            k,
                                            columns(k, decay, h, 1),
                                            columns(k, b, group, n),
                                            columns(k, c, group, n),
                                            k.scaleRows(columns(k, dt, h, 1), own),
                                            k.zeros(n, p)))
                            .y();
                    return k.add(y, k.scale(columns(k, layer.skip, h, 1), own));
                })
                .toList();
        M gated = k.hadamard(k.stackColumns(scanned), f.of("silu", k.multiply(u, layer.z)));
        int wide = k.columns(gated) / layer.norms;
        List<M> normalised = IntStream.range(0, layer.norms)
                .mapToObj(g -> columns(k, gated, g, wide))
                .map(part -> k.scaleRows(f.of("1/rms of " + wide, k.rowSums(k.hadamard(part, part))), part))
                .toList();
        return k.multiply(k.hadamard(k.stackColumns(normalised), k.multiply(ones, layer.weight)), layer.out);
    }

    /** The causal filter of every channel, and silu. */
    private static <M> M filtered(Blocks<M> k, Function<M> f, M a, M filter) {
        int length = k.rows(a);
        M ones = k.ones(length, 1);
        M before = k.rows(k.stackRows(List.of(k.zeros(1, k.columns(a)), a)), 0, length);
        return f.of(
                "silu",
                k.add(
                        k.hadamard(a, k.multiply(ones, k.row(filter, 0))),
                        k.hadamard(before, k.multiply(ones, k.row(filter, 1)))));
    }

    /** Part number {@code at} of the columns, in parts of one width. */
    private static <M> M columns(Blocks<M> k, M a, int at, int width) {
        return k.block(a, 0, k.rows(a), at * width, (at + 1) * width);
    }

    // ---- Section 8.1

    /** What of a layer is a device's, and how the devices' outputs become the layer's. */
    private static class TensorParallel {
        <M> Layer<M> share(Blocks<M> k, Layer<M> all, int device, int devices) {
            return split(k, all, device, device, devices);
        }

        /** The one all-reduce. */
        <M> M reduce(Blocks<M> k, List<M> outputs) {
            BinaryOperator<M> add = k::add;
            return outputs.stream().reduce(add).orElseThrow();
        }

        /** The heads of one device with the groups of another. */
        static <M> Layer<M> split(Blocks<M> k, Layer<M> all, int ofHeads, int ofGroups, int devices) {
            int heads = all.heads / devices;
            int channels = k.columns(all.x) / devices;
            int states = k.columns(all.b) / devices;
            return new Layer<>(
                    columns(k, all.z, ofHeads, channels),
                    columns(k, all.x, ofHeads, channels),
                    columns(k, all.b, ofGroups, states),
                    columns(k, all.c, ofGroups, states),
                    columns(k, all.dt, ofHeads, heads),
                    columns(k, all.filterX, ofHeads, channels),
                    columns(k, all.filterB, ofGroups, states),
                    columns(k, all.filterC, ofGroups, states),
                    columns(k, all.bias, ofHeads, heads),
                    columns(k, all.rate, ofHeads, heads),
                    columns(k, all.skip, ofHeads, heads),
                    columns(k, all.weight, ofHeads, channels),
                    k.rows(all.out, ofHeads * channels, (ofHeads + 1) * channels),
                    heads,
                    all.groups / devices,
                    all.norms / devices);
        }
    }

    private static Theorem<TensorParallel> tensorParallel() {
        return Theorem.about(new TensorParallel(), "tensor-parallel")
                .from("Dao and Gu 2024, Section 8.1")
                .states(
                        "a layer whose heads, with their groups of B and C, are split over devices is the sum of what each device computes "
                                + "from its own columns of the input projections and rows of the output projection: one all-reduce, if the channels "
                                + "are normalised by groups and the number of devices divides that of the groups",
                        "\\mathrm{layer}(u) = \\sum_{r} \\mathrm{norm}_r\\left(\\mathrm{SSD}_r(u) \\circ "
                                + "\\mathrm{silu}(u W_z^{(r)})\\right) W_o^{(r)}")
                .of(BlockDecomposition.class, Recurrence.class, ScalarSsm.class)
                .by(new Proof<>(
                        Method.POLYNOMIAL_IDENTITY,
                        "projection, causal filter, silu, softplus, decays, scan, skip, gate, norm and output projection over Z[every "
                                + "parameter and input, every value of a function]; silu, softplus, exp and 1/rms are functions of which nothing is known, "
                                + "so that their values at equal arguments are one variable and at others another",
                        List.of(
                                new Quantifier("entries", "all, over every commutative ring", "variables"),
                                new Quantifier("activations, norm", "all functions", "uninterpreted"),
                                new Quantifier(
                                        "heads, groups, devices",
                                        "2, 2; 4, 2; 4, 4, with every number of devices that divides the groups",
                                        "each; all by the same slices"),
                                new Quantifier(
                                        "T, N, P", "≤ 3, 2, 2", SHAPES.size() + " shapes; all T, N, P by blocks")),
                        LayerTheorems::prove))
                .refuting("devices: B and C of the first device's groups everywhere", new TensorParallel() {
                    @Override
                    <M> Layer<M> share(Blocks<M> k, Layer<M> all, int device, int devices) {
                        return split(k, all, device, 0, devices);
                    }
                })
                .refuting("devices: normalised over all heads of a device, not by groups", new TensorParallel() {
                    @Override
                    <M> Layer<M> share(Blocks<M> k, Layer<M> all, int device, int devices) {
                        Layer<M> own = super.share(k, all, device, devices);
                        return own.with(own.out, 1);
                    }
                })
                .refuting("devices: the output projection's first rows everywhere", new TensorParallel() {
                    @Override
                    <M> Layer<M> share(Blocks<M> k, Layer<M> all, int device, int devices) {
                        Layer<M> own = super.share(k, all, device, devices);
                        return own.with(k.rows(all.out, 0, k.rows(own.out)), own.norms);
                    }
                })
                .refuting("devices: the outputs of one device, not reduced", new TensorParallel() {
                    @Override
                    <M> M reduce(Blocks<M> k, List<M> outputs) {
                        return outputs.getFirst();
                    }
                })
                .rounded("none: it depends on the functions; the operator's is that of the laws of backends")
                .build();
    }

    private static Evidence prove(TensorParallel program) {
        ExactWorld<Polynomial> w = ExactWorld.polynomials();
        Blocks<RingMatrix<Polynomial>> k = w.k();
        for (Shape shape : SHAPES) {
            for (int[] size : new int[][] {{2, 2}, {4, 2}, {4, 4}}) {
                int heads = size[0];
                int groups = size[1];
                w.enter("%s H=%d G=%d".formatted(shape, heads, groups));
                Layer<RingMatrix<Polynomial>> layer = Layer.of(w, shape, heads, groups);
                RingMatrix<Polynomial> u = w.matrix("u", shape.time(), WIDTH);
                RingMatrix<Polynomial> expected = outputs(k, w::function, new Recurrence(), layer, u);
                for (int devices = 1; devices <= groups; devices *= 2) {
                    List<RingMatrix<Polynomial>> parts = new ArrayList<>();
                    for (int device = 0; device < devices; device++) {
                        Layer<RingMatrix<Polynomial>> share = program.share(k, layer, device, devices);
                        parts.add(outputs(k, w::function, new BlockDecomposition(2), share, u));
                    }
                    w.equal("y of " + devices + " devices", program.reduce(k, parts), expected);
                }
            }
        }
        return new Evidence(w.identities(), w.terms(), 0, w.lines());
    }
}
