package duality.figures;

import duality.errors.ShapeException;
import duality.errors.ValueException;
import duality.figures.Svg.Anchor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Curves over a common axis, named at their ends. Immutable: what adds a curve returns a new plot.
 *
 * <p>Our own, since libraries for charts either measure words by the fonts of the machine (XChart, JFreeChart), so that
 * the same numbers give other bytes elsewhere and none where no fonts are installed, or bring a language's run-time
 * library along (Lets-Plot).
 */
public final class Plot {
    private final String heading;
    private final Axis x;
    private final Axis y;
    private final List<Curve> curves;
    private final List<Mark> marks;

    /** A curve, with markers or as a thin line without. */
    private record Curve(String name, double[] x, double[] y, boolean marked) {}

    /** A place on the axis across. */
    private record Mark(double x, String text) {}

    private Plot(String heading, Axis x, Axis y, List<Curve> curves, List<Mark> marks) {
        this.heading = heading;
        this.x = x;
        this.y = y;
        this.curves = List.copyOf(curves);
        this.marks = List.copyOf(marks);
    }

    /** A plot without curves. */
    public Plot(String heading, Axis x, Axis y) {
        this(heading, x, y, List.of(), List.of());
    }

    /**
     * With a curve through points, each with a marker.
     *
     * @throws ShapeException if there are not as many of both coordinates
     */
    public Plot curve(String name, double[] across, double[] up) {
        return with(name, across, up, true);
    }

    /** {@link #curve} without markers, dashed, and coloured like the curve before it: its bound, or a rule. */
    public Plot rule(String name, double[] across, double[] up) {
        return with(name, across, up, false);
    }

    private Plot with(String name, double[] across, double[] up, boolean marked) {
        if (across.length != up.length) {
            throw ShapeException.mismatch("curve " + name, across.length + " points", up.length + " values");
        }
        List<Curve> more = new ArrayList<>(curves);
        more.add(new Curve(name, across.clone(), up.clone(), marked));
        return new Plot(heading, x, y, more, marks);
    }

    /** With a line upwards from a place on the axis across, and what it means. */
    public Plot mark(double across, String text) {
        List<Mark> more = new ArrayList<>(marks);
        more.add(new Mark(across, text));
        more.sort(Comparator.comparingDouble(Mark::x)); // so that no line runs through words
        return new Plot(heading, x, y, curves, more);
    }

    /**
     * The panel.
     *
     * @throws ValueException if a number cannot be on its axis
     */
    Panel panel() {
        double[] across = DoubleStream.concat(
                        curves.stream().flatMapToDouble(curve -> DoubleStream.of(curve.x())),
                        marks.stream().mapToDouble(Mark::x))
                .toArray();
        double[] up = curves.stream()
                .flatMapToDouble(curve -> DoubleStream.of(curve.y()))
                .toArray();
        return new Drawn(heading, x.range(across, 1), y.range(up, 1.05), curves, marks);
    }

    /**
     * How a curve looks.
     *
     * @param colour of the line and the marker
     * @param marker its outline, a path around the point
     * @param filled whether that is an area, or strokes
     */
    private record Style(String colour, String marker, boolean filled) {
        /** No two alike in colour, lightness and marker. */
        static final List<Style> ALL = List.of(
                new Style("#000000", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", true),
                new Style("#d55e00", "M-3.5 -3.5h7v7h-7z", true),
                new Style("#0072b2", "M0 -4.5L4.5 3.5h-9z", true),
                new Style("#e69f00", "M0 -5L5 0L0 5L-5 0z", true),
                new Style("#009e73", "M-4 -4L4 4M-4 4L4 -4", false),
                new Style("#56b4e9", "M0 4.5L4.5 -3.5h-9z", true),
                new Style("#cc79a7", "M-5 0h10M0 -5v10", false));

        void draw(Svg svg, double x, double y) {
            svg.path(
                    marker,
                    "transform=\"translate(%s %s)\" fill=\"%s\" stroke=\"%s\" stroke-width=\"%s\""
                            .formatted(
                                    Svg.number(x),
                                    Svg.number(y),
                                    filled ? colour : Svg.NONE,
                                    filled ? "white" : colour,
                                    filled ? "0.7" : "2"));
        }
    }

