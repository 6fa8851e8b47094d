package duality.semiseparable;

import duality.algebra.Blocks;
import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.NormOps_DDRM;

/**
 * What structured matrices give together: one pattern match for each operation, from the tightest closed type to the
 * lazy one. Cases that swap their operands are listed once, by asking again the other way round.
 */
final class Algebra {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    private Algebra() {}

    private record Pair(StructuredMatrix a, StructuredMatrix b) {}

    /** The same generators with other promises. */
    static StructuredMatrix with(StructuredMatrix a, Set<Property> p) {
        return switch (a) {
            case Dense x -> new Dense(x.a(), p);
            case Diagonal x -> new Diagonal(x.d(), p);
            case Banded x -> new Banded(x.rows(), x.columns(), x.lower(), x.diagonals(), p);
            case LowRank x -> new LowRank(x.left(), x.right(), p);
            case Toeplitz x -> new Toeplitz(x.rows(), x.columns(), x.lags(), p);
            case OneSemiseparable x -> new OneSemiseparable(x.a(), p);
            case Semiseparable x -> new Semiseparable(x.generators(), p);
            case Hierarchical x -> new Hierarchical(x.lambda(), x.a(), p);
            case Sum x -> new Sum(x.terms(), p);
            case Product x -> new Product(x.factors(), p);
            case Hadamard x -> new Hadamard(x.factors(), p);
            case Transpose x -> new Transpose(x.of(), p);
            case Inverse x -> new Inverse(x.of(), p);
        };
    }

    /** More promises; those that the generators decide are looked up and not believed. */
    static StructuredMatrix promise(StructuredMatrix a, Set<Property> promises) {
        Set<Property> decided = switch (a) {
            case Diagonal _, OneSemiseparable _ -> EnumSet.allOf(Property.class);
            case Banded _, Toeplitz _ -> EnumSet.of(Property.SYMMETRIC, Property.LOWER, Property.UPPER);
            default -> Set.of();
        };
        Set<Property> facts = with(a, Set.of()).properties();
        for (Property promise : Checks.properties(a.rows(), a.columns(), promises)) {
            if (decided.contains(promise) && !facts.contains(promise)) {
                throw new ValueException(
                        Fault.OUT_OF_DOMAIN,
                        "claimed to be %s, but the generators of the %s %s are not"
                                .formatted(
                                        promise, Checks.shape(a), a.getClass().getSimpleName()));
            }
        }
        return with(a, Checks.properties(a.rows(), a.columns(), promises, a.properties()));
    }

    // Sums

    static StructuredMatrix add(StructuredMatrix a, StructuredMatrix b) {
        Checks.requireSameShape("sum", a, b);
        Set<Property> p = Property.ofSum(a.properties(), b.properties());
        return closedSum(a, b).orElseGet(() -> {
            List<StructuredMatrix> terms = gather(a, b, Algebra::termsOf, Algebra::closedSum);
            return terms.size() == 1 ? with(terms.getFirst(), p) : new Sum(terms, p);
        });
    }

    private static Optional<StructuredMatrix> closedSum(StructuredMatrix a, StructuredMatrix b) {
        Set<Property> p = Property.ofSum(a.properties(), b.properties());
        return closedSum(a, b, p).or(() -> closedSum(b, a, p));
    }

