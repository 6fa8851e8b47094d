import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compiles the CUDA sources of a folder, each into a fat binary of its own, and checks the result: no kernel spills
 * registers, and kernels called {@code hopper_…} use the warp-group matrix instructions. What has not changed is not
 * compiled again. Without nvcc it writes why there are no kernels, and the build goes on.
 *
 * <p>Run by Maven: {@code java CompileKernels.java SOURCES WORK OUTPUT}.
 */
final class CompileKernels {
    /** Hopper's own instructions need a target that is Hopper alone. */
    private static final List<String> HOPPER = List.of("-gencode", "arch=compute_90a,code=sm_90a");

    /** For every GPU since Ampere, compiled by the driver; for Hopper ready to run. */
    private static final List<String> PORTABLE =
            List.of("-gencode", "arch=compute_80,code=compute_80", "-gencode", "arch=compute_90,code=sm_90");

    private static final List<String> FLAGS =
            List.of("-fatbin", "-std=c++17", "-O3", "-Xptxas=-v", "--keep");

    /** The first release of CUDA that knows Hopper's own instructions. */
    private static final int LEAST_RELEASE = 12;

    /** The file that says why there are no kernels, read at run time. */
    private static final String ABSENT = "absent.txt";

    private final Path sources;
    private final Path work;
    private final Path output;

    private CompileKernels(Path sources, Path work, Path output) {
        this.sources = sources;
        this.work = work;
        this.output = output;
    }

    public static void main(String[] args) throws Exception {
        try {
            new CompileKernels(Path.of(args[0]), Path.of(args[1]), Path.of(args[2])).run();
        } catch (BadKernelException e) {
            System.err.println("[ERROR] " + e.getMessage());
            System.exit(1);
        }
    }

    /** A source that nvcc refuses, or a kernel that fails a check. */
    private static final class BadKernelException extends Exception {
        BadKernelException(String message) {
            super(message);
        }
    }

    private void run() throws Exception {
        Files.createDirectories(output);
        Files.createDirectories(work);
        Optional<Path> nvcc = findNvcc();
        if (nvcc.isEmpty()) {
            buildWithout("nvcc was not found when this was built", "no nvcc on the PATH or in CUDA_HOME");
            return;
        }
        String version = runToEnd(List.of(nvcc.get().toString(), "--version"), work);
        Matcher release = Pattern.compile("release (\\d+)\\.").matcher(version);
        if (!release.find() || Integer.parseInt(release.group(1)) < LEAST_RELEASE) {
            buildWithout(
                    "nvcc was older than " + LEAST_RELEASE + " when this was built",
                    nvcc.get() + " is not of CUDA " + LEAST_RELEASE + " or later");
            return;
        }
        List<Path> kernels = files(".cu");
        removeStale(kernels);
        Files.deleteIfExists(output.resolve(ABSENT));
        String common = digest(nvcc.get() + version + headers());
        List<Exception> failures = new ArrayList<>();
        kernels.parallelStream().forEach(kernel -> {
            try {
                compile(nvcc.get(), kernel, common);
            } catch (Exception e) {
                synchronized (failures) {
                    failures.add(e);
                }
            }
        });
        for (Exception failure : failures) {
            if (!(failure instanceof BadKernelException)) {
                throw failure;
            }
        }
        if (!failures.isEmpty()) {
            throw new BadKernelException(
                    failures.stream().map(Exception::getMessage).collect(Collectors.joining("\n[ERROR] ")));
        }
    }

    private void buildWithout(String reason, String warning) throws IOException {
        removeStale(List.of());
        write(output.resolve(ABSENT), reason);
        System.err.println("[WARNING] " + warning + ": building without CUDA kernels");
    }

    /** The compiler of {@code CUDA_HOME}, else of the PATH, else of the usual place. */
    private static Optional<Path> findNvcc() {
        List<Path> folders = new ArrayList<>();
        String home = System.getenv("CUDA_HOME");
        if (home != null && !home.isEmpty()) {
            folders.add(Path.of(home, "bin"));
        }
        String path = System.getenv().getOrDefault("PATH", "");
        Arrays.stream(path.split(Pattern.quote(File.pathSeparator)))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of)
                .forEach(folders::add);
        folders.add(Path.of("/usr/local/cuda/bin"));
        return folders.stream()
                .flatMap(folder -> Stream.of(folder.resolve("nvcc"), folder.resolve("nvcc.exe")))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private List<Path> files(String suffix) throws IOException {
        if (!Files.isDirectory(sources)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(sources)) {
            return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private String headers() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String suffix : List.of(".h", ".cuh")) {
            for (Path header : files(suffix)) {
                text.append(header.getFileName()).append('\n').append(Files.readString(header));
            }
        }
        return text.toString();
    }

