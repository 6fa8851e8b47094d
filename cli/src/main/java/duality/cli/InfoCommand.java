package duality.cli;

import com.sun.management.OperatingSystemMXBean;
import duality.kernels.Simd;
import duality.ssd.SsdBackend;
import duality.ssd.SsdBackends;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code info}: what this machine and this JVM offer, and why a backend is absent. */
@Command(name = "info", description = "Show the JVM, the SIMD width and the backends.")
final class InfoCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        line(out, "Duality", Main.Version.text());
        line(out, "Java", java());
        line(out, "System", system());
        line(out, "SIMD", Simd.description());
        out.println("Backends");
        SsdBackends.all().forEach(backend -> line(out, "  " + backend.name(), state(backend)));
    }

    /** What a backend runs on, or {@code absent:} and the reason. */
    private static String state(SsdBackend backend) {
        return backend.absence().map(reason -> "absent: " + reason).orElseGet(backend::description);
    }

    static String java() {
        return property("java.runtime.version") + ", " + property("java.vm.name") + ", " + property("java.vendor");
    }

    static String system() {
        Runtime runtime = Runtime.getRuntime();
        String memory = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
                ? gibibytes(bean.getTotalMemorySize()) + " memory, "
                : "";
        return "%s %s, %d CPUs, %sheap up to %s"
                .formatted(
                        property("os.name"),
                        property("os.arch"),
                        runtime.availableProcessors(),
                        memory,
                        gibibytes(runtime.maxMemory()));
    }

    private static String property(String key) {
        return System.getProperty(key, "unknown");
    }

    static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / 0x1p30);
    }

    private static void line(PrintWriter out, String label, String text) {
        out.println("%-13s%s".formatted(label, text));
    }
}