    private static Optional<StructuredMatrix> closedSum(StructuredMatrix a, StructuredMatrix b, Set<Property> p) {
        return switch (new Pair(a, b)) {
            case Pair(Dense x, var y) -> Optional.of(new Dense(K.add(x.a(), y.toDense()), p));
            case Pair(Diagonal x, Diagonal y) -> Optional.of(new Diagonal(entrywise(x.d(), y.d(), Double::sum), p));
            case Pair(Toeplitz x, Toeplitz y) ->
                Optional.of(new Toeplitz(a.rows(), a.columns(), entrywise(x.lags(), y.lags(), Double::sum), p));
            case Pair(LowRank x, LowRank y) ->
                Optional.of(new LowRank(K.beside(x.left(), y.left()), K.beside(x.right(), y.right()), p));
            case Pair(Hierarchical x, Hierarchical y)
            when Arrays.equals(x.a(), y.a()) -> Optional.of(new Hierarchical(K.add(x.lambda(), y.lambda()), x.a(), p));
            case Pair(Hierarchical x, Diagonal y) -> Optional.of(new Hierarchical(addDiagonal(x, y), x.a(), p));
            case Pair(Transpose x, Transpose y) ->
                Optional.of(add(x.transpose(), y.transpose()).transpose());
            case Pair(Transpose x, Diagonal y)
            when x.of() instanceof Hierarchical ->
                Optional.of(add(x.transpose(), y).transpose());
            case Pair(var x, var y) when isBanded(x) && isBanded(y) -> Optional.of(addBands(banded(x), banded(y), p));
            case Pair(var x, var y)
            when Lifting.isLiftable(x) && Lifting.isLiftable(y) -> lifted(x, y, p, GeneratorAlgebra::add);
            default -> Optional.empty();
        };
    }

    private static DMatrixRMaj addDiagonal(Hierarchical x, Diagonal y) {
        DMatrixRMaj lambda = x.lambda();
        for (int t = 0; t < lambda.numRows; t++) {
            lambda.set(t, 0, lambda.get(t, 0) + y.get(t, t));
        }
        return lambda;
    }

    private static Banded addBands(Banded a, Banded b, Set<Property> p) {
        int lower = Math.max(a.lower(), b.lower());
        int upper = Math.max(a.upper(), b.upper());
        double[][] diagonals = new double[lower + upper + 1][a.rows()];
        for (Banded term : List.of(a, b)) {
            double[][] own = term.diagonals();
            for (int k = 0; k < own.length; k++) {
                int at = k + lower - term.lower();
                diagonals[at] = entrywise(diagonals[at], own[k], Double::sum);
            }
        }
        return new Banded(a.rows(), a.columns(), lower, diagonals, p);
    }

    // Products

    static StructuredMatrix multiply(StructuredMatrix a, StructuredMatrix b) {
        Checks.requireProduct(a, b);
        Set<Property> p = Property.ofProduct(a.properties(), b.properties());
        return closedProduct(a, b, p).orElseGet(() -> {
            List<StructuredMatrix> factors = new ArrayList<>(factorsOf(a));
            List<StructuredMatrix> more = new ArrayList<>(factorsOf(b));
            // What meets in the middle may combine, and then with its neighbours.
            while (factors.size() + more.size() > 2 && !factors.isEmpty() && !more.isEmpty()) {
                StructuredMatrix left = factors.getLast();
                StructuredMatrix right = more.getFirst();
                Optional<StructuredMatrix> both =
                        closedProduct(left, right, Property.ofProduct(left.properties(), right.properties()));
                if (both.isEmpty()) {
                    break;
                }
                factors.removeLast();
                more.set(0, both.get());
            }
            factors.addAll(more);
            return factors.size() == 1 ? with(factors.getFirst(), p) : new Product(factors, p);
        });
    }

