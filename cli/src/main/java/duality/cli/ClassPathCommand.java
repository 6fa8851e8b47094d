package duality.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code class-path}: what other programs need to run with Duality. */
@Command(
        name = "class-path",
        description = "Print the class path, for programs of your own.",
        footer = {"", "java -cp \"$(./duality class-path)\" File.java"})
final class ClassPathCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().getOut().println(classPath());
    }

    /** The class path of this JVM, wildcards resolved. */
    static String classPath() {
        return System.getProperty("java.class.path");
    }
}
