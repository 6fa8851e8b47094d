package duality.ssd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import duality.tensor.Tensor;
import duality.tensor.TensorFile;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A case computed by an independent float64 implementation in PyTorch, with its gradients. */
record Fixture(String name, SsdInputs inputs, int chunkLength, Map<String, Tensor> arrays) {
    static Stream<Fixture> all() {
        return IntStream.range(0, 20).mapToObj(Fixture::load);
    }

    static Fixture load(int number) {
        String name = "case%02d".formatted(number);
        try {
            Map<String, Tensor> arrays = TensorFile.read(resource(name + ".npz").toPath());
            JsonNode json = new ObjectMapper().readTree(resource(name + ".json"));
            JsonNode limit = json.required("dt_limit");
            SsdInputs inputs = SsdInputs.of(arrays)
                    .dtSoftplus(json.required("dt_softplus").asBoolean())
                    .dtLimit(
                            limit.get(0).asDouble(),
                            limit.get(1).isNull()
                                    ? Double.POSITIVE_INFINITY
                                    : limit.get(1).asDouble())
                    .build();
            return new Fixture(name, inputs, json.required("chunk").asInt(), arrays);
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    private static File resource(String name) {
        try {
            URL url = Objects.requireNonNull(Fixture.class.getResource("fixtures/" + name), name);
            return new File(url.toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(name, e);
        }
    }

    Tensor array(String arrayName) {
        return Objects.requireNonNull(arrays.get(arrayName), arrayName);
    }

    @Override
    public String toString() {
        return name;
    }
}
