package duality.tensor;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import duality.errors.Fault;
import duality.errors.ValueException;
import duality.tensor.TensorFormatException.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/**
 * A file of named tensors and, beside them, texts: eight bytes with the length of a JSON header, the header, and the
 * data without gaps. All types are supported.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">safetensors: the format</a>
 */
public final class Safetensors {
    private static final String METADATA = "__metadata__";
    private static final Set<String> FIELDS = Set.of("dtype", "shape", "data_offsets");

    /** The limit of the reference implementation. */
    private static final int MAX_HEADER = 100_000_000;

    /** The order in which the reference implementation lays out data, so that each type is aligned. */
    private static final List<DType> LAYOUT =
            List.of(DType.INT64, DType.FLOAT64, DType.FLOAT32, DType.INT32, DType.BFLOAT16, DType.FLOAT16);

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
            .build();

    private final SequencedMap<String, Tensor> tensors;
    private final SequencedMap<String, String> metadata;

    private Safetensors(SequencedMap<String, Tensor> tensors, SequencedMap<String, String> metadata) {
        this.tensors = Collections.unmodifiableSequencedMap(tensors);
        this.metadata = Collections.unmodifiableSequencedMap(metadata);
    }

    /** The tensors, unmodifiable and in the order of their data. */
    public SequencedMap<String, Tensor> tensors() {
        return tensors;
    }

    /** The texts under {@code __metadata__}, unmodifiable and in the order of the header. */
    public SequencedMap<String, String> metadata() {
        return metadata;
    }