    private static Optional<StructuredMatrix> closedProduct(StructuredMatrix a, StructuredMatrix b, Set<Property> p) {
        return switch (new Pair(a, b)) {
            case Pair(LowRank x, LowRank y)
            when y.rank() < x.rank() -> Optional.of(new LowRank(x.multiply(y.left()), y.right(), p));
            case Pair(LowRank x, var y) -> Optional.of(new LowRank(x.left(), y.multiplyTransposed(x.right()), p));
            case Pair(var x, LowRank y) -> Optional.of(new LowRank(x.multiply(y.left()), y.right(), p));
            case Pair(Dense x, var y) ->
                Optional.of(new Dense(K.transpose(y.multiplyTransposed(K.transpose(x.a()))), p));
            case Pair(var x, Dense y) -> Optional.of(new Dense(x.multiply(y.a()), p));
            case Pair(Diagonal x, Diagonal y) -> Optional.of(new Diagonal(entrywise(x.d(), y.d(), (s, t) -> s * t), p));
            case Pair(Diagonal x, Hierarchical y) -> Optional.of(scaleRows(x, y, p));
            case Pair(Transpose x, Diagonal y)
            when x.of() instanceof Hierarchical ->
                Optional.of(multiply(y, x.transpose()).transpose());
            case Pair(Toeplitz x, Toeplitz y) when isCausal(x) && isCausal(y) -> Optional.of(convolve(x, y, p));
            case Pair(Toeplitz x, Toeplitz y)
            when isCausal(x.transpose()) && isCausal(y.transpose()) ->
                Optional.of(convolve(y.transpose(), x.transpose(), Property.ofTranspose(p))
                        .transpose());
            case Pair(var x, var y)
            when isBanded(x) && isBanded(y) -> Optional.of(multiplyBands(banded(x), banded(y), p));
            case Pair(var x, var y)
            when Lifting.isLiftable(x) && Lifting.isLiftable(y) -> {
                Lifting.Partition[] parts = Lifting.inner(x, y);
                yield Optional.of(new Semiseparable(
                        GeneratorAlgebra.product(K, Lifting.lift(x, parts[0]), Lifting.lift(y, parts[1])), p));
            }
            default -> Optional.empty();
        };
    }

    private static Hierarchical scaleRows(Diagonal d, Hierarchical h, Set<Property> p) {
        return new Hierarchical(K.scaleRows(DMatrixRMaj.wrap(d.rows(), 1, d.d()), h.lambda()), h.a(), p);
    }

    private static boolean isCausal(Toeplitz a) {
        return a.rows() == a.columns() && a.is(Property.LOWER);
    }

    /** Lower triangular Toeplitz matrices commute and are closed: the product's first column says all. */
    private static Toeplitz convolve(Toeplitz a, Toeplitz b, Set<Property> p) {
        int n = a.rows();
        double[] lags = new double[Math.max(0, 2 * n - 1)];
        if (n > 0) {
            double[] column = Arrays.copyOfRange(b.lags(), n - 1, 2 * n - 1);
            System.arraycopy(a.multiply(column), 0, lags, n - 1, n);
        }
        return new Toeplitz(n, n, lags, p);
    }

    private static Banded multiplyBands(Banded a, Banded b, Set<Property> p) {
        double[][] left = a.diagonals();
        double[][] right = b.diagonals();
        double[][] diagonals = new double[Math.max(0, left.length + right.length - 1)][a.rows()];
        for (int k = 0; k < left.length; k++) {
            for (int i = 0; i < a.rows(); i++) {
                int j = i + k - a.lower();
                if (left[k][i] != 0 && j >= 0 && j < b.rows()) {
                    for (int l = 0; l < right.length; l++) {
                        diagonals[k + l][i] += left[k][i] * right[l][j];
                    }
                }
            }
        }
        return new Banded(a.rows(), b.columns(), a.lower() + b.lower(), diagonals, p);
    }

    // Hadamard products

    static StructuredMatrix hadamard(StructuredMatrix a, StructuredMatrix b) {
        Checks.requireSameShape("Hadamard product", a, b);
        Set<Property> p = Property.ofHadamard(a.properties(), b.properties());
        return closedHadamard(a, b).orElseGet(() -> {
            List<StructuredMatrix> factors = gather(a, b, Algebra::entryFactorsOf, Algebra::closedHadamard);
            return factors.size() == 1 ? with(factors.getFirst(), p) : new Hadamard(factors, p);
        });
    }

    private static Optional<StructuredMatrix> closedHadamard(StructuredMatrix a, StructuredMatrix b) {
        Set<Property> p = Property.ofHadamard(a.properties(), b.properties());
        return closedHadamard(a, b, p).or(() -> closedHadamard(b, a, p));
    }