    private static String name(Path kernel) {
        return kernel.getFileName().toString().replaceFirst("\\.cu$", "");
    }

    private void removeStale(List<Path> kernels) throws IOException {
        List<String> wanted = kernels.stream().map(kernel -> name(kernel) + ".fatbin").toList();
        try (Stream<Path> built = Files.list(output)) {
            for (Path file : built.filter(file -> file.toString().endsWith(".fatbin")).toList()) {
                if (!wanted.contains(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        }
    }

    private void compile(Path nvcc, Path kernel, String common) throws Exception {
        String name = name(kernel);
        boolean hopper = name.startsWith("hopper_");
        List<String> command = new ArrayList<>(List.of(nvcc.toString()));
        command.addAll(FLAGS);
        command.addAll(hopper ? HOPPER : PORTABLE);
        Path folder = Files.createDirectories(work.resolve(name));
        Path built = folder.resolve(name + ".fatbin");
        Path target = output.resolve(name + ".fatbin");
        Path stamp = work.resolve(name + ".sha256");
        String digest = digest(common + command + Files.readString(kernel) + Files.readString(program()));
        if (Files.exists(target) && Files.exists(stamp) && Files.readString(stamp).equals(digest)) {
            return;
        }
        command.addAll(List.of("--keep-dir", folder.toString(), "-o", built.toString(), kernel.toString()));
        String report = runToEnd(command, folder);
        write(work.resolve(name + ".log"), report);
        check(kernel, report, folder);
        Files.move(built, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        write(stamp, digest);
        try (Stream<Path> kept = Files.list(folder)) {
            for (Path file : kept.toList()) {
                Files.delete(file);
            }
        }
    }

    /** This program: when it changes, everything is compiled and checked anew. */
    private static Path program() {
        return Path.of(System.getProperty("jdk.launcher.sourcefile", "src/build/CompileKernels.java"));
    }

    private static void check(Path kernel, String report, Path folder) throws IOException, BadKernelException {
        List<String> faults = new ArrayList<>();
        Matcher spills = Pattern.compile(
                        "Function properties for (\\S+)\\s+\\d+ bytes stack frame, (\\d+) bytes spill stores")
                .matcher(report);
        while (spills.find()) {
            if (!spills.group(2).equals("0")) {
                faults.add(spills.group(1) + " spills " + spills.group(2) + " bytes of registers");
            }
        }
        // ptxas's warning C7510 and its kin: the matrix instructions run one by one.
        report.lines().filter(line -> line.contains("wgmma") && line.contains("serialized")).forEach(faults::add);
        try (Stream<Path> kept = Files.list(folder)) {
            for (Path cubin : kept.filter(file -> file.toString().endsWith(".cubin")).toList()) {
                matrixInstructions(cubin).forEach((function, count) -> {
                    if (function.startsWith("hopper_") && count == 0) {
                        faults.add(function + " has no warp-group matrix instruction");
                    }
                });
            }
        }
        if (!faults.isEmpty()) {
            throw new BadKernelException(kernel + ": " + String.join("; ", faults));
        }
    }

    /**
     * The number of warp-group matrix instructions (HGMMA) in every function of a cubin. An instruction takes 16 bytes
     * and its lowest nine bits are the operation. cuobjdump would tell, but the compiler comes without it.
     */
    private static Map<String, Integer> matrixInstructions(Path cubin) throws IOException {
        ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(cubin)).order(ByteOrder.LITTLE_ENDIAN);
        int sections = (int) elf.getLong(0x28);
        int sectionSize = elf.getShort(0x3A);
        int count = elf.getShort(0x3C);
        int names = (int) elf.getLong(sections + elf.getShort(0x3E) * sectionSize + 0x18);
        Map<String, Integer> found = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int section = sections + i * sectionSize;
            String name = text(elf, names + elf.getInt(section));
            if (name.startsWith(".text.")) {
                int from = (int) elf.getLong(section + 0x18);
                int to = from + (int) elf.getLong(section + 0x20);
                int matrix = 0;
                for (int at = from; at < to; at += 16) {
                    if ((elf.getShort(at) & 0x1FF) == 0x1F0) {
                        matrix++;
                    }
                }
                found.put(name.substring(".text.".length()), matrix);
            }
        }
        return found;
    }

    private static String text(ByteBuffer bytes, int from) {
        int to = from;
        while (bytes.get(to) != 0) {
            to++;
        }
        return new String(bytes.array(), from, to - from, StandardCharsets.US_ASCII);
    }

    private static String runToEnd(List<String> command, Path folder)
            throws IOException, InterruptedException, BadKernelException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new BadKernelException(String.join(" ", command) + "\n" + said);
        }
        return said;
    }

    private static String digest(String text) throws NoSuchAlgorithmException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static void write(Path file, String text) throws IOException {
        Path temporary = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