    /**
     * Reads a file. The tensors are mapped, read-only, and the file must not be truncated by others while they are in
     * use.
     *
     * @throws TensorFormatException when the file breaks a rule of the format or holds a type that {@link DType} lacks
     */
    public static Safetensors read(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            return read(Source.of(path), Source.map(channel));
        }
    }

    /** Writes a file without texts. See {@link #write(Path, Map, Map)}. */
    public static void write(Path path, Map<String, Tensor> tensors) throws IOException {
        write(path, tensors, Map.of());
    }

    /**
     * Writes a file, the same bytes as the reference implementation: wider types first, then by name. A file that was
     * there is replaced, in one step and only when the new one is complete.
     *
     * @param metadata texts, written in this order; the reference implementation has no order for more than one
     * @throws ValueException when a tensor is called {@code __metadata__}, a name or text is not Unicode, or all of them
     *     exceed the format's 100 MB
     */
    public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        Map<String, Tensor> sorted = new LinkedHashMap<>();
        tensors.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, Tensor> named) ->
                                LAYOUT.indexOf(named.getValue().dtype()))
                        .thenComparing(
                                named -> named.getKey().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned))
                .forEach(named -> sorted.put(named.getKey(), named.getValue()));
        byte[] header = header(sorted, metadata);
        AtomicFile.replace(path, temporary -> {
            try (OutputStream out = Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW)) {
                out.write(header);
                for (Tensor tensor : sorted.values()) {
                    Sink.write(tensor, out);
                }
            }
        });
    }

    private static byte[] header(Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(text, JsonEncoding.UTF8)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(unicode(entry.getKey()), unicode(entry.getValue()));
                }
                json.writeEndObject();
            }
            long end = 0;
            for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
                if (named.getKey().equals(METADATA)) {
                    throw new ValueException(
                            Fault.OUT_OF_DOMAIN, "a tensor called " + METADATA + "; safetensors keeps texts there");
                }
                Tensor tensor = named.getValue();
                long start = end;
                end = Math.addExact(start, tensor.segment().byteSize());
                json.writeObjectFieldStart(unicode(named.getKey()));
                json.writeStringField("dtype", tensor.dtype().safetensorsName());
                json.writeFieldName("shape");
                json.writeArray(tensor.shape(), 0, tensor.rank());
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {start, end}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        int padded = Math.ceilDiv(text.size(), Long.BYTES) * Long.BYTES;
        if (padded > MAX_HEADER) {
            throw new ValueException(
                    Fault.OUT_OF_DOMAIN, "safetensors header of " + padded + " bytes; the limit is " + MAX_HEADER);
        }
        text.write(" ".repeat(padded - text.size()).getBytes(StandardCharsets.UTF_8));
        return ByteBuffer.allocate(Long.BYTES + padded)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(padded)
                .put(text.toByteArray())
                .array();
    }

    private static String unicode(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new ValueException(
                    Fault.OUT_OF_DOMAIN, "text '" + Source.printable(text) + "' has half of a surrogate pair");
        }
        return text;
    }

    private static Safetensors read(Source source, MemorySegment bytes) throws TensorFormatException {
        if (bytes.byteSize() < Long.BYTES) {
            throw source.fault(Problem.TRUNCATED, bytes.byteSize() + " bytes; safetensors starts with a length of 8");
        }
        long length = bytes.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
        if (length < 0 || length > MAX_HEADER) {
            throw source.fault(
                    Problem.HEADER_TOO_LARGE,
                    "header of " + Long.toUnsignedString(length) + " bytes; the limit is " + MAX_HEADER);
        }
        if (length > bytes.byteSize() - Long.BYTES) {
            throw source.fault(
                    Problem.TRUNCATED,
                    "header of " + length + " bytes, but " + (bytes.byteSize() - Long.BYTES) + " are there");
        }
        JsonNode header = parse(source, bytes.asSlice(Long.BYTES, length));
        return new Safetensors(
                tensors(source, header, bytes.asSlice(Long.BYTES + length)), metadata(source, header.path(METADATA)));
    }

    private static JsonNode parse(Source source, MemorySegment header) throws TensorFormatException {
        String text = source.utf8(header.toArray(ValueLayout.JAVA_BYTE), Problem.MALFORMED_HEADER);
        if (!text.startsWith("{")) {
            throw source.fault(
                    Problem.MALFORMED_HEADER, "header starts with '" + Source.printable(text) + "'; must start with {");
        }
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            boolean duplicate = e.getOriginalMessage().startsWith("Duplicate field");
            throw source.fault(
                    duplicate ? Problem.DUPLICATE_NAME : Problem.MALFORMED_HEADER,
                    "header is not JSON with distinct keys: " + e.getOriginalMessage(),
                    e);
        }
    }

    private static SequencedMap<String, String> metadata(Source source, JsonNode node) throws TensorFormatException {
        SequencedMap<String, String> metadata = new LinkedHashMap<>();
        if (!node.isObject() && !node.isMissingNode()) {
            throw source.fault(
                    Problem.MALFORMED_HEADER, METADATA + " is " + text(node) + "; must be an object of texts");
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!entry.getValue().isTextual()) {
                throw source.fault(
                        Problem.MALFORMED_HEADER,
                        METADATA + " '" + Source.printable(entry.getKey()) + "' is " + text(entry.getValue())
                                + "; must be a text");
            }
            metadata.put(entry.getKey(), entry.getValue().textValue());
        }
        return metadata;
    }

    /** A tensor, and where its data is. */
    private record Entry(Source source, String name, long start, Tensor tensor) {
        long end() {
            return start + tensor.segment().byteSize();
        }
    }

    private static SequencedMap<String, Tensor> tensors(Source source, JsonNode header, MemorySegment data)
            throws TensorFormatException {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> named : header.properties()) {
            if (!named.getKey().equals(METADATA)) {
                entries.add(entry(source.entry(named.getKey()), named.getKey(), named.getValue(), data));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::start).thenComparingLong(Entry::end));
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        long end = 0;
        for (Entry entry : entries) {
            if (entry.start() != end) {
                throw entry.source()
                        .fault(
                                Problem.BAD_OFFSETS,
                                "data starts at " + entry.start() + ", but what is ahead of it ends at " + end);
            }
            end = entry.end();
            tensors.put(entry.name(), entry.tensor());
        }
        if (end != data.byteSize()) {
            throw source.fault(
                    Problem.TRAILING_BYTES, "tensors take " + end + " bytes, but " + data.byteSize() + " are there");
        }
        return tensors;
    }

    private static Entry entry(Source source, String name, JsonNode node, MemorySegment data)
            throws TensorFormatException {
        Set<String> fields = new TreeSet<>();
        node.fieldNames().forEachRemaining(fields::add);
        if (!fields.equals(FIELDS)) {
            throw source.fault(
                    Problem.MALFORMED_HEADER, text(node) + "; must be an object of dtype, shape and data_offsets");
        }
        DType dtype = DType.find(
                        type -> Optional.of(type.safetensorsName()),
                        node.path("dtype").asText())
                .orElseThrow(() -> source.fault(
                        Problem.UNSUPPORTED_TYPE,
                        "dtype " + text(node.path("dtype")) + "; supported are "
                                + DType.names(type -> Optional.of(type.safetensorsName()))));
        long[] shape = longs(source, node, "shape", Problem.BAD_SHAPE);
        long[] offsets = longs(source, node, "data_offsets", Problem.BAD_OFFSETS);
        long byteCount = source.byteCount(dtype, shape);
        if (offsets.length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] - offsets[0] != byteCount) {
            throw source.fault(
                    Problem.BAD_OFFSETS,
                    "data_offsets " + text(node.path("data_offsets")) + "; must be a start and an end " + byteCount
                            + " bytes apart for " + dtype + Arrays.toString(shape));
        }
        if (offsets[1] > data.byteSize()) {
            throw source.fault(
                    Problem.TRUNCATED,
                    "data ends at " + offsets[1] + ", but only " + data.byteSize() + " bytes are there");
        }
        return new Entry(source, name, offsets[0], Tensor.wrap(dtype, data.asSlice(offsets[0], byteCount), shape));
    }

    private static long[] longs(Source source, JsonNode node, String field, Problem problem)
            throws TensorFormatException {
        JsonNode array = node.path(field);
        long[] values = new long[array.size()];
        boolean whole = array.isArray();
        for (int i = 0; i < values.length; i++) {
            JsonNode value = array.path(i);
            whole &= value.isIntegralNumber() && value.canConvertToLong();
            values[i] = value.longValue();
        }
        if (!whole) {
            throw source.fault(problem, field + " " + text(array) + "; must be an array of whole numbers of 64 bits");
        }
        return values;
    }

    private static String text(JsonNode node) {
        return Source.printable(node.toString());
    }
}
