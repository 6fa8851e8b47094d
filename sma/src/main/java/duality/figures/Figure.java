package duality.figures;

import duality.contraction.Plan;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import duality.semiseparable.StructuredMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;

/**
 * Panels in rows: matrices by their entries or by their blocks, plots, diagrams. Immutable: what adds a panel returns a
 * new figure. Colours differ in lightness too, negative entries bear a minus, and lines have markers, so that a figure
 * reads in grey; it is white behind, so that it reads on a dark page.
 */
public final class Figure {
    /** Matrices with more rows or columns than this are not drawn entry by entry. */
    public static final int LARGEST = 256;

    private static final int MARGIN = 24;
    private static final int GAP = 48;
    private static final int ROW_GAP = 28;

    private final String title;
    private final int side;
    private final int perRow;
    private final List<Panel> panels;

    private Figure(String title, int side, int perRow, List<Panel> panels) {
        this.title = title;
        this.side = side;
        this.perRow = perRow;
        this.panels = List.copyOf(panels);
    }

    /** A figure without panels. Matrices will have sides of up to 320 pixels, two in a row. */
    public Figure(String title) {
        this(title, 320, 2, List.of());
    }

    /**
     * The same, with another size of matrices that are added from now on, and another number of panels in a row.
     *
     * @throws ValueException if one of them is not positive
     */
    public Figure panels(int pixels, int inARow) {
        if (pixels < 1 || inARow < 1) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, "panels of " + pixels + " pixels, " + inARow + " in a row");
        }
        return new Figure(title, pixels, inARow, panels);
    }

    /**
     * With a panel for the entries of a matrix, relative to the largest, over three decades.
     *
     * @param caption lines below the matrix; empty for the scale of colours
     * @throws UnsupportedRequestException if the matrix has more than {@link #LARGEST} rows or columns
     * @throws ValueException with {@link Fault#NOT_FINITE} if an entry is not finite; the message names it
     */
    public Figure heatMap(String heading, DMatrixRMaj matrix, String caption) {
        return with(new HeatMap(heading, matrix, side, caption));
    }

    /** {@link #heatMap(String, DMatrixRMaj, String)} with the scale of colours. */
    public Figure heatMap(String heading, DMatrixRMaj matrix) {
        return heatMap(heading, matrix, "");
    }

    /**
     * {@link #heatMap(String, DMatrixRMaj, String)} of a structured matrix, with the scale of colours.
     *
     * @throws UnsupportedRequestException if the matrix has more than {@link #LARGEST} rows or columns
     */
    public Figure heatMap(String heading, StructuredMatrix matrix) {
        HeatMap.requireSize(matrix.rows(), matrix.columns());
        return heatMap(heading, matrix.toDense());
    }

    /**
     * With a panel for the ranks of the blocks below the diagonal: the rank profile.
     *
     * @param ranks entry i is the rank of the rows from i on and the columns before i, as of {@link
     *     duality.semiseparable.RankProfile#lower}
     */
    public Figure ranks(String heading, List<Integer> ranks) {
        return plot(new Plot(heading, Axis.linear("cut i"), Axis.linear("rank of M[i:, :i]"))
                .curve(
                        "",
                        IntStream.range(0, ranks.size()).asDoubleStream().toArray(),
                        ranks.stream().mapToDouble(rank -> rank).toArray()));
    }

    /** With a panel for the scale of colours of heat maps. */
    public Figure scale() {
        return with(new HeatMap.Scale(true));
    }

    /** With words as a panel. */
    public Figure note(String words) {
        return with(new Note(words));
    }

    /**
     * With a panel for the block decomposition of a lower triangular matrix: dense blocks on the diagonal, three
     * factors for each block below it.
     *
     * @param boundaries where chunks begin and end: increasing, from 0 to the length
     * @throws ShapeException with {@link Fault#BAD_OFFSETS} if they are not
     */
    public Figure blocks(String heading, int... boundaries) {
        return with(new BlockDiagram(heading, new Boundaries(boundaries), side));
    }

    /**
     * With a panel for the same as chunks with state passing: each computes its own outputs and what it adds to the state,
     * and the state passes along.
     *
     * @param boundaries as of {@link #blocks}
     * @throws ShapeException with {@link Fault#BAD_OFFSETS} as {@link #blocks}
     * @throws UnsupportedRequestException if there are more than 16 chunks
     */
    public Figure statePassing(String heading, int... boundaries) {
        return with(new StatePassing(heading, new Boundaries(boundaries)));
    }

    /**
     * With a panel for a product of sparse matrices, the one that is applied first on the right. Entries of one are light
     * and others dark.
     *
     * @param factors in the order in which they are applied
     */
    public Figure factors(String heading, String caption, List<DMatrixRMaj> factors) {
        return with(new SparseProduct(heading, caption, factors, side));
    }

    /**
     * With a panel for orders of a contraction, a row each: its steps, and what they cost.
     *
     * @param operands the names of the operands
     * @param orders of one contraction, with a name each, which may be empty
     */
    public Figure contractionOrders(String heading, List<String> operands, List<NamedPlan> orders) {
        return with(new ContractionOrders(heading, operands, orders));
    }

    /**
     * An order of a contraction.
     *
     * @param name such as quadratic attention; empty for none
     * @param plan its steps
     */
    public record NamedPlan(String name, Plan plan) {}

    /** With a panel for curves. */
    public Figure plot(Plot plot) {
        return with(plot.panel());
    }

    private Figure with(Panel panel) {
        List<Panel> more = new ArrayList<>(panels);
        more.add(panel);
        return new Figure(title, side, perRow, more);
    }

    /** The picture, a document of its own. */
    public String svg() {
        Svg svg = new Svg();
        List<List<Panel>> rows = rows();
        double[] columns = new double[perRow];
        for (List<Panel> row : rows) {
            for (int i = 0; i < row.size() && !row.getFirst().alone(); i++) {
                columns[i] = Math.max(columns[i], row.get(i).width());
            }
        }
        double width = MARGIN;
        double y = MARGIN;
        for (List<Panel> row : rows) {
            double x = MARGIN;
            double height = 0;
            for (int i = 0; i < row.size(); i++) {
                row.get(i).draw(svg, x, y);
                width = Math.max(width, x + row.get(i).width() + MARGIN);
                height = Math.max(height, row.get(i).height());
                x += columns[i] + GAP;
            }
            y += height + ROW_GAP;
        }
        String description = panels.stream()
                .map(Panel::description)
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining(". "));
        return svg.document(title, description, width, Math.max(y - ROW_GAP, 0) + MARGIN);
    }

    private List<List<Panel>> rows() {
        List<List<Panel>> rows = new ArrayList<>();
        for (Panel panel : panels) {
            if (rows.isEmpty()
                    || panel.alone()
                    || rows.getLast().getFirst().alone()
                    || rows.getLast().size() == perRow) {
                rows.add(new ArrayList<>());
            }
            rows.getLast().add(panel);
        }
        return rows;
    }
}