    private static Optional<StructuredMatrix> closedHadamard(StructuredMatrix a, StructuredMatrix b, Set<Property> p) {
        return switch (new Pair(a, b)) {
            case Pair(Diagonal x, var y) when hasEntries(y) -> Optional.of(new Diagonal(diagonal(x, y), p));
            case Pair(var x, Diagonal y) when hasEntries(x) -> Optional.of(new Diagonal(diagonal(y, x), p));
            case Pair(Banded x, Banded y)
            when y.diagonals().length < x.diagonals().length -> Optional.of(maskBands(y, x, p));
            case Pair(Banded x, var y) when hasEntries(y) -> Optional.of(maskBands(x, y, p));
            case Pair(var x, Banded y) when hasEntries(x) -> Optional.of(maskBands(y, x, p));
            case Pair(Dense x, var y) -> Optional.of(new Dense(K.hadamard(x.a(), y.toDense()), p));
            case Pair(Toeplitz x, Toeplitz y) ->
                Optional.of(new Toeplitz(a.rows(), a.columns(), entrywise(x.lags(), y.lags(), (s, t) -> s * t), p));
            case Pair(LowRank x, LowRank y) ->
                Optional.of(new LowRank(K.khatriRaoRows(x.left(), y.left()), K.khatriRaoRows(x.right(), y.right()), p));
            case Pair(OneSemiseparable x, OneSemiseparable y) ->
                Optional.of(new OneSemiseparable(entrywise(x.a(), y.a(), (s, t) -> s * t), p));
            case Pair(Hierarchical x, Hierarchical y) ->
                Optional.of(new Hierarchical(
                        K.hadamard(x.lambda(), y.lambda()), entrywise(x.a(), y.a(), (s, t) -> s * t), p));
            case Pair(Hierarchical x, OneSemiseparable y) ->
                Optional.of(new Hierarchical(x.lambda(), entrywise(x.a(), y.a(), (s, t) -> s * t), p));
            case Pair(Transpose x, Transpose y) ->
                closedHadamard(x.transpose(), y.transpose()).map(StructuredMatrix::transpose);
            case Pair(var x, var y)
            when Lifting.isLiftable(x) && Lifting.isLiftable(y) -> lifted(x, y, p, GeneratorAlgebra::hadamard);
            default -> Optional.empty();
        };
    }

    /** Whether one entry costs less than a multiplication. */
    private static boolean hasEntries(StructuredMatrix a) {
        return switch (a) {
            case Sum x -> x.terms().stream().allMatch(Algebra::hasEntries);
            case Hadamard x -> x.factors().stream().allMatch(Algebra::hasEntries);
            case Product _, Inverse _ -> false;
            default -> true;
        };
    }

    private static double[] diagonal(Diagonal d, StructuredMatrix a) {
        double[] product = d.d();
        for (int i = 0; i < product.length; i++) {
            product[i] *= a.get(i, i);
        }
        return product;
    }

    private static Banded maskBands(Banded band, StructuredMatrix a, Set<Property> p) {
        double[][] diagonals = band.diagonals();
        for (int k = 0; k < diagonals.length; k++) {
            for (int i = 0; i < band.rows(); i++) {
                int j = i + k - band.lower();
                if (j >= 0 && j < band.columns()) {
                    diagonals[k][i] *= a.get(i, j);
                }
            }
        }
        return new Banded(band.rows(), band.columns(), band.lower(), diagonals, p);
    }

    // What has one operand

