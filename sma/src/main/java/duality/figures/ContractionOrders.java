package duality.figures;

import duality.contraction.Plan;
import duality.contraction.Step;
import duality.figures.Figure.NamedPlan;
import duality.figures.Svg.Anchor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Orders of a contraction, each a row with a box for each step, darker the more it costs. An arrow goes from a step to the
 * one that takes its result.
 */
record ContractionOrders(String heading, List<String> operands, List<NamedPlan> orders) implements Panel {
    private static final int TOP = 30;
    private static final int TITLES = 24;
    private static final int ROW = 58;
    private static final int BOX = 36;
    private static final int WIDTH = 132;
    private static final int GAP = 26;
    private static final int COSTS = 84;

    /** Copies the lists. */
    ContractionOrders {
        operands = List.copyOf(operands);
        orders = List.copyOf(orders);
    }

    private double names() {
        return 16
                + orders.stream()
                        .mapToDouble(order -> Svg.width(order.name(), Svg.SMALL))
                        .max()
                        .orElse(0);
    }

    private int columns() {
        return orders.stream()
                .mapToInt(order -> order.plan().steps().size())
                .max()
                .orElse(0);
    }

    private double steps() {
        return columns() * (WIDTH + GAP);
    }

    @Override
    public double width() {
        return Math.max(names() + steps() + 2 * COSTS, Svg.width(heading, Svg.SIZE));
    }

    @Override
    public double height() {
        return TOP + TITLES + orders.size() * ROW;
    }

    @Override
    public String description() {
        StringBuilder text =
                new StringBuilder(heading).append(": ").append(orders.size()).append(" orders");
        for (NamedPlan order : orders) {
            if (!order.name().isEmpty()) {
                text.append("; %s takes %s operations and holds %s numbers"
                        .formatted(
                                order.name(),
                                amount(order.plan().flops()),
                                amount(order.plan().memory())));
            }
        }
        return text.toString();
    }

    @Override
    public void draw(Svg svg, double x, double y) {
        svg.heading(x, y + 14, heading);
        double left = x + names();
        double costs = left + steps();
        svg.text(left, y + TOP + 12, Svg.SMALL, "steps, darker the more operations: factors → indices of the result");
        svg.text(costs + COSTS, y + TOP + 12, Anchor.END, Svg.SMALL, "", "operations");
        svg.text(costs + 2 * COSTS, y + TOP + 12, Anchor.END, Svg.SMALL, "", "numbers held");
        for (int i = 0; i < orders.size(); i++) {
            double top = y + TOP + TITLES + i * ROW;
            NamedPlan order = orders.get(i);
            svg.line(x, top, costs + 2 * COSTS, top, "stroke=\"%s\"".formatted(Svg.GRID));
            double middle = top + ROW / 2.0 + 4;
            svg.text(x, middle + 4, Anchor.START, Svg.SMALL, Svg.BOLD, order.name());
            row(svg, left, middle - BOX / 2.0, order.plan());
            svg.text(
                    costs + COSTS,
                    middle + 4,
                    Anchor.END,
                    Svg.SIZE,
                    "",
                    amount(order.plan().flops()));
            svg.text(
                    costs + 2 * COSTS,
                    middle + 4,
                    Anchor.END,
                    Svg.SIZE,
                    "",
                    amount(order.plan().memory()));
        }
    }

    private void row(Svg svg, double left, double top, Plan plan) {
        Map<Integer, String> names = new HashMap<>();
        Map<Integer, Integer> places = new HashMap<>();
        for (int i = 0; i < operands.size(); i++) {
            names.put(i, operands.get(i));
        }
        for (int i = 0; i < plan.steps().size(); i++) {
            Step step = plan.steps().get(i);
            double x = left + i * (WIDTH + GAP);
            for (int operand : step.operands()) {
                Integer from = places.get(operand);
                if (from != null) {
                    arrow(svg, left, top, from, i);
                }
            }
            String factors = factors(step, names);
            boolean alone = step.operands().size() == 1;
            box(svg, x, top, step, alone ? "write out " + factors : factors + " → " + step.output());
            names.put(step.result(), alone ? factors : "(" + factors + ")");
            places.put(step.result(), i);
        }
    }

    /** Straight to the next box, over the boxes between to a later one. */
    private static void arrow(Svg svg, double left, double top, int from, int to) {
        double start = left + from * (WIDTH + GAP);
        double end = left + to * (WIDTH + GAP);
        svg.arrow(
                to == from + 1
                        ? "M%s %sH%s".formatted(Svg.number(start + WIDTH), Svg.number(top + BOX / 2.0), Svg.number(end))
                        : "M%s %sv-8H%sv7"
                                .formatted(Svg.number(start + WIDTH - 12), Svg.number(top), Svg.number(end + 12)),
                Svg.FRAME,
                1.5);
    }

    private static void box(Svg svg, double x, double top, Step step, String label) {
        double shade = Math.clamp((StrictMath.log10((double) Math.max(step.flops(), 1)) - 5) / 5, 0, 1);
        int grey = (int) Math.round(250 - 175 * shade);
        svg.rectangle(
                x,
                top,
                WIDTH,
                BOX,
                String.format(Locale.ROOT, "#%02x%02x%02x", Math.min(255, grey + 5), grey, Math.max(0, grey - 12)),
                Svg.FRAME);
        String ink = grey < 130 ? "fill=\"white\"" : "";
        svg.text(x + WIDTH / 2.0, top + 15, Anchor.MIDDLE, Svg.SMALL, ink, label);
        svg.text(x + WIDTH / 2.0, top + 30, Anchor.MIDDLE, Svg.SMALL, ink, amount(step.flops()));
    }

    /** Such as Q·K. */
    private static String factors(Step step, Map<Integer, String> names) {
        List<String> factors = new ArrayList<>();
        step.operands().forEach(operand -> factors.add(names.getOrDefault(operand, "?")));
        return String.join("·", factors);
    }

    /** Three digits and a unit: 21.0 M. */
    static String amount(long number) {
        String[] units = {"", " k", " M", " G", " T", " P", " E"};
        double value = (double) number;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0
                ? Long.toString(number)
                : String.format(Locale.ROOT, value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value)
                        + units[unit];
    }
}
