package duality.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.ValueException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice of kernels, and their laws at every width, each in a class loader that chooses anew. */
class SimdTest {
    /** Loads the classes of this package, and the matrices that run on them, a second time. */
    private static final class Anew extends ClassLoader {
        Anew() {
            super(SimdTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("duality.kernels.") && !name.startsWith("duality.semiseparable.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (InputStream in =
                    Objects.requireNonNull(getParent().getResourceAsStream(name.replace('.', '/') + ".class"), name)) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private static Object call(String width, Class<?> type, String name) throws Throwable {
        return call(width, type.getName(), name);
    }

    private static Object call(String width, String type, String name) throws Throwable {
        String before = System.getProperty(Simd.PROPERTY);
        System.setProperty(Simd.PROPERTY, width);
        try {
            Method method = new Anew().loadClass(type).getDeclaredMethod(name);
            method.setAccessible(true);
            return method.invoke(null);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            if (before == null) {
                System.clearProperty(Simd.PROPERTY);
            } else {
                System.setProperty(Simd.PROPERTY, before);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "off", "128", "256", "512"})
    void everyWidthObeysTheLaws(String width) throws Throwable {
        call(width, KernelLaws.class, "checkChosen");
        call(width, StateKernelLaws.class, "checkChosen");
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "128", "256"})
    void everyWidthMultipliesAndSolves(String width) throws Throwable {
        call(width, "duality.semiseparable.ScalarGeneratorsTest", "checkChosen");
    }

    @ParameterizedTest
    @ValueSource(strings = {"128", "256", "512"})
    void thePropertyRestrictsTheWidth(String width) throws Throwable {
        assertThat(call(width, Simd.class, "description").toString()).startsWith(width + " bits: ");
    }

    @Test
    void thePropertySwitchesVectorsOff() throws Throwable {
        assertThat(call("off", Simd.class, "description")).isEqualTo("off by duality.simd");
    }

    @Test
    void theVectorApiIsTheDefault() {
        assertThat(Simd.description()).contains(" bits: ");
    }

    @Test
    void anythingElseIsRefused() {
        assertThatThrownBy(() -> call("1024", Simd.class, "description"))
                .isInstanceOf(ExceptionInInitializerError.class)
                .hasCauseInstanceOf(ValueException.class)
                .cause()
                .hasMessageContaining("duality.simd = 1024");
    }
}