    static StructuredMatrix scale(double factor, StructuredMatrix a) {
        Checks.finite("factor", new double[] {factor});
        Set<Property> p = Property.ofScale(factor, a.properties());
        return switch (a) {
            case Dense x -> new Dense(scale(factor, x.a()), p);
            case Diagonal x -> new Diagonal(scale(factor, x.d()), p);
            case Banded x ->
                new Banded(
                        x.rows(),
                        x.columns(),
                        x.lower(),
                        Arrays.stream(x.diagonals()).map(d -> scale(factor, d)).toArray(double[][]::new),
                        p);
            case LowRank x -> new LowRank(scale(factor, x.left()), x.right(), p);
            case Toeplitz x -> new Toeplitz(x.rows(), x.columns(), scale(factor, x.lags()), p);
            case OneSemiseparable x -> new Semiseparable(GeneratorAlgebra.scale(K, scalar(factor), Lifting.lift(x)), p);
            case Semiseparable x -> new Semiseparable(GeneratorAlgebra.scale(K, scalar(factor), x.generators()), p);
            case Hierarchical x -> new Hierarchical(scale(factor, x.lambda()), x.a(), p);
            case Transpose x -> with(scale(factor, x.transpose()).transpose(), p);
            case Sum x ->
                new Sum(x.terms().stream().map(term -> scale(factor, term)).toList(), p);
            case Product x -> new Product(scaleFirst(factor, x.factors()), p);
            case Hadamard x -> new Hadamard(scaleFirst(factor, x.factors()), p);
            case Inverse x -> {
                double[] d = new double[x.rows()];
                Arrays.fill(d, factor);
                yield new Product(List.of(new Diagonal(d), x), p);
            }
        };
    }

    private static List<StructuredMatrix> scaleFirst(double factor, List<StructuredMatrix> factors) {
        List<StructuredMatrix> scaled = new ArrayList<>(factors);
        scaled.set(0, scale(factor, scaled.getFirst()));
        return scaled;
    }

    static StructuredMatrix gram(StructuredMatrix a) {
        StructuredMatrix product = multiply(a.transpose(), a);
        return with(
                product,
                Checks.properties(a.columns(), a.columns(), product.properties(), Property.ofGram(a.properties())));
    }

    static StructuredMatrix inverse(StructuredMatrix a) {
        Checks.requireSquare("inverse", a);
        if (a.is(Property.ORTHOGONAL)) {
            return a.transpose();
        }
        return switch (a) {
            case Diagonal x
            when Arrays.stream(x.d()).allMatch(d -> Double.isFinite(1 / d)) ->
                new Diagonal(Arrays.stream(x.d()).map(d -> 1 / d).toArray());
            case OneSemiseparable x -> x.bidiagonalInverse();
            case Transpose x
            when x.of() instanceof OneSemiseparable one ->
                one.bidiagonalInverse().transpose();
            case Banded x
            when isBidiagonal(x) ->
                new OneSemiseparable(scale(-1, x.lower() == 0 ? new double[x.rows()] : x.diagonals()[0]));
            case Product x
            when x.factors().stream().allMatch(f -> f.rows() == f.columns()) ->
                new Product(
                        x.factors().reversed().stream().map(Algebra::inverse).toList(), a.properties());
            case Inverse x -> x.of();
            default -> new Inverse(a, a.properties());
        };
    }

    /** Whether this is the inverse of a 1SS: ones, and something below them. */
    private static boolean isBidiagonal(Banded a) {
        return a.upper() == 0
                && (a.lower() == 0 || a.lower() == 1)
                && Arrays.stream(a.diagonals()[a.lower()]).allMatch(x -> x == 1);
    }

    static StructuredMatrix explicitInverse(StructuredMatrix a) {
        Checks.requireSquare("inverse", a);
        return switch (inverse(a)) {
            case Inverse _
            when Lifting.isLiftable(a) -> new Semiseparable(inverseGenerators(Lifting.lift(a)), a.properties());
            case Inverse x -> new Dense(x.toDense(), a.properties());
            case Product x -> new Dense(x.toDense(), a.properties());
            case StructuredMatrix closed -> closed;
        };
    }

