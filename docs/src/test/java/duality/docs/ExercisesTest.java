package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import duality.docs.Exercises.Cell;
import duality.docs.Exercises.Exercise;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The exercises: solutions do what the sheets say, starting files ask for what is missing, and the notebooks are the same code. */
class ExercisesTest {
    static List<Exercise> exercises() {
        return Exercises.ALL;
    }

    /** What some code prints. */
    private static String printed(Runnable code) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
            code.run();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Compiles a Java file without a class and runs its main method. */
    private static void run(String name, String program, Path classes) throws Throwable {
        Page.compile(classes, Map.of(name, program));
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, ExercisesTest.class.getClassLoader())) {
            Class<?> type = loader.loadClass(name);
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            Method main = type.getDeclaredMethod("main");
            main.setAccessible(true);
            main.invoke(constructor.newInstance());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @ParameterizedTest
    @MethodSource("exercises")
    void solutionsPrintWhatTheSheetsSay(Exercise exercise, @TempDir Path classes) throws Exception {
        String printed = printed(() -> {
            try {
                run(exercise.name(), exercise.solution(), classes);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        });
        assertThat(String.join("", exercise.page().listings("text"))).isEqualTo(printed);
    }

    /** Each part has a gap, and the first of them is what a starting file asks for. */
    @ParameterizedTest
    @MethodSource("exercises")
    void startingFilesAreTheSolutionsWithGaps(Exercise exercise, @TempDir Path classes) throws Exception {
        requireUpToDate("start/" + exercise.name() + ".java", exercise.start());
        assertThat(exercise.solution().split("todo\\(", -1)).hasSizeGreaterThanOrEqualTo(4);
        assertThat(exercise.start()).doesNotContain("solution:", "instead:");
        String printed = printed(() -> assertThatThrownBy(() -> run(exercise.name(), exercise.start(), classes))
                .hasMessageStartingWith("not yet: a. ")
                .extracting(e -> e.getStackTrace()[0].getFileName())
                .isEqualTo(exercise.name() + ".java"));
        assertThat(printed).doesNotContain("ok: ");
    }

    /** As a student calls it. */
    @Test
    void aFileRunsByItself() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dduality.simd=off",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Exercises.FOLDER.resolve("start/BuildM.java").toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(printed).isOne();
        assertThat(printed.lines())
                .hasSizeGreaterThan(1)
                .first()
                .asString()
                .endsWith("not yet: a. write M, row by row: integers(4, ...)");
    }

    @Test
    void theNotebookOfSolutionsIsTheSolutions() throws Exception {
        List<Cell> cells = new ArrayList<>();
        Map<String, String> outputs = new LinkedHashMap<>();
        try (JShell shell = shell()) {
            for (Exercise exercise : Exercises.ALL) {
                for (Cell cell : Exercises.cells(exercise, exercise.solution())) {
                    cells.add(cell);
                    if (cell.code()) {
                        outputs.put(
                                cell.id(),
                                printed(() -> assertThat(evaluate(shell, cell)).isEmpty()));
                    }
                }
                StringBuilder all = new StringBuilder();
                outputs.forEach((id, text) -> all.append(id.startsWith(id(exercise)) ? text : ""));
                assertThat(all).hasToString(String.join("", exercise.page().listings("text")));
            }
        }
        requireUpToDate("solutions.ipynb", Exercises.notebook(cells, cell -> outputs.get(cell.id())));
    }

    @Test
    void theNotebookOfExercisesAsksForWhatIsMissing() throws Exception {
        List<Cell> cells = new ArrayList<>();
        for (Exercise exercise : Exercises.ALL) {
            cells.addAll(Exercises.cells(exercise, exercise.start()));
        }
        requireUpToDate("exercises.ipynb", Exercises.notebook(cells, _ -> null));
        Exercise first = Exercises.ALL.getFirst();
        try (JShell shell = shell()) {
            List<String> problems = Exercises.cells(first, first.start()).stream()
                    .filter(Cell::code)
                    .limit(3)
                    .flatMap(cell -> evaluate(shell, cell).stream())
                    .toList();
            assertThat(problems).hasSize(1).first().asString().contains("not yet: a. ");
        }
    }

    /** The cells that the files hold, read back: unique names, and code that is that of the generator. */
    @Test
    void notebooksAreInTheirFormat() throws Exception {
        for (String name : List.of("exercises.ipynb", "solutions.ipynb")) {
            JsonNode notebook = new ObjectMapper().readTree(Files.readString(Exercises.FOLDER.resolve(name)));
            assertThat(notebook.get("nbformat").asInt()).isEqualTo(4);
            assertThat(notebook.get("cells")).hasSizeGreaterThan(50);
            assertThat(notebook.get("cells"))
                    .extracting(cell -> cell.get("id").asText())
                    .doesNotHaveDuplicates();
            assertThat(notebook.get("cells"))
                    .allMatch(cell -> cell.get("id").asText().matches("[a-zA-Z0-9_-]{1,64}"))
                    .filteredOn(cell -> cell.get("cell_type").asText().equals("code"))
                    .hasSizeGreaterThan(25)
                    .allMatch(cell ->
                            cell.has("execution_count") && cell.get("outputs").isArray());
        }
    }

    private static String id(Exercise exercise) {
        return exercise.name().toLowerCase(Locale.ROOT);
    }

    private static JShell shell() {
        JShell shell = JShell.builder().executionEngine("local").build();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            shell.addToClasspath(entry);
        }
        shell.eval("import module java.base;");
        return shell;
    }

    /** Runs the snippets of a cell; what goes wrong, in words. */
    private static List<String> evaluate(JShell shell, Cell cell) {
        List<String> problems = new ArrayList<>();
        SourceCodeAnalysis analysis = shell.sourceCodeAnalysis();
        String rest = cell.text();
        while (!rest.isBlank()) {
            SourceCodeAnalysis.CompletionInfo info = analysis.analyzeCompletion(rest);
            if (!info.completeness().isComplete()) {
                return List.of(cell.id() + ": does not end: " + rest);
            }
            for (SnippetEvent event : shell.eval(info.source())) {
                if (event.causeSnippet() == null && event.status() != Snippet.Status.VALID) {
                    problems.add(cell.id() + ": " + event.status() + ": "
                            + shell.diagnostics(event.snippet())
                                    .map(problem -> problem.getMessage(null))
                                    .toList() + " in " + info.source());
                }
                if (event.exception() != null) {
                    problems.add(cell.id() + ": " + event.exception().getMessage());
                }
            }
            rest = info.remaining();
        }
        return problems;
    }

    /** Compares with the file, and leaves what should be there for taking over. */
    private static void requireUpToDate(String file, String expected) throws Exception {
        Path made = Page.ROOT.resolve("docs/target/exercises").resolve(file);
        Files.createDirectories(made.getParent());
        Files.writeString(made, expected);
        assertThat(Exercises.FOLDER.resolve(file))
                .as("%s should be %s", file, made)
                .exists()
                .hasContent(expected);
    }

    @Test
    void everyExerciseHasASheet() throws Exception {
        try (Stream<Path> files = Files.list(Exercises.FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.matches("\\d-.*\\.md"))
                            .sorted())
                    .containsExactlyElementsOf(
                            Exercises.ALL.stream().map(Exercise::sheet).toList());
        }
    }
}
