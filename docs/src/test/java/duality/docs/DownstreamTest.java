package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Projects outside this one, built as their authors would: with our artefacts from a repository, here a temporary one in
 * front of the usual one, and without a network.
 */
class DownstreamTest {
    private static final Path ROOT = Page.ROOT;
    private static final String VERSION = "0.1.0-SNAPSHOT";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void install() throws Exception {
        installPom("duality", ROOT.resolve("pom.xml"));
        installPom("duality-bom", ROOT.resolve("bom/pom.xml"));
        for (String module : List.of("semiseparable", "sma", "ssd")) {
            installJar("duality-" + module, module);
        }
        installJar("duality-proofs", "proofs-as-tests");
    }

    private static Path installed(String artifact, String extension) throws IOException {
        Path home = folder.resolve("repository/dev/duality").resolve(artifact).resolve(VERSION);
        Files.createDirectories(home);
        return home.resolve(artifact + "-" + VERSION + extension);
    }

    private static void installPom(String artifact, Path pom) throws IOException {
        Files.copy(pom, installed(artifact, ".pom"));
    }

    /** The classes as a jar: what packaging makes of them, which this test must not wait for. */
    private static void installJar(String artifact, String module) throws IOException {
        installPom(artifact, ROOT.resolve(module).resolve("pom.xml"));
        Path classes = ROOT.resolve(module).resolve("target/classes");
        try (OutputStream file = Files.newOutputStream(installed(artifact, ".jar"));
                JarOutputStream jar = new JarOutputStream(file);
                Stream<Path> all = Files.walk(classes)) {
            all.filter(Files::isRegularFile).forEach(path -> {
                try {
                    jar.putNextEntry(
                            new ZipEntry(classes.relativize(path).toString().replace('\\', '/')));
                    Files.copy(path, jar);
                    jar.closeEntry();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private record Build(int code, String log) {}

    private static Build build(String example, String... options) throws Exception {
        Path project = Files.createTempDirectory(folder, example);
        Path source = ROOT.resolve("docs/examples").resolve(example);
        try (Stream<Path> all = Files.walk(source)) {
            for (Path path :
                    all.filter(p -> !source.relativize(p).startsWith("target")).toList()) {
                Path target = project.resolve(source.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
        String usual = System.getProperty("localRepository", System.getProperty("user.home") + "/.m2/repository");
        List<String> command = new ArrayList<>(List.of(
                ROOT.resolve("mvnw").toString(),
                "-B",
                "-o",
                "-Dmaven.repo.local=" + folder.resolve("repository"),
                "-Dmaven.repo.local.tail=" + usual));
        command.addAll(List.of(options));
        Path log = Files.createTempFile(folder, "build", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ends in time").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Build(process.exitValue(), Files.readString(log));
    }

    @Test
    void aModelOfOnesOwnObeysTheLaws() throws Exception {
        Build build = build("own-model", "test");
        assertThat(build.code()).as(build.log()).isZero();
        assertThat(build.log()).contains("Tests run: 9, Failures: 0").contains("partial last chunk");
    }

    /** A user of the library alone, by its bill of materials: outputs, and a picture. */
    @Test
    void aProgramRunsTheOperatorAndDraws() throws Exception {
        Path picture = folder.resolve("model.svg");
        Build build = build("forward", "compile", "exec:exec", "-Dpicture=" + picture);
        assertThat(build.code()).as(build.log()).isZero();
        assertThat(build.log()).contains("agrees with the definition to 1e-12: true");
        assertThat(Files.readString(picture)).startsWith("<svg").contains("M = 1SS(a) ∘ (C Bᵀ)");
    }

    /** The counterexample names the law, shows the numbers, and is small. */
    @Test
    void aMistakeIsFoundAndShown() throws Exception {
        Build build = build("own-model", "test", "-Dmodel=broken");
        assertThat(build.code()).as(build.log()).isOne();
        assertThat(build.log())
                .contains("closedFormIsTheMatrix", "closed form: M[1,0] = ", "at T=2 P=1")
                .contains("LawViolation")
                .doesNotContain("COMPILATION ERROR");
    }
}
