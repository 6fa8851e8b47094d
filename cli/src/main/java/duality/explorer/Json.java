package duality.explorer;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import org.ejml.data.DMatrixRMaj;

/**
 * Records as JSON. Matrices are lists of rows; numbers have {@value #DIGITS} significant digits, more than a page shows.
 */
final class Json {
    private static final int DIGITS = 8;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addSerializer(DMatrixRMaj.class, serializer(Json::write))
                    .addSerializer(Double.class, serializer(Json::write))
                    .addSerializer(double.class, serializer(Json::write)))
            .build();

    private Json() {}

    private interface Writer<T> {
        void write(JsonGenerator json, T value) throws IOException;
    }

    private static <T> JsonSerializer<T> serializer(Writer<T> writer) {
        return new JsonSerializer<>() {
            @Override
            public void serialize(T value, JsonGenerator json, SerializerProvider provider) throws IOException {
                writer.write(json, value);
            }
        };
    }

    /** The JSON of a record. It has no {@code <}, so that it can stand in a page. */
    static String of(Object value) {
        try {
            return MAPPER.writeValueAsString(value).replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void write(JsonGenerator json, DMatrixRMaj matrix) throws IOException {
        json.writeStartArray();
        for (int i = 0; i < matrix.numRows; i++) {
            json.writeStartArray();
            for (int j = 0; j < matrix.numCols; j++) {
                write(json, matrix.get(i, j));
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, double value) throws IOException {
        if (!Double.isFinite(value)) {
            json.writeNull();
        } else if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            json.writeNumber((long) value);
        } else {
            json.writeNumber(new BigDecimal(value)
                    .round(new MathContext(DIGITS))
                    .stripTrailingZeros()
                    .toString());
        }
    }
}
