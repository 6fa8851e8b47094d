package duality.gpu.ssd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.gpu.CudaDevice;
import duality.gpu.CudaProbe;
import duality.gpu.KernelImages;
import duality.ssd.Precision;
import duality.ssd.SsdBackend;
import duality.ssd.SsdBackends;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOptions.Algorithm;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What can be known of the backend without a GPU. */
class CudaSsdBackendTest {
    private static SsdInputs inputs(int time, int... offsets) {
        return SsdInputs.builder(
                        Tensor.zeros(DType.FLOAT64, 1, time, 2, 3),
                        Tensor.zeros(DType.FLOAT64, 1, time, 2),
                        Tensor.zeros(DType.FLOAT64, 2),
                        Tensor.zeros(DType.FLOAT64, 1, time, 1, 4),
                        Tensor.zeros(DType.FLOAT64, 1, time, 1, 4))
                .cuSeqlens(offsets.length == 0 ? null : Tensor.of(offsets, offsets.length))
                .build();
    }

    @Test
    void isFoundByName() {
        SsdBackend cuda = SsdBackends.all().getLast();
        assertThat(cuda).isInstanceOf(CudaSsdBackend.class);
        assertThat(cuda.description()).isNotBlank();
        cuda.absence()
                .ifPresentOrElse(
                        reason -> assertThatThrownBy(() -> SsdBackends.named("cuda"))
                                .isInstanceOfSatisfying(
                                        UnsupportedRequestException.class,
                                        e -> assertThat(e.fault()).isEqualTo(Fault.UNAVAILABLE))
                                .hasMessage("backend cuda is absent: " + reason),
                        () -> assertThat(SsdBackends.named("cuda")).isSameAs(cuda));
    }

    @Test
    void saysWhyItIsAbsent() {
        assertThat(KernelImages.absence(new CudaProbe.Absent("no driver"))).contains("no driver");
        assertThat(KernelImages.absence(
                        new CudaProbe.Present("13.0", List.of(new CudaDevice(0, "Tesla T4", 1L << 34, 7, 5)))))
                .contains("Tesla T4 has compute capability 7.5; the kernels need 8.0");
        assertThat(KernelImages.absence(
                        new CudaProbe.Present("13.0", List.of(new CudaDevice(0, "NVIDIA H200", 1L << 37, 9, 0)))))
                .isEqualTo(KernelImages.absence());
    }

    @Test
    void kernelsAreThereOrTheReasonIs() {
        KernelImages.absence()
                .ifPresentOrElse(
                        reason -> {
                            assertThat(reason)
                                    .isEqualTo("this build has no kernels: nvcc was not found when this was built");
                            assertThatThrownBy(() -> KernelImages.image("ssd_forward"))
                                    .isInstanceOf(UnsupportedRequestException.class)
                                    .hasMessage(reason);
                        },
                        () -> {
                            for (String file : List.of("ssd_forward", "ssd_backward", "ssd_step")) {
                                assertThat(KernelImages.image(file)).isNotEmpty();
                            }
                            assertThatThrownBy(() -> KernelImages.image("absent"))
                                    .isInstanceOf(UnsupportedRequestException.class)
                                    .hasMessage("this build has no kernels called absent");
                        });
    }

    @Test
    void cutsEverySequenceByItself() {
        Chunks chunks = Chunks.of(SsdShape.of(inputs(200, 0, 0, 5, 5, 134, 200), null, SsdOptions.defaults()));
        assertThat(chunks.rows()).containsExactly(0, 5, 69, 133, 134, 198);
        assertThat(chunks.lengths()).containsExactly(5, 64, 64, 1, 64, 2);
        assertThat(chunks.first()).containsExactly(0, 0, 1, 1, 4, 6);
        assertThat(chunks.slabs(70)).containsExactly(new Chunks.Range(0, 3), new Chunks.Range(3, 3));
        assertThat(chunks.slabs(1000)).containsExactly(chunks.all());
        assertThat(chunks.rowsBefore(6)).isEqualTo(200);
        Chunks none = Chunks.of(SsdShape.of(inputs(0), null, SsdOptions.defaults()));
        assertThat(none.slabs(1)).containsExactly(new Chunks.Range(0, 0));
        assertThat(none.rowsBefore(0)).isZero();
    }

    @Test
    void algorithmsAreChunkLengths() {
        SsdOptions options = SsdOptions.defaults().withChunkLength(48);
        SsdInputs in = inputs(64);
        assertThat(SsdShape.of(in, null, options).chunkLength()).isEqualTo(48);
        assertThat(SsdShape.of(in, null, options.withChunkLength(1000)).chunkLength())
                .isEqualTo(64);
        assertThat(SsdShape.of(in, null, options.with(Algorithm.RECURRENT)).chunkLength())
                .isEqualTo(1);
        assertThat(SsdShape.of(in, null, options.with(Algorithm.QUADRATIC)).chunkLength())
                .isEqualTo(64);
        assertThatThrownBy(() -> SsdShape.of(inputs(65), null, options.with(Algorithm.QUADRATIC)))
                .isInstanceOf(UnsupportedRequestException.class)
                .hasMessageContaining("65 steps");
    }

    @Test
    void gradientsAreTakenInTheirType() {
        SsdOptions options = SsdOptions.defaults().with(Precision.BFLOAT16);
        Tensor dy = Tensor.zeros(DType.BFLOAT16, 1, 64, 2, 3);
        assertThat(SsdShape.of(inputs(64), dy, options).type("dy")).isEqualTo(DType.BFLOAT16);
        assertThat(SsdShape.of(inputs(64), dy.to(DType.FLOAT64), options).type("dy"))
                .isEqualTo(DType.FLOAT32);
        assertThat(SsdShape.of(inputs(64), null, options).type("grad_x")).isEqualTo(DType.BFLOAT16);
        assertThat(SsdShape.of(inputs(64), null, options).gradients())
                .containsExactly("x", "dt", "A", "B", "C", "initial_states");
    }

    @Test
    void partsOfHeadsDivideTheGroups() {
        assertThat(PortableKernels.parts(80, 1)).isEqualTo(10);
        assertThat(PortableKernels.parts(12, 4)).isEqualTo(4);
        assertThat(PortableKernels.parts(11, 1)).isEqualTo(11);
        assertThat(PortableKernels.parts(18, 1)).isEqualTo(3);
    }
}