    /** A plot with its ranges. */
    private record Drawn(String heading, Axis.Range x, Axis.Range y, List<Curve> curves, List<Mark> marks)
            implements Panel {
        private static final int WIDTH = 400;
        private static final int HEIGHT = 280;
        private static final int TOP = 30;
        private static final int LINE = 17;
        private static final int BOTTOM = 44;
        private static final int MARKER = 34;

        /** About as many markers on a curve, not all in the same places. */
        private static final int MARKERS = 10;

        private double left() {
            return 34
                    + y.ticks().stream()
                            .mapToDouble(tick -> Svg.width(tick.label(), Svg.SMALL))
                            .max()
                            .orElse(0);
        }

        private double names() {
            return curves.stream()
                    .mapToDouble(curve -> MARKER + Svg.width(curve.name(), Svg.SMALL))
                    .max()
                    .orElse(0);
        }

        @Override
        public double width() {
            return Math.max(left() + WIDTH + names(), Svg.width(heading, Svg.SIZE));
        }

        @Override
        public double height() {
            return TOP + marks.size() * LINE + HEIGHT + BOTTOM;
        }

        @Override
        public String description() {
            StringBuilder text = new StringBuilder("%s: %s against %s"
                    .formatted(heading, y.axis().title(), x.axis().title()));
            for (Curve curve : curves) {
                int last = curve.y().length - 1;
                text.append(
                        last < 0
                                ? "; %s".formatted(curve.name())
                                : "; %s from %s to %s"
                                        .formatted(
                                                curve.name(), Axis.label(curve.y()[0]), Axis.label(curve.y()[last])));
            }
            marks.forEach(mark -> text.append("; ").append(mark.text()));
            return text.toString();
        }

        @Override
        public void draw(Svg svg, double atX, double atY) {
            double left = atX + left();
            double top = atY + TOP + marks.size() * LINE;
            svg.heading(atX, atY + 14, heading);
            axes(svg, atX, left, top);
            for (int i = 0; i < marks.size(); i++) {
                Mark mark = marks.get(i);
                double place = left + x.place(mark.x()) * WIDTH;
                double line = atY + TOP + (i + 1) * LINE - 5;
                svg.line(place, line - 8, place, top + HEIGHT, "stroke=\"#666\" stroke-dasharray=\"3 3\"");
                boolean fits = place + 6 + Svg.width(mark.text(), Svg.SMALL) <= left + WIDTH + names();
                svg.text(
                        fits ? place + 6 : place - 6,
                        line,
                        fits ? Anchor.START : Anchor.END,
                        Svg.SMALL,
                        "",
                        mark.text());
            }
            for (int i = 0; i < curves.size(); i++) {
                curve(svg, left, top, curves.get(i), style(i));
            }
            names(svg, left + WIDTH, top);
        }

        private void axes(Svg svg, double outer, double left, double top) {
            StringBuilder grid = new StringBuilder();
            for (Axis.Tick tick : x.ticks()) {
                double place = left + x.place(tick.value()) * WIDTH;
                grid.append("M%s %sv%d".formatted(Svg.number(place), Svg.number(top), HEIGHT));
                svg.text(place, top + HEIGHT + 17, Anchor.MIDDLE, Svg.SMALL, "", tick.label());
            }
            for (Axis.Tick tick : y.ticks()) {
                double place = top + (1 - y.place(tick.value())) * HEIGHT;
                grid.append("M%s %sh%d".formatted(Svg.number(left), Svg.number(place), WIDTH));
                svg.text(left - 7, place + 4, Anchor.END, Svg.SMALL, "", tick.label());
            }
            svg.path(grid.toString(), "stroke=\"%s\"".formatted(Svg.GRID));
            svg.rectangle(left, top, WIDTH, HEIGHT, Svg.NONE, Svg.FRAME);
            svg.text(
                    left + WIDTH / 2.0,
                    top + HEIGHT + 38,
                    Anchor.MIDDLE,
                    Svg.SIZE,
                    "",
                    x.axis().title());
            svg.upright(outer + 12, top + HEIGHT / 2.0, Svg.SIZE, y.axis().title());
        }

        private void curve(Svg svg, double left, double top, Curve curve, Style style) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < curve.x().length; i++) {
                line.append(i == 0 ? "M" : "L")
                        .append(Svg.number(left + x.place(curve.x()[i]) * WIDTH))
                        .append(' ')
                        .append(Svg.number(height(top, curve.y()[i])));
            }
            svg.path(line.toString(), "fill=\"none\" " + stroke(curve, style));
            int apart = Math.max(1, curve.x().length / MARKERS);
            for (int i = curves.indexOf(curve) * apart / 4 % apart;
                    curve.marked() && i < curve.x().length;
                    i += apart) {
                style.draw(svg, left + x.place(curve.x()[i]) * WIDTH, height(top, curve.y()[i]));
            }
        }

        /** A rule goes with the curve before it. */
        private Style style(int curve) {
            long before =
                    curves.stream().limit(curve + 1L).filter(Curve::marked).count();
            return Style.ALL.get((int) (Math.max(before - 1, 0) % Style.ALL.size()));
        }

        private static String stroke(Curve curve, Style style) {
            return "stroke=\"%s\" stroke-width=\"%s\""
                    .formatted(style.colour, curve.marked() ? "2" : "1.5\" stroke-dasharray=\"6 4");
        }

        private double height(double top, double value) {
            return top + (1 - y.place(value)) * HEIGHT;
        }

        /** The names beside the ends of the curves, pushed apart where these are close. */
        private void names(Svg svg, double right, double top) {
            record Name(int curve, double at) {}
            List<Name> order = new ArrayList<>();
            for (int i = 0; i < curves.size(); i++) {
                if (curves.get(i).name().isEmpty()) {
                    continue;
                }
                double[] values = curves.get(i).y();
                order.add(new Name(i, values.length == 0 ? top : height(top, values[values.length - 1])));
            }
            order.sort(Comparator.comparingDouble(Name::at));
            double[] places = order.stream().mapToDouble(Name::at).toArray();
            for (int i = 1; i < places.length; i++) {
                places[i] = Math.max(places[i], places[i - 1] + LINE);
            }
            double beyond = places.length == 0 ? 0 : Math.max(0, places[places.length - 1] - (top + HEIGHT));
            for (int i = places.length - 1; i >= 0; i--) {
                double limit = i == places.length - 1 ? top + HEIGHT : places[i + 1] - LINE;
                places[i] = beyond > 0 ? Math.min(places[i], limit) : places[i];
            }
            for (int i = 0; i < places.length; i++) {
                Curve curve = curves.get(order.get(i).curve());
                Style style = style(order.get(i).curve());
                svg.line(right + 6, places[i], right + 28, places[i], stroke(curve, style));
                if (curve.marked()) {
                    style.draw(svg, right + 17, places[i]);
                }
                svg.text(right + MARKER, places[i] + 4, Svg.SMALL, curve.name());
            }
        }
    }
}
