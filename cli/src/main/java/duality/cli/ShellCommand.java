package duality.cli;

import java.io.Console;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.tool.JavaShellToolBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code shell}: JShell with everything at hand. */
@Command(
        name = "shell",
        description = "Open JShell with Duality on the class path and its packages imported.",
        footer = {
            "",
            "Runs the files, then what is typed; where the standard input is no terminal, the files and then the",
            "input, printing nothing but what they print. /exit N ends with exit code N.",
            "The Vector API is used, as by every command."
        })
final class ShellCommand implements Callable<Integer> {
    /** What is imported, besides the module java.base. */
    static final List<String> PACKAGES = List.of(
            "duality.algebra",
            "duality.contraction",
            "duality.errors",
            "duality.exercises",
            "duality.explorer",
            "duality.figures",
            "duality.gpu",
            "duality.gpu.dense",
            "duality.gpu.ssd",
            "duality.kernels",
            "duality.models",
            "duality.proofs",
            "duality.proofs.laws",
            "duality.proofs.symbolic",
            "duality.semiseparable",
            "duality.semiseparable.examples",
            "duality.sma",
            "duality.ssd",
            "duality.tensor");

    /** What the name means, where several of the packages have one. */
    static final List<String> PREFERRED = List.of("duality.models.Step", "duality.proofs.Method");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "Files of Java snippets to run first.")
    @SuppressWarnings("NullAway.Init") // picocli's
    private List<Path> files = List.of();

    @Override
    public Integer call() throws Exception {
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw new NoSuchFileException(file.toString());
            }
        }
        boolean typed = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        if (typed) {
            welcome();
        }
        Path imports = Files.createTempFile("duality-", ".jsh");
        try {
            Files.writeString(
                    imports,
                    Stream.concat(PACKAGES.stream().map(name -> name + ".*"), PREFERRED.stream())
                            .map("import %s;\n"::formatted)
                            .collect(Collectors.joining()));
            return JavaShellToolBuilder.builder()
                    .interactiveTerminal(typed)
                    .start(options(imports, typed).toArray(String[]::new));
        } finally {
            Files.delete(imports);
        }
    }

    private void welcome() {
        spec.commandLine()
                .getOut()
                .println(
                        "Duality %s in JShell: its packages are imported; /imports lists them, /exit leaves.%n%s"
                                .formatted(
                                        Main.Version.text(),
                                        "Try: var k = EjmlBlocks.INSTANCE; k.oneSemiseparable(k.of(3, 1, new double[] {1, 0.5, 0.5}))"));
        spec.commandLine().getOut().flush();
    }

    private List<String> options(Path imports, boolean typed) {
        List<String> options = new ArrayList<>(List.of(
                "--class-path",
                ClassPathCommand.classPath(),
                "--startup",
                "DEFAULT",
                "--startup",
                imports.toString(),
                "--feedback",
                "concise",
                "-R--enable-native-access=ALL-UNNAMED",
                "-R--add-exports=java.base/jdk.internal.module=ALL-UNNAMED")); // see duality.kernels.VectorModule
        files.forEach(file -> options.add(file.toString()));
        if (!typed) {
            options.add("-");
        }
        return options;
    }
}
