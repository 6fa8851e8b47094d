package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.EjmlBlocks;
import duality.algebra.FieldBlocks;
import duality.algebra.OrthogonalBlocks;
import duality.algebra.Ring;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.semiseparable.BlockLu;
import duality.semiseparable.Compressed;
import duality.semiseparable.Compression;
import duality.semiseparable.GeneratorAlgebra;
import duality.semiseparable.Generators;
import duality.semiseparable.LiftedSolve;
import duality.semiseparable.RankProfile;
import duality.semiseparable.SemiseparableCholesky;
import duality.semiseparable.Ulv;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.fraction.BigFraction;
import org.ejml.data.DMatrixRMaj;

/** Quasiseparable matrices in linear time, and how ranks combine (Dao and Gu 2024, Appendix C.1). */
final class StructuredTheorems {
    private static final int BLOCKS = 5;
    private static final Quantifier ANY_SIZE =
            new Quantifier("block sizes, ranks", "all, ragged too", "each generator is a letter of a free algebra");
    private static final Quantifier BLOCK_COUNT =
            new Quantifier("n", "≤ " + BLOCKS, "each; the recurrences treat every block alike");
    private static final Quantifier ANY_ENTRY =
            new Quantifier("entries", "all, over every commutative ring", "variables; equal canonical forms");
    private static final String CLOSURE = "Dao and Gu 2024, Appendix C.1; ";

    private StructuredTheorems() {}

    static List<Theorem<?>> all() {
        return List.of(
                multiply(),
                transpose(),
                sum(),
                product(),
                hadamard(),
                lowerInverse(),
                blockLu(),
                inverse(),
                closureRanks(),
                cholesky(),
                stableSolves(),
                fromDense(),
                recompression(),
                realisation());
    }

    private static List<Shape> shapes() {
        return IntStream.rangeClosed(0, BLOCKS)
                .mapToObj(n -> new Shape(n, 1, 1))
                .toList();
    }

    private static final List<Shape> SMALL =
            List.of(new Shape(0, 1, 1), new Shape(1, 1, 1), new Shape(2, 1, 1), new Shape(3, 1, 2), new Shape(3, 2, 2));

    private static final List<Shape> ROUNDED = List.of(new Shape(6, 2, 3));

    // ---- Multiply

    /** A matrix by generators times blocks of a vector. */
    interface Product {
        <M> M multiply(Blocks<M> k, Generators<M> a, M x);
    }

    private static Product changed(Change change) {
        return new Product() {
            @Override
            public <M> M multiply(Blocks<M> k, Generators<M> a, M x) {
                return change.of(k, a).multiply(k, x);
            }
        };
    }

    /** A wrong set of generators. */
    private interface Change {
        <M> Generators<M> of(Blocks<M> k, Generators<M> a);
    }

    private static <M> List<M> zeros(Blocks<M> k, List<M> like) {
        return like.stream().map(x -> k.zeros(k.rows(x), k.columns(x))).toList();
    }

