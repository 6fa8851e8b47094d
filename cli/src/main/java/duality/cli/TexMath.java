package duality.cli;

import java.util.Map;
import java.util.Set;

/**
 * The part of TeX's mathematics that the catalogue uses, as MathML, which browsers draw without scripts or fonts from
 * elsewhere: letters, numbers, operators, {@code _ ^}, groups, {@code \frac \sqrt \hat \tilde \mathrm \text \left
 * \right}, Greek letters and the named symbols below.
 */
final class TexMath {
    private static final Map<String, String> IDENTIFIERS = Map.ofEntries(
            Map.entry("alpha", "α"),
            Map.entry("beta", "β"),
            Map.entry("gamma", "γ"),
            Map.entry("delta", "δ"),
            Map.entry("lambda", "λ"),
            Map.entry("mu", "μ"),
            Map.entry("phi", "φ"),
            Map.entry("pi", "π"),
            Map.entry("sigma", "σ"),
            Map.entry("ell", "ℓ"),
            Map.entry("Delta", "Δ"),
            Map.entry("Sigma", "Σ"),
            Map.entry("top", "⊤"));

    private static final Map<String, String> OPERATORS = Map.ofEntries(
            Map.entry("circ", "∘"),
            Map.entry("cdot", "⋅"),
            Map.entry("cdots", "⋯"),
            Map.entry("ldots", "…"),
            Map.entry("le", "≤"),
            Map.entry("ge", "≥"),
            Map.entry("in", "∈"),
            Map.entry("to", "→"),
            Map.entry("mapsto", "↦"),
            Map.entry("iff", "⟺"),
            Map.entry("implies", "⟹"),
            Map.entry("leftrightarrow", "↔"),
            Map.entry("exists", "∃"),
            Map.entry("nabla", "∇"),
            Map.entry("otimes", "⊗"),
            Map.entry("times", "×"),
            Map.entry("bullet", "∙"),
            Map.entry("subseteq", "⊆"),
            Map.entry("sum", "∑"),
            Map.entry("{", "{"),
            Map.entry("}", "}"),
            Map.entry("#", "#"),
            Map.entry("|", "‖"));

    private static final Map<String, String> SPACES =
            Map.of(",", "0.17em", ";", "0.28em", " ", "0.28em", "quad", "1em", ":", "0.22em");

    private static final Set<String> FUNCTIONS = Set.of("max", "min", "dim", "exp", "cos", "sin", "cosh", "log", "det");

    private final String tex;
    private int at;

    private TexMath(String tex) {
        this.tex = tex;
    }

    /**
     * A formula on a line of its own.
     *
     * @throws IllegalArgumentException if it uses what is not known here
     */
    static String display(String tex) {
        TexMath parser = new TexMath(tex);
        String body = parser.row(false);
        if (parser.at != tex.length()) {
            throw parser.unknown("}");
        }
        return "<math display=\"block\">" + body + "</math>";
    }

    /** Everything up to the end, or to the brace that closes the group. */
    private String row(boolean group) {
        StringBuilder row = new StringBuilder("<mrow>");
        while (at < tex.length() && tex.charAt(at) != '}') {
            if (tex.charAt(at) == ' ') {
                at++;
                continue;
            }
            if (tex.startsWith("\\right", at) && !tex.startsWith("\\rightarrow", at)) {
                break;
            }
            row.append(scripted());
        }
        if (group) {
            if (at == tex.length()) {
                throw new IllegalArgumentException("a group that does not end in " + tex);
            }
            at++;
        }
        return row.append("</mrow>").toString();
    }

    /** An atom with what is above and below it. */
    private String scripted() {
        boolean large = tex.startsWith("\\sum", at) || tex.startsWith("\\max", at);
        String atom = atom();
        String below = null;
        String above = null;
        while (at < tex.length() && (tex.charAt(at) == '_' || tex.charAt(at) == '^' || tex.charAt(at) == '\'')) {
            char script = tex.charAt(at++);
            if (script == '\'') {
                above = "<mo>′</mo>";
            } else if (script == '_') {
                below = atom();
            } else {
                above = above == null ? atom() : "<mrow>" + above + atom() + "</mrow>";
            }
        }
        if (below != null && above != null) {
            return tag(large ? "munderover" : "msubsup", atom + below + above);
        }
        if (below != null) {
            return tag(large ? "munder" : "msub", atom + below);
        }
        return above == null ? atom : tag(large ? "mover" : "msup", atom + above);
    }

    private String atom() {
        while (at < tex.length() && tex.charAt(at) == ' ') {
            at++;
        }
        if (at == tex.length()) {
            return "";
        }
        char c = tex.charAt(at);
        if (c == '{') {
            at++;
            return row(true);
        }
        if (c == '\\') {
            return command();
        }
        if (Character.isDigit(c)) {
            int from = at;
            while (at < tex.length() && Character.isDigit(tex.charAt(at))) {
                at++;
            }
            return tag("mn", tex.substring(from, at));
        }
        at++;
        if (Character.isLetter(c)) {
            return tag("mi", String.valueOf(c));
        }
        return tag("mo", Table.escape(c == '-' ? "−" : String.valueOf(c)));
    }

    private String command() {
        String name = name();
        if (SPACES.containsKey(name)) {
            return "<mspace width=\"" + SPACES.get(name) + "\"/>";
        }
        if (IDENTIFIERS.containsKey(name)) {
            return tag("mi", IDENTIFIERS.get(name));
        }
        if (OPERATORS.containsKey(name)) {
            return tag("mo", OPERATORS.get(name));
        }
        if (FUNCTIONS.contains(name)) {
            return tag("mi", name);
        }
        return switch (name) {
            case "frac" -> tag("mfrac", atom() + atom());
            case "sqrt" -> tag("msqrt", atom());
            case "hat" -> "<mover accent=\"true\">" + atom() + "<mo>^</mo></mover>";
            case "tilde" -> "<mover accent=\"true\">" + atom() + "<mo>~</mo></mover>";
            case "mathrm" -> "<mi mathvariant=\"normal\">" + Table.escape(braces()) + "</mi>";
            case "text" -> tag("mtext", Table.escape(braces()));
            case "left" -> {
                String open = delimiter();
                String inside = row(false);
                if (!tex.startsWith("\\right", at)) {
                    throw new IllegalArgumentException("\\left without \\right in " + tex);
                }
                at += "\\right".length();
                yield tag("mrow", tag("mo", open) + inside + tag("mo", delimiter()));
            }
            default -> throw unknown("\\" + name);
        };
    }

    private String name() {
        int from = ++at;
        while (at < tex.length() && Character.isLetter(tex.charAt(at))) {
            at++;
        }
        if (at == from) {
            at++; // a command of one sign
        }
        return tex.substring(from, Math.min(at, tex.length()));
    }

    private String delimiter() {
        if (tex.charAt(at) == '\\') {
            String name = name();
            return OPERATORS.getOrDefault(name, name);
        }
        return String.valueOf(tex.charAt(at++));
    }

    /** What stands between braces, as it is. */
    private String braces() {
        int to = tex.indexOf('}', at);
        if (at >= tex.length() || tex.charAt(at) != '{' || to < 0) {
            throw new IllegalArgumentException("braces expected at " + at + " of " + tex);
        }
        String text = tex.substring(at + 1, to);
        at = to + 1;
        return text;
    }

    private IllegalArgumentException unknown(String what) {
        return new IllegalArgumentException("unknown " + what + " in " + tex);
    }

    private static String tag(String name, String content) {
        return "<" + name + ">" + content + "</" + name + ">";
    }
}
