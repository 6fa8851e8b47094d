package duality.kernels;

import java.lang.reflect.InvocationTargetException;
import java.util.Optional;

/**
 * Makes {@code jdk.incubator.vector} available to a running JVM.
 *
 * <p>The option {@code --add-modules} does the same, with a warning on stderr at every start that no option silences, and
 * without most of the start-up cache. The JDK loads modules late for its own agents; a launcher that passes {@code
 * --add-exports=java.base/jdk.internal.module=ALL-UNNAMED} lets this class do so too. The result is a module like any
 * other, its vectors compiled to the same instructions, but in a layer above {@link ModuleLayer#boot()}.
 */
final class VectorModule {
    private static final String NAME = "jdk.incubator.vector";

    private VectorModule() {}

    /** Loads the module unless it is there already; returns why it is absent, empty if it is not. */
    static Optional<String> load() {
        if (ModuleLayer.boot().findModule(NAME).isPresent()) {
            return Optional.empty();
        }
        try {
            Class.forName("jdk.internal.module.Modules")
                    .getMethod("loadModule", String.class)
                    .invoke(null, NAME);
            return Optional.empty();
        } catch (InvocationTargetException e) {
            return Optional.of("this Java has no module " + NAME);
        } catch (ReflectiveOperationException e) {
            return Optional.of("the JVM runs without --add-modules=" + NAME);
        }
    }
}
