package duality.docs;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The exercises of the course: what is made of their sheets and solutions. A solution is a Java file without a class; its
 * sections begin with {@code // ---- x. Heading}, like those of the sheet, and section x has a method {@code partX} that runs it.
 * What stands between {@code // solution:} and {@code // instead: …} is a gap in the starting file.
 */
final class Exercises {
    /** The folder. */
    static final Path FOLDER = Page.ROOT.resolve("docs/exercises");

    /** An exercise: the name of its program, and its sheet. */
    record Exercise(String name, String sheet) {
        String solution() throws IOException {
            return Files.readString(FOLDER.resolve("solutions").resolve(name + ".java"));
        }

        String start() throws IOException {
            return Exercises.start(solution());
        }

        Page page() throws IOException {
            return Page.at("docs/exercises/" + sheet);
        }
    }

    /** All exercises, in order. */
    static final List<Exercise> ALL = List.of(
            new Exercise("BuildM", "1-build-m.md"),
            new Exercise("DeriveTheDual", "2-derive-the-dual.md"),
            new Exercise("CutTheBlocks", "3-cut-the-blocks.md"),
            new Exercise("BreakTheProof", "4-break-the-proof.md"),
            new Exercise("NewVariant", "5-new-variant.md"));

    private static final Pattern GAP =
            Pattern.compile("^( *)// solution:\\n.*?^ *// instead: ?([^\\n]*)\\n", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern SECTION = Pattern.compile("^// ---- (.*)\\n", Pattern.MULTILINE);
    private static final Pattern HEADING = Pattern.compile("^## (.*)\\n", Pattern.MULTILINE);
    private static final ObjectMapper JSON = new ObjectMapper();

    private Exercises() {}

    /** The starting file of a solution: gaps, and what says so. */
    static String start(String solution) {
        return GAP.matcher(solution).replaceAll(gap -> {
            String instead = gap.group(2).isEmpty() ? "" : gap.group(1) + gap.group(2) + "\n";
            return Matcher.quoteReplacement(instead);
        });
    }

    /**
     * A cell of a notebook.
     *
     * @param id unique in the notebook
     * @param code whether it is Java, or else Markdown
     * @param text without the last line break
     */
    record Cell(String id, boolean code, String text) {}

    /** The cells of an exercise: the texts of the sheet, and after each the code of the section of that name. */
    static List<Cell> cells(Exercise exercise, String program) throws IOException {
        String id = exercise.name().toLowerCase(Locale.ROOT);
        List<Cell> cells = new ArrayList<>();
        List<String[]> code = split(SECTION, program);
        List<String[]> texts = split(HEADING, exercise.page().text());
        for (String[] text : texts) {
            String letter = text[0].substring(0, Math.min(2, text[0].length())); // such as a. or nothing
            boolean part = letter.endsWith(".");
            String name = part ? letter.substring(0, 1) : text[0].isEmpty() ? "intro" : "questions";
            String heading = text[0].isEmpty() ? "" : "## " + text[0] + "\n\n";
            cells.add(new Cell(id + "-" + name, false, (heading + text[1].strip()).strip()));
            for (String[] section : code) {
                String java = null;
                if (part && section[0].startsWith(letter)) {
                    java = section[1].strip() + "\n\npart" + name.toUpperCase(Locale.ROOT) + "();";
                } else if (name.equals("intro") && section[0].isEmpty()) {
                    java = section[1]
                            .lines()
                            .filter(line -> line.startsWith("import "))
                            .reduce("", (all, line) -> all + line + "\n");
                } else if (name.equals("intro") && section[0].equals("Tools")) {
                    java = section[1];
                }
                if (java != null) {
                    String suffix = section[0].isEmpty() ? "-imports" : section[0].equals("Tools") ? "-tools" : "-code";
                    cells.add(new Cell(id + "-" + name + suffix, true, java.strip()));
                }
            }
        }
        return cells;
    }

    /** Pairs of heading and text; the heading of what stands before the first one is empty. */
    private static List<String[]> split(Pattern heading, String text) {
        List<String[]> parts = new ArrayList<>();
        String name = "";
        int from = 0;
        Matcher matcher = heading.matcher(text);
        while (matcher.find()) {
            parts.add(new String[] {name, text.substring(from, matcher.start())});
            name = matcher.group(1);
            from = matcher.end();
        }
        parts.add(new String[] {name, text.substring(from)});
        return parts;
    }

    /**
     * A notebook in nbformat 4.5.
     *
     * @param cells the cells
     * @param output what a cell of code prints, or null for cells that have not been run
     */
    static String notebook(List<Cell> cells, Function<Cell, String> output) throws IOException {
        ObjectNode notebook = JSON.createObjectNode();
        ArrayNode array = notebook.putArray("cells");
        int count = 0;
        for (Cell cell : cells) {
            ObjectNode node = array.addObject();
            node.put("cell_type", cell.code() ? "code" : "markdown");
            String printed = cell.code() ? output.apply(cell) : null;
            if (cell.code()) {
                if (printed == null) {
                    node.putNull("execution_count");
                } else {
                    node.put("execution_count", ++count);
                }
            }
            node.put("id", cell.id());
            node.putObject("metadata");
            if (cell.code()) {
                ArrayNode outputs = node.putArray("outputs");
                if (printed != null && !printed.isEmpty()) {
                    ObjectNode stream = outputs.addObject();
                    stream.put("name", "stdout");
                    stream.put("output_type", "stream");
                    lines(stream.putArray("text"), printed);
                }
            }
            lines(node.putArray("source"), cell.text());
        }
        ObjectNode metadata = notebook.putObject("metadata");
        ObjectNode kernel = metadata.putObject("kernelspec");
        kernel.put("display_name", "Java");
        kernel.put("language", "java");
        kernel.put("name", "java");
        ObjectNode language = metadata.putObject("language_info");
        language.put("file_extension", ".java");
        language.put("mimetype", "text/x-java");
        language.put("name", "java");
        notebook.put("nbformat", 4);
        notebook.put("nbformat_minor", 5);
        DefaultIndenter indenter = new DefaultIndenter(" ", "\n");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter(
                        Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                .withObjectIndenter(indenter)
                .withArrayIndenter(indenter);
        return JSON.writer(printer).writeValueAsString(notebook) + "\n";
    }

    private static void lines(ArrayNode array, String text) {
        int from = 0;
        while (from < text.length()) {
            int to = text.indexOf('\n', from) + 1;
            to = to == 0 ? text.length() : to;
            array.add(text.substring(from, to));
            from = to;
        }
    }
}