    private static Theorem<Product> multiply() {
        return Theorem.<Product>about(
                        changed(new Change() {
                            @Override
                            public <M> Generators<M> of(Blocks<M> k, Generators<M> a) {
                                return a;
                            }
                        }),
                        "generators-multiply")
                .from("Eidelman, Gohberg and Haimovici 2014; Dao and Gu 2024, equation 3 for the lower half")
                .states(
                        "two recurrences, down and up, multiply by a quasiseparable matrix",
                        "y_i = D_i x_i + P_i g_i + U_i h_i,\\; g_{i+1} = R_i g_i + Q_i x_i,\\; h_{i-1} = W_i h_i + V_i x_i")
                .of(Generators.class)
                .by(Proof.letters(StructuredTheorems::multiplies, shapes(), ANY_SIZE, BLOCK_COUNT))
                .by(Proof.polynomials(StructuredTheorems::multiplies, SMALL, ANY_ENTRY))
                .refuting("multiply: the upper half left out", changed(new Change() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> a) {
                        return new Generators<>(a.d(), a.p(), a.r(), a.q(), zeros(k, a.u()), a.w(), a.v());
                    }
                }))
                .refuting("multiply: lower and upper half exchanged", changed(new Change() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> a) {
                        return a.reverse();
                    }
                }))
                .refuting("multiply: transitions forgotten", changed(new Change() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> a) {
                        return new Generators<>(a.d(), a.p(), zeros(k, a.r()), a.q(), a.u(), a.w(), a.v());
                    }
                }))
                .rounded(StructuredTheorems::multiplies, ROUNDED)
                .build();
    }

    private static <M> void multiplies(Product program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        Generators<M> a = Structures.generators(w, "", shape);
        M x = w.matrix("x", a.columns(k), 1);
        M dense = Structures.written(k, a);
        w.equal("A x", program.multiply(k, a, x), k.multiply(dense, x));
        w.equal("A I", program.multiply(k, a, k.identity(a.columns(k))), dense);
    }

    // ---- Unary and binary operations

    /** An operation on one matrix. */
    interface Unary {
        <M> Generators<M> of(Blocks<M> k, Generators<M> a);
    }

    private static Theorem<Unary> transpose() {
        return Theorem.<Unary>about(
                        new Unary() {
                            @Override
                            public <M> Generators<M> of(Blocks<M> k, Generators<M> a) {
                                return a.transpose(k);
                            }
                        },
                        "generators-transpose")
                .from("Eidelman, Gohberg and Haimovici 2014")
                .states(
                        "the transpose exchanges the lower generators with the transposed upper ones",
                        "(P, R, Q) \\leftrightarrow (V^\\top, W^\\top, U^\\top)")
                .of(Generators.class)
                .by(Proof.polynomials(
                        StructuredTheorems::transposes,
                        SMALL,
                        ANY_ENTRY,
                        new Quantifier(
                                "n, r, m", "≤ 3, 2, 2", "the shapes listed; transposition is no operation of letters")))
                .refuting("transpose: transitions not transposed", new Unary() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> a) {
                        Generators<M> right = a.transpose(k);
                        return new Generators<>(right.d(), right.p(), a.w(), right.q(), right.u(), a.r(), right.v());
                    }
                })
                .refuting("transpose: diagonal blocks not transposed", new Unary() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> a) {
                        Generators<M> right = a.transpose(k);
                        return new Generators<>(
                                a.d(), right.p(), right.r(), right.q(), right.u(), right.w(), right.v());
                    }
                })
                .rounded("no arithmetic")
                .build();
    }

    private static <M> void transposes(Unary program, World<M> w, Shape shape) {
        Generators<M> a = Structures.generators(w, "", shape);
        w.equal("Aᵀ", Structures.written(w.k(), program.of(w.k(), a)), w.k().transpose(Structures.written(w.k(), a)));
    }

    /** An operation on two matrices. */
    interface Binary {
        <M> Generators<M> of(Blocks<M> k, Generators<M> a, Generators<M> b);
    }

    private static Theorem<Binary> sum() {
        return Theorem.<Binary>about(
                        new Binary() {
                            @Override
                            public <M> Generators<M> of(Blocks<M> k, Generators<M> a, Generators<M> b) {
                                return GeneratorAlgebra.add(k, a, b);
                            }
                        },
                        "closure-sum")
                .from(CLOSURE + "Chandrasekaran and others 2005")
                .states(
                        "the sum of two semiseparable matrices is one, and the ranks add",
                        "P = [P_1 \\; P_2],\\; R = \\mathrm{diag}(R_1, R_2),\\; Q = [Q_1; Q_2],\\; D = D_1 + D_2")
                .of(GeneratorAlgebra.class)
                .by(Proof.letters(StructuredTheorems::adds, shapes(), ANY_SIZE, BLOCK_COUNT))
                .refuting("sum: D of the first alone", new Binary() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> a, Generators<M> b) {
                        Generators<M> right = GeneratorAlgebra.add(k, a, b);
                        return new Generators<>(
                                a.d(), right.p(), right.r(), right.q(), right.u(), right.w(), right.v());
                    }
                })
                .refuting("sum: difference", new Binary() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> a, Generators<M> b) {
                        return GeneratorAlgebra.subtract(k, a, b);
                    }
                })
                .rounded(StructuredTheorems::adds, ROUNDED)
                .build();
    }

    private static <M> void adds(Binary program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        Generators<M> a = Structures.generators(w, "a", shape);
        Generators<M> b = Structures.generators(w, "b", shape);
        Generators<M> sum = program.of(k, a, b);
        w.equal("A + B", Structures.written(k, sum), k.add(Structures.written(k, a), Structures.written(k, b)));
        w.same("lower ranks", sum.lowerRanks(k), added(a.lowerRanks(k), b.lowerRanks(k)));
        w.same("upper ranks", sum.upperRanks(k), added(a.upperRanks(k), b.upperRanks(k)));
    }

    private static List<Integer> added(List<Integer> a, List<Integer> b) {
        return IntStream.range(0, a.size()).mapToObj(i -> a.get(i) + b.get(i)).toList();
    }

    private static Theorem<Binary> product() {
        return Theorem.<Binary>about(
                        new Binary() {
                            @Override
                            public <M> Generators<M> of(Blocks<M> k, Generators<M> a, Generators<M> b) {
                                return GeneratorAlgebra.product(k, a, b);
                            }
                        },
                        "closure-product")
                .from(CLOSURE + "Eidelman and Gohberg 1999; Chandrasekaran and others 2005")
                .states(
                        "the product of two semiseparable matrices is one, and the ranks add",
                        "G_{i+1} = R^a_i G_i W^b_i + Q^a_i U^b_i,\\; H_{i-1} = W^a_i H_i R^b_i + V^a_i P^b_i,\\; "
                                + "D = D^a D^b + P^a G V^b + U^a H Q^b")
                .of(GeneratorAlgebra.class)
                .by(Proof.letters(StructuredTheorems::multipliesMatrices, shapes(), ANY_SIZE, BLOCK_COUNT))
                .refuting("product: factors in the wrong order", new Binary() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> a, Generators<M> b) {
                        return GeneratorAlgebra.product(k, b, a);
                    }
                })
                .refuting("product: what the states add to the diagonal left out", new Binary() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> a, Generators<M> b) {
                        Generators<M> right = GeneratorAlgebra.product(k, a, b);
                        List<M> d = IntStream.range(0, a.blocks())
                                .mapToObj(i -> k.multiply(a.d().get(i), b.d().get(i)))
                                .toList();
                        return new Generators<>(d, right.p(), right.r(), right.q(), right.u(), right.w(), right.v());
                    }
                })
                .refuting("product: the second state does not drive the first", new Binary() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> a, Generators<M> b) {
                        Generators<M> right = GeneratorAlgebra.product(k, a, b);
                        Generators<M> apart = GeneratorAlgebra.add(k, a, b);
                        return new Generators<>(
                                right.d(), right.p(), apart.r(), right.q(), right.u(), right.w(), right.v());
                    }
                })
                .rounded(StructuredTheorems::multipliesMatrices, ROUNDED)
                .build();
    }

    private static <M> void multipliesMatrices(Binary program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        Generators<M> a = Structures.generators(w, "a", shape);
        Generators<M> b = Structures.generators(w, "b", shape);
        Generators<M> product = program.of(k, a, b);
        w.equal("A B", Structures.written(k, product), k.multiply(Structures.written(k, a), Structures.written(k, b)));
        w.same("lower ranks", product.lowerRanks(k), added(a.lowerRanks(k), b.lowerRanks(k)));
        w.same("upper ranks", product.upperRanks(k), added(a.upperRanks(k), b.upperRanks(k)));
    }

    private static Theorem<Binary> hadamard() {
        return Theorem.<Binary>about(
                        new Binary() {
                            @Override
                            public <M> Generators<M> of(Blocks<M> k, Generators<M> a, Generators<M> b) {
                                return GeneratorAlgebra.hadamard(k, a, b);
                            }
                        },
                        "closure-hadamard")
                .from(CLOSURE + "Section 5")
                .states(
                        "the Hadamard product of two semiseparable matrices is one, and the ranks multiply",
                        "R = R_1 \\otimes R_2,\\; P = P_1 \\bullet P_2,\\; Q = Q_1 * Q_2,\\; D = D_1 \\circ D_2")
                .of(GeneratorAlgebra.class)
                .by(Proof.polynomials(
                        StructuredTheorems::multipliesEntries,
                        SMALL,
                        ANY_ENTRY,
                        new Quantifier("n, r, m", "≤ 3, 2, 2", "the shapes listed; entries must commute")))
                .refuting("Hadamard: sum of the transitions' diagonals", new Binary() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> a, Generators<M> b) {
                        return GeneratorAlgebra.add(k, a, b);
                    }
                })
                .refuting("Hadamard: D of the ordinary product", new Binary() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> a, Generators<M> b) {
                        Generators<M> right = GeneratorAlgebra.hadamard(k, a, b);
                        List<M> d = IntStream.range(0, a.blocks())
                                .mapToObj(i -> k.multiply(a.d().get(i), b.d().get(i)))
                                .toList();
                        return new Generators<>(d, right.p(), right.r(), right.q(), right.u(), right.w(), right.v());
                    }
                })
                .rounded(StructuredTheorems::multipliesEntries, List.of(new Shape(5, 2, 2)))
                .build();
    }

    private static <M> void multipliesEntries(Binary program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        Generators<M> a = Structures.generators(w, "a", shape);
        Generators<M> b = Structures.generators(w, "b", shape);
        Generators<M> product = program.of(k, a, b);
        w.equal(
                "A ∘ B",
                Structures.written(k, product),
                k.hadamard(Structures.written(k, a), Structures.written(k, b)));
        List<Integer> expected = IntStream.range(0, a.blocks())
                .mapToObj(i -> a.lowerRanks(k).get(i) * b.lowerRanks(k).get(i))
                .toList();
        w.same("lower ranks", product.lowerRanks(k), expected);
    }

    // ---- With division

    /** An operation with division. */
    interface Divided {
        <E> Generators<RingMatrix<E>> of(FieldBlocks<E> k, Generators<RingMatrix<E>> a);
    }

    private static <E> Generators<RingMatrix<E>> withPivots(
            FieldWorld<E> w, Generators<RingMatrix<E>> a, String name, int size) {
        List<RingMatrix<E>> d = IntStream.range(0, a.blocks())
                .mapToObj(i -> w.invertible(name + i, size))
                .toList();
        return new Generators<>(d, a.p(), a.r(), a.q(), a.u(), a.w(), a.v());
    }

    private static Theorem<Divided> lowerInverse() {
        return Theorem.<Divided>about(
                        new Divided() {
                            @Override
                            public <E> Generators<RingMatrix<E>> of(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
                                return GeneratorAlgebra.lowerInverse(k, a);
                            }
                        },
                        "closure-inverse")
                .from(CLOSURE + "Eidelman, Gohberg and Haimovici 2014")
                .states(
                        "the inverse of a lower triangular semiseparable matrix is one of the same ranks, and substitution solves with it",
                        "D' = D^{-1},\\; P' = -D^{-1} P,\\; R' = R - Q D^{-1} P,\\; Q' = Q D^{-1}")
                .of(GeneratorAlgebra.class)
                .by(Proof.lettersWithInverses(
                        StructuredTheorems::invertsLower,
                        shapes(),
                        ANY_SIZE,
                        BLOCK_COUNT,
                        new Quantifier("D_i", "all invertible", "letters with inverses")))
                .by(Proof.rationals(
                        StructuredTheorems::invertsLower,
                        List.of(new Shape(4, 2, 2)),
                        new Quantifier("entries", "random rationals", "no tolerance")))
                .refuting("inverse: the sign of P", new Divided() {
                    @Override
                    public <E> Generators<RingMatrix<E>> of(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
                        Generators<RingMatrix<E>> right = GeneratorAlgebra.lowerInverse(k, a);
                        return new Generators<>(
                                right.d(),
                                right.p().stream().map(k::negate).toList(),
                                right.r(),
                                right.q(),
                                right.u(),
                                right.w(),
                                right.v());
                    }
                })
                .refuting("inverse: transitions unchanged", new Divided() {
                    @Override
                    public <E> Generators<RingMatrix<E>> of(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
                        Generators<RingMatrix<E>> right = GeneratorAlgebra.lowerInverse(k, a);
                        return new Generators<>(
                                right.d(), right.p(), a.r(), right.q(), right.u(), right.w(), right.v());
                    }
                })
                .rounded("substitution is backward stable, the explicit inverse is not: stable-solves")
                .build();
    }

    private static <E> void invertsLower(Divided program, FieldWorld<E> w, Shape shape) {
        FieldBlocks<E> k = w.k();
        Generators<RingMatrix<E>> a = withPivots(w, Structures.lower(w, "", shape), "pivot", shape.headDim());
        Generators<RingMatrix<E>> inverse = program.of(k, a);
        RingMatrix<E> dense = Structures.written(k, a);
        RingMatrix<E> one = k.identity(dense.rows());
        w.equal("A⁻¹ A", k.multiply(Structures.written(k, inverse), dense), one);
        w.equal("A A⁻¹", k.multiply(dense, Structures.written(k, inverse)), one);
        w.same("ranks", inverse.lowerRanks(k), a.lowerRanks(k));
        RingMatrix<E> b = w.matrix("b", dense.rows(), 1);
        w.equal("A solve(b)", k.multiply(dense, GeneratorAlgebra.solveLower(k, a, b)), b);
    }

    /** A block LU factorisation. */
    interface Factorisation {
        <E> BlockLu<RingMatrix<E>> of(FieldBlocks<E> k, Generators<RingMatrix<E>> a);
    }

    private static Theorem<Factorisation> blockLu() {
        return Theorem.<Factorisation>about(
                        new Factorisation() {
                            @Override
                            public <E> BlockLu<RingMatrix<E>> of(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
                                return BlockLu.of(k, a);
                            }
                        },
                        "block-lu")
                .from("Eidelman, Gohberg and Haimovici 2014, volume 1")
                .states(
                        "block LU finds the factors of every matrix that has them, by a recurrence on the product of the states",
                        "\\Delta = D - P G V,\\; \\tilde Q = Q - R G V,\\; \\tilde U = \\Delta^{-1}(U - P G W),\\; "
                                + "G' = R G W + \\tilde Q \\tilde U")
                .of(BlockLu.class)
                .by(Proof.lettersWithInverses(
                        StructuredTheorems::factors,
                        IntStream.rangeClosed(0, 4)
                                .mapToObj(n -> new Shape(n, 1, 1))
                                .toList(),
                        ANY_SIZE,
                        new Quantifier("n", "≤ 4", "each"),
                        new Quantifier("A", "all with invertible pivot blocks", "A = L U with L and U free")))
                .by(Proof.rationals(
                        StructuredTheorems::factors,
                        List.of(new Shape(4, 2, 2)),
                        new Quantifier("entries", "random rationals", "no tolerance")))
                .refuting("block LU: pivots not updated", new Factorisation() {
                    @Override
                    public <E> BlockLu<RingMatrix<E>> of(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
                        BlockLu<RingMatrix<E>> right = BlockLu.of(k, a);
                        Generators<RingMatrix<E>> l = right.lower();
                        return new BlockLu<>(
                                new Generators<>(a.d(), l.p(), l.r(), l.q(), l.u(), l.w(), l.v()), right.upper());
                    }
                })
                .refuting("block LU: Q not updated", new Factorisation() {
                    @Override
                    public <E> BlockLu<RingMatrix<E>> of(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
                        BlockLu<RingMatrix<E>> right = BlockLu.of(k, a);
                        Generators<RingMatrix<E>> l = right.lower();
                        return new BlockLu<>(
                                new Generators<>(l.d(), l.p(), l.r(), a.q(), l.u(), l.w(), l.v()), right.upper());
                    }
                })
                .rounded("unstable in general; never chosen by default")
                .build();
    }

    /** A = L U for free L, with letters for pivots, and free U with ones on its diagonal. */
    private static <E> Generators<RingMatrix<E>> factored(FieldWorld<E> w, Shape shape) {
        FieldBlocks<E> k = w.k();
        Generators<RingMatrix<E>> lower = withPivots(w, Structures.lower(w, "l", shape), "pivot", shape.headDim());
        return GeneratorAlgebra.product(k, lower, unitUpper(w, shape));
    }

    private static <E> Generators<RingMatrix<E>> unitUpper(FieldWorld<E> w, Shape shape) {
        FieldBlocks<E> k = w.k();
        Generators<RingMatrix<E>> upper = GeneratorAlgebra.upper(k, Structures.generators(w, "u", shape));
        List<RingMatrix<E>> ones = Collections.nCopies(upper.blocks(), k.identity(shape.headDim()));
        return new Generators<>(ones, upper.p(), upper.r(), upper.q(), upper.u(), upper.w(), upper.v());
    }

    private static <E> void factors(Factorisation program, FieldWorld<E> w, Shape shape) {
        FieldBlocks<E> k = w.k();
        Generators<RingMatrix<E>> a = factored(w, shape);
        BlockLu<RingMatrix<E>> lu = program.of(k, a);
        RingMatrix<E> dense = Structures.written(k, a);
        w.equal("L U", k.multiply(Structures.written(k, lu.lower()), Structures.written(k, lu.upper())), dense);
        w.equal("the factor U", Structures.written(k, lu.upper()), Structures.written(k, unitUpper(w, shape)));
        w.same("ranks of L", lu.lower().lowerRanks(k), a.lowerRanks(k));
        RingMatrix<E> b = w.matrix("b", dense.rows(), 1);
        w.equal("A solve(b)", k.multiply(dense, lu.solve(k, b)), b);
    }

    private static Theorem<Divided> inverse() {
        return Theorem.<Divided>about(
                        new Divided() {
                            @Override
                            public <E> Generators<RingMatrix<E>> of(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
                                return GeneratorAlgebra.inverse(k, a);
                            }
                        },
                        "inverse")
                .from(CLOSURE + "Eidelman and Gohberg 1999")
                .states(
                        "the inverse of a two-sided semiseparable matrix with invertible pivot blocks is one of the same ranks",
                        "A^{-1} = U^{-1} L^{-1}")
                .of(GeneratorAlgebra.class, BlockLu.class)
                .by(Proof.lettersWithInverses(
                        StructuredTheorems::inverts,
                        IntStream.rangeClosed(0, 3)
                                .mapToObj(n -> new Shape(n, 1, 1))
                                .toList(),
                        ANY_SIZE,
                        new Quantifier("n", "≤ 3", "each"),
                        new Quantifier("A", "all with invertible pivot blocks", "A = L U with L and U free")))
                .by(Proof.rationals(
                        StructuredTheorems::inverts,
                        List.of(new Shape(4, 2, 2)),
                        new Quantifier("entries", "random rationals", "no tolerance")))
                .refuting("inverse: factors inverted in the wrong order", new Divided() {
                    @Override
                    public <E> Generators<RingMatrix<E>> of(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
                        BlockLu<RingMatrix<E>> lu = BlockLu.of(k, a);
                        return GeneratorAlgebra.product(
                                k,
                                GeneratorAlgebra.lowerInverse(k, lu.lower()),
                                GeneratorAlgebra.upperInverse(k, lu.upper()));
                    }
                })
                .rounded("unstable; for looking at, and for exact rings")
                .build();
    }

    private static <E> void inverts(Divided program, FieldWorld<E> w, Shape shape) {
        FieldBlocks<E> k = w.k();
        Generators<RingMatrix<E>> a = factored(w, shape);
        Generators<RingMatrix<E>> inverse = program.of(k, a);
        RingMatrix<E> dense = Structures.written(k, a);
        w.equal("A⁻¹ A", k.multiply(Structures.written(k, inverse), dense), k.identity(dense.rows()));
        w.same("lower ranks", inverse.lowerRanks(k), a.lowerRanks(k));
        w.same("upper ranks", inverse.upperRanks(k), a.upperRanks(k));
    }

    // ---- Ranks

    /** The rank of the off-diagonal blocks of a result. */
    interface Ranks {
        <E> RankProfile of(FieldBlocks<E> k, Generators<RingMatrix<E>> a);
    }

    private static Theorem<Ranks> closureRanks() {
        return Theorem.<Ranks>about(
                        new Ranks() {
                            @Override
                            public <E> RankProfile of(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
                                return RankProfile.of(k, a);
                            }
                        },
                        "closure-ranks")
                .from("Dao and Gu 2024, Appendix C.1")
                .states(
                        "the ranks of sums and products are N + M, of Hadamard products N M and of inverses N, and for generic matrices no less",
                        "\\mathrm{rank}(A + B) = \\mathrm{rank}(A B) = N + M,\\; \\mathrm{rank}(A \\circ B) = N M,\\; \\mathrm{rank}(A^{-1}) = N")
                .of(RankProfile.class, GeneratorAlgebra.class)
                .by(Proof.randomPoints(
                        StructuredTheorems::ranksAreTight,
                        List.of(new Shape(6, 1, 2), new Shape(6, 2, 4)),
                        new Quantifier(
                                "A, B", "generic of ranks N and 1", "ranks at random points are the generic ones"),
                        new Quantifier("N", "1, 2", "each")))
                .refuting("ranks: those of the generators, minimal or not", new Ranks() {
                    @Override
                    public <E> RankProfile of(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
                        return new RankProfile(a.lowerRanks(k), a.upperRanks(k));
                    }
                })
                .rounded("numerical ranks: compression-from-dense")
                .build();
    }

    private static <E> void ranksAreTight(Ranks program, FieldWorld<E> w, Shape shape) {
        FieldBlocks<E> k = w.k();
        int n = shape.stateSize();
        Generators<RingMatrix<E>> a = Structures.lower(w, "a", shape);
        Generators<RingMatrix<E>> b = GeneratorAlgebra.lower(k, Structures.generators(w, "b", shape, 1));
        rank(program, w, "A", a, n);
        rank(program, w, "A + B", GeneratorAlgebra.add(k, a, b), n + 1);
        rank(program, w, "A + A", GeneratorAlgebra.add(k, a, a), n);
        rank(program, w, "A B", GeneratorAlgebra.product(k, a, b), n + 1);
        rank(program, w, "A ∘ B", GeneratorAlgebra.hadamard(k, a, b), n);
        rank(program, w, "A⁻¹", GeneratorAlgebra.lowerInverse(k, a), n);
        rank(program, w, "A⁻¹ A", GeneratorAlgebra.product(k, GeneratorAlgebra.lowerInverse(k, a), a), 0);
        Generators<RingMatrix<E>> c = GeneratorAlgebra.lower(k, Structures.generators(w, "c", shape, 2));
        rank(program, w, "A ∘ C", GeneratorAlgebra.hadamard(k, a, c), 2 * n);
    }

    private static <E> void rank(
            Ranks program, FieldWorld<E> w, String what, Generators<RingMatrix<E>> matrix, int expected) {
        FieldBlocks<E> k = w.k();
        RankProfile profile = program.of(k, matrix);
        List<Integer> sizes = matrix.rowSizes(k);
        w.same("ranks of " + what, profile, RankProfile.ofDense(k, Structures.written(k, matrix), sizes, sizes));
        w.same("rank of " + what, Collections.max(profile.lower()), expected);
    }

    // ---- Cholesky

    /** The Cholesky factor of the symmetric matrix with a given lower half. */
    interface Cholesky {
        <M> Generators<M> of(OrthogonalBlocks<M> k, Generators<M> lower);
    }

    private static Theorem<Cholesky> cholesky() {
        return Theorem.<Cholesky>about(
                        new Cholesky() {
                            @Override
                            public <M> Generators<M> of(OrthogonalBlocks<M> k, Generators<M> lower) {
                                return SemiseparableCholesky.ofLower(k, lower).factor();
                            }
                        },
                        "cholesky")
                .from("Eidelman, Gohberg and Haimovici 2014; Foreman-Mackey and others 2017")
                .states(
                        "the Cholesky factor of a positive definite semiseparable matrix has its P and R, and comes by a recurrence",
                        "C C^\\top = D - P F P^\\top,\\; \\tilde Q = (Q - R F P^\\top) C^{-\\top},\\; "
                                + "F' = R F R^\\top + \\tilde Q \\tilde Q^\\top")
                .of(SemiseparableCholesky.class)
                .by(new Proof<>(
                        Method.EXACT_RATIONAL,
                        "over the rationals: A = L Lᵀ of a random semiseparable L with a positive diagonal has square pivots, so its Cholesky "
                                + "factor is rational, and unique",
                        List.of(
                                new Quantifier("A", "L Lᵀ of random rational L", "no tolerance"),
                                new Quantifier("n, r, m", "≤ 5, 2, 2", "each")),
                        StructuredTheorems::choleskyIsExact))
                .refuting("Cholesky: the states' share of the pivots forgotten", new Cholesky() {
                    @Override
                    public <M> Generators<M> of(OrthogonalBlocks<M> k, Generators<M> lower) {
                        Generators<M> right =
                                SemiseparableCholesky.ofLower(k, lower).factor();
                        return new Generators<>(
                                lower.d(), right.p(), right.r(), right.q(), right.u(), right.w(), right.v());
                    }
                })
                .refuting("Cholesky: Q unchanged", new Cholesky() {
                    @Override
                    public <M> Generators<M> of(OrthogonalBlocks<M> k, Generators<M> lower) {
                        Generators<M> right =
                                SemiseparableCholesky.ofLower(k, lower).factor();
                        return new Generators<>(
                                right.d(), right.p(), right.r(), lower.q(), right.u(), right.w(), right.v());
                    }
                })
                .rounded("backward stable: stable-solves measures its residual exactly")
                .build();
    }

    private static Evidence choleskyIsExact(Cholesky program) {
        RationalBlocks k = new RationalBlocks();
        FieldWorld<BigFraction> w = FieldWorld.rationals(new SplittableRandom(3));
        for (Shape shape : Shape.upTo(5, 2, 2)) {
            w.enter(shape.toString());
            Generators<RingMatrix<BigFraction>> free = Structures.lower(w, "", shape);
            List<RingMatrix<BigFraction>> d = free.d().stream()
                    .map(block -> RingMatrix.of(
                            block.rows(),
                            block.columns(),
                            (i, j) -> i < j
                                    ? BigFraction.ZERO
                                    : i > j
                                            ? block.get(i, j)
                                            : block.get(i, j).abs().add(1)))
                    .toList();
            Generators<RingMatrix<BigFraction>> l =
                    new Generators<>(d, free.p(), free.r(), free.q(), free.u(), free.w(), free.v());
            Generators<RingMatrix<BigFraction>> a = GeneratorAlgebra.product(w.k(), l, l.transpose(w.k()));
            Generators<RingMatrix<BigFraction>> found = program.of(k, a);
            w.equal("L", Structures.written(w.k(), found), Structures.written(w.k(), l));
            w.same("ranks of L", found.lowerRanks(w.k()), l.lowerRanks(w.k()));
        }
        return new Evidence(w.identities(), w.terms(), 0, w.lines());
    }

    // ---- Orthogonal algorithms: rounded, with residuals measured exactly

    private static final EjmlBlocks DOUBLE = EjmlBlocks.INSTANCE;

    /** Random generators in double precision whose diagonal blocks are scaled. */
    private static Generators<DMatrixRMaj> random(int seed, int n, int m, int r, double diagonal) {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<DMatrixRMaj>> lists = new ArrayList<>();
        for (int list = 0; list < 7; list++) {
            lists.add(new ArrayList<>());
        }
        for (int i = 0; i < n; i++) {
            int below = i == 0 ? 0 : r;
            int next = i == n - 1 ? 0 : r;
            int[][] sizes = {{m, m}, {m, below}, {next, below}, {next, m}, {m, next}, {below, next}, {below, m}};
            for (int list = 0; list < 7; list++) {
                int rows = sizes[list][0];
                int columns = sizes[list][1];
                double scale = list == 0 ? diagonal : list == 2 || list == 5 ? 0.5 : 1;
                double[] values = new double[rows * columns];
                for (int e = 0; e < values.length; e++) {
                    values[e] = scale * random.nextDouble(-1, 1);
                }
                lists.get(list).add(DOUBLE.of(rows, columns, values));
            }
        }
        return Generators.of(
                DOUBLE,
                lists.get(0),
                lists.get(1),
                lists.get(2),
                lists.get(3),
                lists.get(4),
                lists.get(5),
                lists.get(6));
    }

    private static final int SOLVES = 12;

    /** Solves in double precision. */
    interface Solver extends BiFunction<Generators<DMatrixRMaj>, DMatrixRMaj, DMatrixRMaj> {}

    /**
     * Householder reflections are backward stable: s of them, on vectors of k entries, give a matrix within {@code s
     * γ̃_k} of one whose exact transformation was computed (Higham 2002, lemma 19.3, with γ̃_k = γ_{6k}). A solve has at
     * most 4(m + r) for each of n blocks, on vectors of at most 4(m + r) entries, and as many steps of substitution.
     */
    private static double backwardBound(int n, int m, int r) {
        double k = 6.0 * 4 * (m + r);
        double gamma = k * 0x1p-53 / (1 - k * 0x1p-53);
        return 4.0 * (m + r) * n * gamma;
    }

    private static Theorem<Solver> stableSolves() {
        Solver ulv = (a, b) -> Ulv.factor(DOUBLE, a).solve(b);
        return Theorem.about(ulv, "stable-solves")
                .from("Chandrasekaran and others 2005 (ULV); the lifted banded system by QR")
                .states(
                        "solving by orthogonal transformations alone is backward stable, however small the diagonal blocks: ULV and the lifted system",
                        "\\frac{\\|b - A \\hat x\\|}{\\|A\\| \\|\\hat x\\| + \\|b\\|} \\le 4(m + r) n\\, \\tilde\\gamma_{4(m+r)}")
                .of(Ulv.class, LiftedSolve.class)
                .by(new Proof<>(
                        Method.FLOATING_POINT,
                        "random generators with diagonal blocks scaled by 1 down to 1e-12; the residual in exact rational arithmetic, "
                                + "against the bound of Higham's lemma 19.3",
                        List.of(
                                new Quantifier("A", "12 random matrices of each scale", "sampled"),
                                new Quantifier("n, m, r", "12, 2, 2", "one shape")),
                        StructuredTheorems::solvesStably))
                .refuting(
                        "solve: by the explicit inverse",
                        (a, b) -> GeneratorAlgebra.inverse(DOUBLE, a).multiply(DOUBLE, b))
                .refuting("solve: by block LU", (a, b) -> BlockLu.of(DOUBLE, a).solve(DOUBLE, b))
                .refuting(
                        "solve: with the upper half left out",
                        (a, b) -> Ulv.factor(DOUBLE, GeneratorAlgebra.lower(DOUBLE, a))
                                .solve(b))
                .rounded("the statement itself")
                .build();
    }

    private static Evidence solvesStably(Solver program) {
        int n = 12;
        double bound = backwardBound(n, 2, 2);
        double worst = 0;
        List<String> lines = new ArrayList<>();
        for (double scale = 1; scale > 1e-13; scale /= 100) {
            double worstHere = 0;
            for (int seed = 0; seed < SOLVES; seed++) {
                Generators<DMatrixRMaj> a = random(seed, n, 2, 2, scale);
                DMatrixRMaj b = DOUBLE.of(
                        24, 1, new SplittableRandom(seed).doubles(24, -1, 1).toArray());
                worstHere = Math.max(worstHere, backwardError(a, program.apply(a, b), b));
                worstHere = Math.max(
                        worstHere,
                        backwardError(a, LiftedSolve.factor(DOUBLE, a).solve(b), b));
            }
            if (!(worstHere <= bound)) {
                throw new Refutation("diagonal blocks of size %s: backward error %s, more than %s"
                        .formatted(scale, worstHere, bound));
            }
            lines.add("diagonal blocks of size %s: backward error %.2g, bound %.2g".formatted(scale, worstHere, bound));
            worst = Math.max(worst, worstHere);
        }
        return new Evidence(lines.size(), 2L * SOLVES * lines.size(), 0, lines);
    }

    /** {@code ‖b − A x‖ / (‖A‖ ‖x‖ + ‖b‖)} with the residual rounded once. */
    private static double backwardError(Generators<DMatrixRMaj> a, DMatrixRMaj x, DMatrixRMaj b) {
        ExactSums sums = new ExactSums(a);
        double residual = 0;
        double sizeX = 0;
        double sizeB = 0;
        for (int i = 0; i < b.numRows; i++) {
            double r = sums.residual(i, x, b.get(i, 0));
            residual = Math.hypot(residual, r);
            sizeB = Math.hypot(sizeB, b.get(i, 0));
        }
        for (int i = 0; i < x.numRows; i++) {
            sizeX = Math.hypot(sizeX, x.get(i, 0));
        }
        double scale = Compression.frobeniusNorm(DOUBLE, a) * sizeX + sizeB;
        return residual / scale;
    }

    /** The entries of a matrix of doubles, exactly: sums and products of doubles are finite decimal numbers. */
    private static final class ExactSums {
        private final RingMatrix<BigDecimal> dense;

        ExactSums(Generators<DMatrixRMaj> a) {
            dense = Structures.written(
                    new RingBlocks<>(Decimals.INSTANCE),
                    new Generators<>(
                            exact(a.d()),
                            exact(a.p()),
                            exact(a.r()),
                            exact(a.q()),
                            exact(a.u()),
                            exact(a.w()),
                            exact(a.v())));
        }

        private static List<RingMatrix<BigDecimal>> exact(List<DMatrixRMaj> blocks) {
            return blocks.stream()
                    .map(block ->
                            RingMatrix.of(block.numRows, block.numCols, (i, j) -> new BigDecimal(block.get(i, j))))
                    .toList();
        }

        double residual(int row, DMatrixRMaj x, double b) {
            BigDecimal sum = new BigDecimal(b);
            for (int j = 0; j < x.numRows; j++) {
                sum = sum.subtract(dense.get(row, j).multiply(new BigDecimal(x.get(j, 0))));
            }
            return sum.doubleValue();
        }
    }

    private enum Decimals implements Ring<BigDecimal> {
        INSTANCE;

        @Override
        public BigDecimal zero() {
            return BigDecimal.ZERO;
        }

        @Override
        public BigDecimal one() {
            return BigDecimal.ONE;
        }

        @Override
        public BigDecimal add(BigDecimal a, BigDecimal b) {
            return a.add(b);
        }

        @Override
        public BigDecimal negate(BigDecimal a) {
            return a.negate();
        }

        @Override
        public BigDecimal multiply(BigDecimal a, BigDecimal b) {
            return a.multiply(b);
        }

        @Override
        public boolean equal(BigDecimal a, BigDecimal b) {
            return a.compareTo(b) == 0;
        }
    }

    /** Compresses in double precision. */
    interface Compressor {
        Compressed<DMatrixRMaj> of(DMatrixRMaj dense, int[] sizes, double tolerance);
    }

    private static Theorem<Compressor> fromDense() {
        return Theorem.<Compressor>about(
                        (dense, sizes, tolerance) -> Compression.fromDense(DOUBLE, dense, sizes, sizes, tolerance),
                        "compression-from-dense")
                .from("Chandrasekaran and others 2005, with Σ kept on the side of the rows to come")
                .states(
                        "cutting singular values makes an error that is the root of the sum of their squares, and tolerance zero finds the ranks",
                        "\\|A - \\tilde A\\|_F = \\sqrt{\\sum \\sigma^2_{\\mathrm{discarded}}}")
                .of(Compression.class)
                .by(new Proof<>(
                        Method.FLOATING_POINT,
                        "semiseparable matrices of rank 2 with noise of three sizes, cut at tolerances that keep and that drop the noise",
                        List.of(new Quantifier("A", "random, 24×24 in blocks of 3", "sampled")),
                        StructuredTheorems::compresses))
                .refuting("compression: squares of the discarded values not rooted", (dense, sizes, tolerance) -> {
                    Compressed<DMatrixRMaj> right = Compression.fromDense(DOUBLE, dense, sizes, sizes, tolerance);
                    return new Compressed<>(right.generators(), right.error() * right.error());
                })
                .refuting(
                        "compression: nothing cut",
                        (dense, sizes, tolerance) -> Compression.fromDense(DOUBLE, dense, sizes, sizes, 0))
                .refuting("compression: the upper half dropped", (dense, sizes, tolerance) -> {
                    Compressed<DMatrixRMaj> right = Compression.fromDense(DOUBLE, dense, sizes, sizes, tolerance);
                    return new Compressed<>(GeneratorAlgebra.lower(DOUBLE, right.generators()), right.error());
                })
                .rounded("the statement itself")
                .build();
    }

    private static Evidence compresses(Compressor program) {
        List<String> lines = new ArrayList<>();
        int[] sizes = {3, 3, 3, 3, 3, 3, 3, 3};
        for (double noise : new double[] {0, 1e-9, 1e-4}) {
            for (double tolerance : new double[] {1e-12, 1e-7, 1e-2}) {
                Generators<DMatrixRMaj> exact = random(5, 8, 3, 2, 1);
                DMatrixRMaj dense = exact.dense(DOUBLE);
                SplittableRandom random = new SplittableRandom(11);
                for (int i = 0; i < dense.getNumElements(); i++) {
                    dense.data[i] += noise * random.nextDouble(-1, 1);
                }
                Compressed<DMatrixRMaj> compressed = program.of(dense, sizes, tolerance);
                double size = norm(dense);
                double error =
                        norm(DOUBLE.subtract(dense, compressed.generators().dense(DOUBLE)));
                // 2(n − 1) = 14 cuts, each a decomposition of at most 24 columns that is backward stable.
                double rounding = 14 * 24 * 24 * 0x1p-53 * size;
                if (!(Math.abs(error - compressed.error()) <= rounding)) {
                    throw new Refutation("noise %s, tolerance %s: error %s, but %s is claimed"
                            .formatted(noise, tolerance, error, compressed.error()));
                }
                if (!(error <= tolerance * size + rounding)) {
                    throw new Refutation(
                            "noise %s, tolerance %s: relative error %s".formatted(noise, tolerance, error / size));
                }
                int rank = Collections.max(compressed.generators().lowerRanks(DOUBLE));
                if (noise * 24 < tolerance && rank > 2) {
                    throw new Refutation("noise %s, tolerance %s: rank %d, not 2".formatted(noise, tolerance, rank));
                }
                lines.add("noise %s, tolerance %s: rank %d, error %.3g, claimed %.3g"
                        .formatted(noise, tolerance, rank, error, compressed.error()));
            }
        }
        return new Evidence(lines.size(), lines.size(), 0, lines);
    }

    private static double norm(DMatrixRMaj a) {
        double sum = 0;
        for (int i = 0; i < a.getNumElements(); i++) {
            sum = Math.hypot(sum, a.data[i]);
        }
        return sum;
    }

    /** Recompresses generators. */
    interface Recompressor {
        Generators<DMatrixRMaj> of(Generators<DMatrixRMaj> a);
    }

    private static Theorem<Recompressor> recompression() {
        return Theorem.<Recompressor>about(
                        a -> Compression.recompress(DOUBLE, a, 0).generators(), "recompression")
                .from("Chandrasekaran and others 2005")
                .states(
                        "generators that are not minimal come back to least ranks: A + A has those of A",
                        "\\mathrm{rank}(\\mathrm{recompress}(A + A)) = \\mathrm{rank}(A)")
                .of(Compression.class)
                .by(new Proof<>(
                        Method.FLOATING_POINT,
                        "random generators, added to themselves",
                        List.of(new Quantifier("A", "20 random matrices", "sampled")),
                        program -> {
                            for (int seed = 0; seed < 20; seed++) {
                                Generators<DMatrixRMaj> a = random(seed, 7, 3, 2, 1);
                                Generators<DMatrixRMaj> twice = GeneratorAlgebra.add(DOUBLE, a, a);
                                Generators<DMatrixRMaj> least = program.of(twice);
                                if (!least.lowerRanks(DOUBLE).equals(a.lowerRanks(DOUBLE))
                                        || !least.upperRanks(DOUBLE).equals(a.upperRanks(DOUBLE))) {
                                    throw new Refutation("seed %d: ranks %s and %s, not %s"
                                            .formatted(
                                                    seed,
                                                    least.lowerRanks(DOUBLE),
                                                    least.upperRanks(DOUBLE),
                                                    a.lowerRanks(DOUBLE)));
                                }
                                DMatrixRMaj expected = twice.dense(DOUBLE);
                                double error = norm(DOUBLE.subtract(least.dense(DOUBLE), expected));
                                if (!(error <= 14 * 24 * 24 * 0x1p-53 * norm(expected))) {
                                    throw new Refutation("seed %d: off by %s".formatted(seed, error));
                                }
                            }
                            return new Evidence(20, 20, 0, List.of("20 matrices of 7 blocks: ranks 2, not 4"));
                        }))
                .refuting("recompression: none", a -> a)
                .refuting(
                        "recompression: the matrix once, not twice",
                        a -> Compression.recompress(
                                        DOUBLE,
                                        GeneratorAlgebra.scale(DOUBLE, DOUBLE.of(1, 1, new double[] {0.5}), a),
                                        0)
                                .generators())
                .rounded("the statement itself")
                .build();
    }

    /** Realises an impulse response. */
    interface Response {
        Compression.Realisation<DMatrixRMaj> of(List<DMatrixRMaj> response);
    }

    private static Theorem<Response> realisation() {
        return Theorem.<Response>about(response -> Compression.realise(DOUBLE, response, 1e-10), "lti-realisation")
                .from("Ho and Kalman 1966; Kung 1978")
                .states(
                        "the impulse response of a time-invariant system gives a system of the same order that continues it",
                        "H = Y \\Sigma Z^\\top,\\; O = Y \\Sigma^{1/2},\\; A = O_1^{+} O_2,\\; C = O_0,\\; B = (\\Sigma^{1/2} Z^\\top)_0")
                .of(Compression.class)
                .by(new Proof<>(
                        Method.FLOATING_POINT,
                        "systems of order 1 to 4 with decays below one: 24 responses in, the order and 60 responses out",
                        List.of(new Quantifier("system", "10 random ones of each order", "sampled")),
                        StructuredTheorems::realisesResponses))
                .refuting("realisation of a response: one step late", response -> {
                    List<DMatrixRMaj> late = new ArrayList<>(response.subList(1, response.size()));
                    late.add(DOUBLE.zeros(1, 1));
                    return Compression.realise(DOUBLE, late, 1e-10);
                })
                .rounded("the statement itself: an error of order u σ₁²/σ_r")
                .build();
    }

    private static Evidence realisesResponses(Response program) {
        int identities = 0;
        List<String> lines = new ArrayList<>();
        for (int order = 1; order <= 4; order++) {
            for (int seed = 0; seed < 10; seed++) {
                double[] poles = new double[order];
                double[] weights = new double[order];
                SplittableRandom random = new SplittableRandom(seed);
                for (int i = 0; i < order; i++) {
                    poles[i] = 0.9 - 0.45 * i + 0.05 * random.nextDouble();
                    weights[i] = 1 + random.nextDouble();
                }
                List<DMatrixRMaj> response = new ArrayList<>();
                for (int t = 0; t < 60; t++) {
                    double value = 0;
                    for (int i = 0; i < order; i++) {
                        value += weights[i] * Math.pow(poles[i], t);
                    }
                    response.add(DOUBLE.of(1, 1, new double[] {value}));
                }
                Compression.Realisation<DMatrixRMaj> system = program.of(response.subList(0, 24));
                if (system.a().numRows != order) {
                    throw new Refutation(
                            "order %d, seed %d: order %d found".formatted(order, seed, system.a().numRows));
                }
                // Rounding of order u σ₁ in a Hankel matrix of 13 columns, divided by the least singular value that is
                // kept.
                List<Double> values = system.hankelSingularValues();
                double bound = 13 * 13 * 0x1p-53 * values.getFirst() * values.getFirst() / values.get(order - 1);
                DMatrixRMaj state = system.b();
                for (int t = 0; t < 60; t++) {
                    double value = DOUBLE.multiply(system.c(), state).get(0, 0);
                    double expected = response.get(t).get(0, 0);
                    if (!(Math.abs(value - expected) <= bound)) {
                        throw new Refutation("order %d, seed %d: response %d is %s, not %s"
                                .formatted(order, seed, t, value, expected));
                    }
                    state = DOUBLE.multiply(system.a(), state);
                    identities++;
                }
            }
            lines.add("order " + order + ": found in 10 systems, 60 responses each");
        }
        return new Evidence(identities, identities, 0, lines);
    }
}