    /**
     * In linear time by block LU, as long as that exists and is accurate: its residual is measured. Otherwise column by
     * column by ULV and compressed, in quadratic time.
     */
    private static Generators<DMatrixRMaj> inverseGenerators(Generators<DMatrixRMaj> a) {
        int n = a.rows(K);
        try {
            Generators<DMatrixRMaj> inverse = GeneratorAlgebra.inverse(K, a);
            DMatrixRMaj probe = K.ones(n, 1);
            DMatrixRMaj residual = K.subtract(a.multiply(K, inverse.multiply(K, probe)), probe);
            double scale = Compression.frobeniusNorm(K, a) * Compression.frobeniusNorm(K, inverse);
            if (NormOps_DDRM.normF(residual) <= n * K.unitRoundoff() * scale) {
                return inverse;
            }
        } catch (ValueException e) {
            if (e.fault() != Fault.SINGULAR) {
                throw e;
            } // a leading submatrix is singular; the matrix need not be
        }
        int[] sizes = a.rowSizes(K).stream().mapToInt(Integer::intValue).toArray();
        DMatrixRMaj inverse = Ulv.factor(K, a).solve(K.identity(n));
        return Compression.fromDense(K, inverse, sizes, sizes, 0).generators();
    }

    static StructuredMatrix beside(StructuredMatrix a, StructuredMatrix b) {
        if (a.rows() != b.rows()) {
            throw ShapeException.mismatch("beside", Checks.shape(a), Checks.shape(b));
        }
        int columns = Math.addExact(a.columns(), b.columns());
        return add(
                multiply(a, Banded.selector(a.columns(), columns, 0)),
                multiply(b, Banded.selector(b.columns(), columns, a.columns())));
    }

    static StructuredMatrix submatrix(StructuredMatrix a, int fromRow, int toRow, int fromColumn, int toColumn) {
        Checks.requireRange(a, fromRow, toRow, fromColumn, toColumn);
        int rows = toRow - fromRow;
        int columns = toColumn - fromColumn;
        boolean principal = fromRow == fromColumn && toRow == toColumn;
        Set<Property> p = principal ? Property.ofPrincipalSubmatrix(a.properties()) : Set.of();
        return switch (a) {
            case Dense x -> new Dense(K.block(x.a(), fromRow, toRow, fromColumn, toColumn), p);
            case Diagonal x when principal -> new Diagonal(Arrays.copyOfRange(x.d(), fromRow, toRow));
            case Diagonal x -> submatrix(banded(x), fromRow, toRow, fromColumn, toColumn);
            case Banded x ->
                new Banded(
                        rows,
                        columns,
                        x.lower() + fromColumn - fromRow,
                        Arrays.stream(x.diagonals())
                                .map(d -> Arrays.copyOfRange(d, fromRow, toRow))
                                .toArray(double[][]::new),
                        p);
            case LowRank x -> new LowRank(K.rows(x.left(), fromRow, toRow), K.rows(x.right(), fromColumn, toColumn), p);
            case Toeplitz x -> {
                double[] lags = new double[Math.max(0, rows + columns - 1)];
                if (rows > 0 && columns > 0) {
                    System.arraycopy(x.lags(), fromRow - toColumn + x.columns(), lags, 0, lags.length);
                }
                yield new Toeplitz(rows, columns, lags, p);
            }
            case OneSemiseparable x when principal -> new OneSemiseparable(Arrays.copyOfRange(x.a(), fromRow, toRow));
            case OneSemiseparable x ->
                submatrix(new Semiseparable(Lifting.lift(x)), fromRow, toRow, fromColumn, toColumn);
            case Semiseparable x -> new Semiseparable(Lifting.submatrix(x, fromRow, toRow, fromColumn, toColumn), p);
            case Transpose x ->
                with(submatrix(x.of(), fromColumn, toColumn, fromRow, toRow).transpose(), p);
            case Sum x ->
                new Sum(
                        x.terms().stream()
                                .map(term -> submatrix(term, fromRow, toRow, fromColumn, toColumn))
                                .toList(),
                        p);
            case Hadamard x ->
                new Hadamard(
                        x.factors().stream()
                                .map(factor -> submatrix(factor, fromRow, toRow, fromColumn, toColumn))
                                .toList(),
                        p);
            case Hierarchical x
            when principal && fromRow == 0 ->
                new Hierarchical(
                        K.block(x.lambda(), 0, toRow, 0, Hierarchical.levels(toRow) + 1),
                        Arrays.copyOf(x.a(), toRow),
                        p);
            case Hierarchical _, Product _, Inverse _ ->
                with(
                        multiply(
                                multiply(Banded.selector(rows, a.rows(), fromRow), a),
                                Banded.selector(columns, a.columns(), fromColumn)
                                        .transpose()),
                        p);
        };
    }

