package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs a copy of the launcher in a project that has a stand-in for Maven, with stand-ins for JDKs, in
 * an environment that holds nothing else. All the paths have spaces.
 */
class LauncherTest {
    private static final String MAVEN = """
            #!/usr/bin/env bash
            printf '%s|' "$JAVA_HOME" "$@" >>maven.log; echo >>maven.log
            [ -f slow ] && sleep 1
            if [ -f broken ]; then echo 'some noise'; echo '[ERROR] Broken.java:[1,1] nonsense'; exit 1; fi
            mkdir -p cli/target/lib && : >cli/target/duality.jar
            """;
    private static final String JAVA = """
            #!/usr/bin/env bash
            echo "$0"; echo "$PWD"; printf '%s\\n' "$@"
            exit "${STUB_EXIT:-0}"
            """;

    private record Outcome(int code, List<String> out, List<String> err) {
        Path jdk() {
            return Path.of(out.getFirst()).resolve("../..").normalize();
        }
    }

    @TempDir
    Path temporary;

    private Path home;
    private Path tools;
    private Path project;
    private Path systemJdks;
    private final Map<String, String> environment = new LinkedHashMap<>();

    @BeforeEach
    void layOut() throws Exception {
        Path folder = Files.createDirectory(temporary.toRealPath().resolve("a folder"));
        home = Files.createDirectory(folder.resolve("home"));
        tools = Files.createDirectory(folder.resolve("tools"));
        project = Files.createDirectory(folder.resolve("project"));
        systemJdks = Files.createDirectories(home.resolve("usr/lib/jvm"));
        for (String tool :
                List.of("bash", "cat", "find", "grep", "head", "mkdir", "mv", "readlink", "rm", "sleep", "tail")) {
            script(tools.resolve(tool), "#!%s\nexec '%s' \"$@\"\n".formatted(find("bash"), find(tool)));
        }
        environment.put("PATH", tools.toString());
        environment.put("HOME", home.toString());

        // The system's own folders for JDKs become folders of the home.
        String launcher = Files.readString(Path.of("../duality"))
                .replaceAll("(?<=[ (])/(?=usr/|opt/|Library/)", "\"\\${HOME-}\"/");
        script(project.resolve("duality"), launcher);
        script(project.resolve("mvnw"), MAVEN);
        write(project.resolve("pom.xml"), "");
        write(project.resolve(".mvn/jvm.config"), "");
        write(project.resolve("cli/pom.xml"), "");
        write(project.resolve("cli/src/main/java/Main.java"), "");
        write(project.resolve("ssd/src/main/java/Ssd.java"), "");
    }

    @Test
    void runsTheCommandWhereTheCallerIs() throws Exception {
        environment.put("JAVA_HOME", jdk("25.0.3").toString());
        Outcome run = launch("info", "--file", "a b", "");
        assertThat(run.code()).isZero();
        assertThat(run.out().get(1)).isEqualTo(home.toString());
        assertThat(run.out())
                .contains(
                        "--enable-native-access=ALL-UNNAMED",
                        project + "/cli/target/duality.jar:" + project + "/cli/target/lib/*")
                .endsWith("duality.cli.Main", "info", "--file", "a b", "");
        assertThat(launch("info").err()).isEmpty();
    }

    @Test
    void runsAProgramFromItsSource() throws Exception {
        environment.put("JAVA_HOME", jdk("25.0.3").toString());
        environment.put("DUALITY_JAVA_OPTIONS", "-Xmx1g");
        Outcome run = launch("java", "A file.java", "one", "");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .containsSubsequence(
                        "-Xmx1g", "-cp", project + "/cli/target/duality.jar:" + project + "/cli/target/lib/*")
                .endsWith("A file.java", "one", "")
                .doesNotContain("duality.cli.Main");
    }

