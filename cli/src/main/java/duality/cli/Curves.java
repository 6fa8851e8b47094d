package duality.cli;

import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/**
 * Measured curves, as a file keeps them: lines of notes that begin with #, a line of names, and a line for each point with
 * its curve, T and the value.
 *
 * @param notes what was measured, on what and with what
 * @param curves the points of each curve, T increasing
 */
record Curves(List<String> notes, SequencedMap<String, Curve> curves) {
    private static final String NAMES = "curve,T,value";

    /** The lengths T and a value for each. */
    record Curve(double[] lengths, double[] values) {}

    /** A curve's point. */
    private record Point(double length, double value) {}

    Curve of(String name) {
        Curve curve = curves.get(name);
        if (curve == null) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS, "no curve " + name + " in the data; there are " + curves.keySet());
        }
        return curve;
    }

    /** Reads what {@link #text} writes. */
    static Curves parse(String text) {
        List<String> notes = new ArrayList<>();
        SequencedMap<String, List<Point>> points = new LinkedHashMap<>();
        boolean named = false;
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("#")) {
                notes.add(line.substring(1).strip());
            } else if (!named) {
                require(line.equals(NAMES), i, line, NAMES);
                named = true;
            } else {
                String[] cells = line.split(",", -1);
                require(cells.length == 3, i, line, "three cells");
                List<Point> curve = points.computeIfAbsent(cells[0], _ -> new ArrayList<>());
                Point point = new Point(number(i, cells[1]), number(i, cells[2]));
                require(
                        curve.isEmpty() || curve.getLast().length() < point.length(),
                        i,
                        line,
                        "a larger T than in the line before");
                curve.add(point);
            }
        }
        SequencedMap<String, Curve> curves = new LinkedHashMap<>();
        points.forEach((name, curve) -> curves.put(
                name,
                new Curve(
                        curve.stream().mapToDouble(Point::length).toArray(),
                        curve.stream().mapToDouble(Point::value).toArray())));
        return new Curves(notes, curves);
    }

    private static double number(int line, String cell) {
        try {
            double value = Double.parseDouble(cell);
            if (Double.isFinite(value) && value > 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw new ValueException(
                Fault.OUT_OF_DOMAIN, "line %d of the data: %s is not a positive number".formatted(line + 1, cell));
    }

    private static void require(boolean right, int line, String found, String wanted) {
        if (!right) {
            throw new ValueException(
                    Fault.WRONG_TYPE,
                    "line %d of the data is \"%s\", but should be %s".formatted(line + 1, found, wanted));
        }
    }

    /** The file's text. */
    String text() {
        StringBuilder text = new StringBuilder();
        notes.forEach(note -> text.append("# ").append(note).append('\n'));
        text.append(NAMES).append('\n');
        curves.forEach((name, curve) -> {
            for (int i = 0; i < curve.lengths().length; i++) {
                text.append(String.format(Locale.ROOT, "%s,%.0f,%.4g\n", name, curve.lengths()[i], curve.values()[i]));
            }
        });
        return text.toString();
    }

    /**
     * Where a curve first comes to lie below another, on straight lines between the points in a doubly logarithmic plot;
     * none if it does not, or lies below from the beginning.
     */
    OptionalDouble crossover(String falling, String rising) {
        Curve a = of(falling);
        Curve b = of(rising);
        for (int i = 1; i < Math.min(a.lengths().length, b.lengths().length); i++) {
            double before = StrictMath.log(a.values()[i - 1] / b.values()[i - 1]);
            double after = StrictMath.log(a.values()[i] / b.values()[i]);
            if (before > 0 && after <= 0) {
                double share = before / (before - after);
                double from = StrictMath.log(a.lengths()[i - 1]);
                return OptionalDouble.of(StrictMath.exp(from + share * (StrictMath.log(a.lengths()[i]) - from)));
            }
        }
        return OptionalDouble.empty();
    }
}