    // What the cases share

    /** The terms or factors of both, each of the second combined with the first one that it has a closed type with. */
    private static List<StructuredMatrix> gather(StructuredMatrix a, StructuredMatrix b, Parts parts, Closed closed) {
        List<StructuredMatrix> all = new ArrayList<>(parts.of(a));
        for (StructuredMatrix next : parts.of(b)) {
            StructuredMatrix rest = next;
            for (int i = 0; i < all.size(); i++) {
                Optional<StructuredMatrix> both = closed.of(all.get(i), rest);
                if (both.isPresent()) {
                    all.remove(i);
                    rest = both.get();
                    i = -1; // the combination may combine again
                }
            }
            all.add(rest);
        }
        return all;
    }

    private interface Parts {
        List<StructuredMatrix> of(StructuredMatrix a);
    }

    private interface Closed {
        Optional<StructuredMatrix> of(StructuredMatrix a, StructuredMatrix b);
    }

    private static List<StructuredMatrix> termsOf(StructuredMatrix a) {
        return a instanceof Sum sum ? sum.terms() : List.of(a);
    }

    private static List<StructuredMatrix> factorsOf(StructuredMatrix a) {
        return a instanceof Product product ? product.factors() : List.of(a);
    }

    private static List<StructuredMatrix> entryFactorsOf(StructuredMatrix a) {
        return a instanceof Hadamard product ? product.factors() : List.of(a);
    }

    /** An operation entry by entry on the generators; none if the blocks of the operands do not fit together. */
    private interface GeneratorOperation {
        Generators<DMatrixRMaj> apply(Blocks<DMatrixRMaj> k, Generators<DMatrixRMaj> a, Generators<DMatrixRMaj> b);
    }

    private static DMatrixRMaj scalar(double value) {
        return new DMatrixRMaj(1, 1, true, value);
    }

    private static Optional<StructuredMatrix> lifted(
            StructuredMatrix a, StructuredMatrix b, Set<Property> p, GeneratorOperation operation) {
        return Lifting.common(a, b)
                .map(parts -> new Semiseparable(operation.apply(K, Lifting.lift(a, parts), Lifting.lift(b, parts)), p));
    }

    private static boolean isBanded(StructuredMatrix a) {
        return a instanceof Banded || a instanceof Diagonal;
    }

    private static Banded banded(StructuredMatrix a) {
        return switch (a) {
            case Banded x -> x;
            case Diagonal x -> new Banded(x.rows(), x.columns(), 0, new double[][] {x.d()}, x.properties());
            default ->
                throw new IllegalStateException("not banded: " + a.getClass().getSimpleName());
        };
    }

    private static double[] entrywise(double[] a, double[] b, DoubleBinaryOperator operation) {
        double[] c = new double[a.length];
        Arrays.setAll(c, i -> operation.applyAsDouble(a[i], b[i]));
        return c;
    }

    private static double[] scale(double factor, double[] a) {
        return Arrays.stream(a).map(x -> factor * x).toArray();
    }

    private static DMatrixRMaj scale(double factor, DMatrixRMaj a) {
        return K.scale(new DMatrixRMaj(1, 1, true, factor), a);
    }
}