    @Test
    void saysInOneLineWhatTheSiteNeeds() throws Exception {
        environment.put("JAVA_HOME", jdk("25.0.3").toString());
        Outcome none = launch("site");
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err())
                .containsExactly("duality: the site needs Node.js 20 or later with npm (https://nodejs.org)");
        script(tools.resolve("node"), "#!/usr/bin/env bash\necho v18.20.4\n");
        script(tools.resolve("npm"), "#!/usr/bin/env bash\necho 10.7.0\n");
        assertThat(launch("site").err())
                .containsExactly(
                        "duality: the site needs Node.js 20 or later with npm (https://nodejs.org); this is 18.20.4");
        assertThat(launch("site", "--serv").err())
                .containsExactly("duality: site takes a folder, or --serve and a port");
        assertThat(project.resolve("maven.log")).doesNotExist();
    }

    @Test
    void passesOnTheExitCodeAndTheOptions() throws Exception {
        environment.put("JAVA_HOME", jdk("25.0.3").toString());
        environment.put("STUB_EXIT", "1");
        environment.put("DUALITY_JAVA_OPTIONS", "-Xmx1g -Dstar=*");
        Outcome run = launch("info");
        assertThat(run.code()).isOne();
        assertThat(run.out()).containsSubsequence("-Xmx1g", "-Dstar=*", "-cp");
    }

    @Test
    void worksThroughLinksAndByRelativePaths() throws Exception {
        environment.put("JAVA_HOME", jdk("25.0.3").toString());
        Path links = Files.createDirectory(home.resolve("links"));
        Files.createSymbolicLink(links.resolve("one"), Path.of("../../project/duality"));
        Files.createSymbolicLink(home.resolve("two"), Path.of("links/one"));
        for (List<String> command : List.of(
                List.of("./two", "info"),
                List.of("bash", "two", "info"),
                List.of("../project/duality", "info"),
                List.of("bash", "../project/duality", "info"))) {
            Outcome run = finish(start(command));
            assertThat(run.code()).isZero();
            assertThat(run.out()).contains(project + "/cli/target/duality.jar:" + project + "/cli/target/lib/*");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"25.0.3", "25.0.3.1", "25.0.10", "25.1", "26", "26-ea", "26.0.1", "100"})
    void takesAJdkThatIsNewEnough(String version) throws Exception {
        Path jdk = jdk(version);
        environment.put("JAVA_HOME", jdk.toString());
        assertThat(launch("info").jdk()).isEqualTo(jdk);
    }

    @ParameterizedTest
    @ValueSource(strings = {"25", "25-ea", "25.0.2", "25.0.2.9", "24.9.9", "21.0.11", "1.8.0_402"})
    void saysInTwoLinesWhatToInstall(String version) throws Exception {
        environment.put("JAVA_HOME", jdk(version).toString());
        Outcome run = launch("info");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .containsExactly(
                        "duality: needs JDK 25.0.3 or later; the latest here is " + version + ".",
                        "Install one, such as Eclipse Temurin 25 (https://adoptium.net), and let JAVA_HOME or PATH"
                                + " point to it.");
        assertThat(project.resolve("maven.log")).doesNotExist();
    }

    @Test
    void saysSoWithoutAnyJdkToo() throws Exception {
        Path runTime = jdk("25.0.3");
        Files.delete(runTime.resolve("bin/javac"));
        Path nonsense = jdk("nonsense");
        for (String javaHome : List.of("", "/nowhere", runTime.toString(), nonsense.toString())) {
            environment.put("JAVA_HOME", javaHome);
            for (String command : List.of("info", "test", "--help")) {
                Outcome run = launch(command);
                assertThat(run.code()).isEqualTo(2);
                assertThat(run.err()).hasSize(2);
                assertThat(run.err().getFirst()).isEqualTo("duality: needs JDK 25.0.3 or later.");
            }
        }
    }

    @Test
    void followsThePathsLinks() throws Exception {
        Path jdk = jdk("25.0.4");
        environment.put("JAVA_HOME", jdk("21.0.2").toString());
        Files.createSymbolicLink(home.resolve("alternative"), jdk.resolve("bin/java"));
        Files.createSymbolicLink(tools.resolve("java"), Path.of("../home/alternative"));
        assertThat(launch("info").jdk()).isEqualTo(jdk);
    }

    @ParameterizedTest
    @CsvSource({
        "25.0.10, 17.0.9 25.0.3 25.0.10 26.0.1",
        "26.0.1, 25.0.2 26 26.0.1 27",
    })
    void prefersTheLatestUpdateOfTheOldestReleaseThatWillDo(String chosen, String installed) throws Exception {
        for (String version : installed.split(" ", -1)) {
            jdk(systemJdks.resolve("jdk-" + version), version);
        }
        assertThat(launch("info").jdk()).isEqualTo(systemJdks.resolve("jdk-" + chosen));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".sdkman/candidates/java/25.0.3-tem",
                "Library/Java/JavaVirtualMachines/temurin-25.jdk/Contents/Home",
                "opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home",
                "usr/java/latest",
            })
    void looksInTheUsualPlaces(String place) throws Exception {
        Path jdk = jdk(home.resolve(place), "25.0.3");
        assertThat(launch("info").jdk()).isEqualTo(jdk);
    }

    @Test
    void buildsWhatIsMissingOrStale() throws Exception {
        Path jdk = jdk("25.0.3");
        environment.put("JAVA_HOME", jdk.toString());
        assertThat(launch("info").err()).containsExactly("duality: building (the first time takes a minute) ...");
        assertThat(builds()).containsExactly(jdk + "|-q|-B|-Dquick|-Dmaven.test.skip=true|-pl|cli|-am|package|");
        assertThat(launch("info").err()).isEmpty();
        assertThat(builds()).hasSize(1);

        Files.delete(project.resolve("ssd/src/main/java/Ssd.java"));
        assertThat(launch("info").err()).containsExactly("duality: building what changed ...");
        assertThat(launch("info").err()).isEmpty();
        assertThat(builds()).hasSize(2);

        environment.put("JAVA_HOME", jdk("25.0.4").toString());
        launch("info");
        assertThat(builds()).hasSize(3);

        Files.setLastModifiedTime(
                project.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));
        launch("info");
        assertThat(builds()).hasSize(4);
    }

    @Test
    void showsWhyABuildFailsAndTriesAgain() throws Exception {
        environment.put("JAVA_HOME", jdk("25.0.3").toString());
        write(project.resolve("broken"), "");
        for (int attempt = 1; attempt <= 2; attempt++) {
            Outcome run = launch("info");
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err())
                    .containsExactly(
                            "duality: building (the first time takes a minute) ...",
                            "[ERROR] Broken.java:[1,1] nonsense",
                            "duality: the build failed; all it said is in " + project + "/cli/target/build.log");
            assertThat(builds()).hasSize(attempt);
        }
        Files.delete(project.resolve("broken"));
        assertThat(launch("info").code()).isZero();
    }

    @Test
    void buildsOnceForTwoWhoStartTogether() throws Exception {
        environment.put("JAVA_HOME", jdk("25.0.3").toString());
        write(project.resolve("slow"), "");
        List<String> command = List.of(project.resolve("duality").toString(), "info");
        Process first = start(command);
        Process second = start(command);
        List<Outcome> runs = List.of(finish(first), finish(second));
        assertThat(runs).extracting(Outcome::code).containsOnly(0);
        assertThat(runs.stream().flatMap(run -> run.err().stream()))
                .containsOnlyOnce("duality: building (the first time takes a minute) ...")
                .isSubsetOf(
                        "duality: building (the first time takes a minute) ...",
                        "duality: waiting for another build ...");
        assertThat(builds()).hasSize(1);
        assertThat(project.resolve("cli/target/building")).doesNotExist();
    }

    @Test
    void takesOverTheLockOfABuildThatDied() throws Exception {
        environment.put("JAVA_HOME", jdk("25.0.3").toString());
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        write(project.resolve("cli/target/building/owner"), dead.pid() + "\n");
        assertThat(launch("info").code()).isZero();
        assertThat(builds()).hasSize(1);
        assertThat(project.resolve("cli/target/building")).doesNotExist();
    }

    @Test
    void runsTheSuiteThroughMaven() throws Exception {
        Path jdk = jdk("25.0.3");
        environment.put("JAVA_HOME", jdk.toString());
        assertThat(launch("test", "-pl", "a b").code()).isZero();
        assertThat(builds()).containsExactly(jdk + "|-B|verify|-pl|a b|");
        write(project.resolve("broken"), "");
        assertThat(launch("test").code()).isOne();
    }

    /** Stand-ins for id and apt-get, which notes its calls; what it is told to install is then there. */
    private void machine(int user, boolean works) throws IOException {
        script(tools.resolve("id"), "#!/usr/bin/env bash\necho " + user + "\n");
        script(
                tools.resolve("apt-get"),
                "#!/usr/bin/env bash\necho \"$DEBIAN_FRONTEND $*\" >>'%s'\necho noise; echo noise >&2\nexit %d\n"
                        .formatted(project.resolve("apt-get.log"), works ? 0 : 100));
    }

    private Outcome test(String ci) throws IOException, InterruptedException {
        environment.put("JAVA_HOME", jdk("25.0.3").toString());
        environment.put("CI", ci);
        return launch("test");
    }

    @Test
    void installsABrowserForItsTestsInContinuousIntegration() throws Exception {
        machine(0, true);
        assertThat(test("true")).isEqualTo(new Outcome(0, List.of(), List.of()));
        assertThat(project.resolve("apt-get.log"))
                .hasContent("noninteractive -o Acquire::http::Timeout=30 update\n"
                        + "noninteractive install -y --no-install-recommends chromium chromium-driver");
        assertThat(builds()).hasSize(1);
    }

    @Test
    void goesOnWhereNoBrowserCanBeInstalled() throws Exception {
        machine(0, false);
        assertThat(test("true"))
                .isEqualTo(new Outcome(
                        0,
                        List.of(),
                        List.of("duality: apt-get cannot install chromium; the browser tests will be skipped")));
        assertThat(builds()).hasSize(1);
    }

    @Test
    void leavesMachinesAloneThatAreNotForItAlone() throws Exception {
        machine(1000, true);
        assertThat(test("true").code()).isZero();
        machine(0, true);
        assertThat(test("").code()).isZero();
        script(tools.resolve("chromium"), "");
        script(tools.resolve("chromedriver"), "");
        assertThat(test("true").code()).isZero();
        for (String tool : List.of("apt-get", "chromium")) {
            Files.delete(tools.resolve(tool));
        }
        assertThat(test("true").err()).isEmpty();
        assertThat(project.resolve("apt-get.log")).doesNotExist();
        assertThat(builds()).hasSize(4);
    }

    @Test
    void runsTheSuiteOnMutants() throws Exception {
        Path jdk = jdk("25.0.3");
        environment.put("JAVA_HOME", jdk.toString());
        assertThat(launch("test", "--mutation", "-o").code()).isZero();
        assertThat(builds()).containsExactly(jdk + "|-B|-Dquick|-Pmutation|-pl|proofs-as-tests|-am|verify|-o|");
    }

    /** A tool of this machine; the test is skipped where it is not. */
    private static Path find(String tool) {
        Optional<Path> path = Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry, tool))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(path.isPresent(), () -> "no " + tool + " here");
        return path.orElseThrow();
    }

    private Outcome launch(String... args) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(project.resolve("duality").toString()));
        command.addAll(List.of(args));
        return finish(start(command));
    }

    private Process start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** What the launcher prints fits a pipe's buffer, so that it can be read one stream at a time. */
    private static Outcome finish(Process process) throws IOException, InterruptedException {
        List<String> out;
        List<String> err;
        try (var stdout = process.inputReader();
                var stderr = process.errorReader()) {
            out = stdout.lines().toList();
            err = stderr.lines().toList();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), out, err);
    }

    /** The calls of Maven. */
    private List<String> builds() throws IOException {
        return Files.readAllLines(project.resolve("maven.log"));
    }

    private Path jdk(String version) throws IOException {
        return jdk(home.resolve("jdk " + version), version);
    }

    private static Path jdk(Path folder, String version) throws IOException {
        write(folder.resolve("release"), "IMPLEMENTOR=\"Stand-in\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(folder.resolve("bin/java"), JAVA);
        script(folder.resolve("bin/javac"), "");
        return folder;
    }

    private static void script(Path file, String text) throws IOException {
        write(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
