package duality.tensor;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.tensor.TensorFormatException.Problem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the data of a {@code .npy} file: a magic string, a version, a length, and the text of a Python
 * dictionary such as {@code {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }}.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">NumPy: numpy.lib.format</a>
 */
final class NpyHeader {
    /** The longest dictionary that NumPy reads without being asked to trust the file. */
    private static final int MAX_TEXT = 10_000;

    /** A header and all that comes before it is no longer than this. */
    static final int MAX_BYTES = 12 + MAX_TEXT;

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;
    private static final int MAX_RANK = 64;

    /** NumPy leaves room for the first axis to grow to 2<sup>67</sup> - 1, in digits. */
    private static final int GROWTH_DIGITS = 21;

    final DType dtype;
    final boolean fortranOrder;
    final long[] shape;
    final int dataOffset;
    /** Header and data. */
    final long totalBytes;

    private NpyHeader(Source source, Dictionary dictionary, int dataOffset) throws TensorFormatException {
        this.dtype = dtype(source, dictionary.descr());
        this.fortranOrder = dictionary.fortranOrder();
        this.shape = dictionary.shape().stream().mapToLong(Long::longValue).toArray();
        this.dataOffset = dataOffset;
        this.totalBytes = source.byteCount(dtype, shape) + dataOffset;
        if (totalBytes < 0) {
            throw source.fault(Problem.BAD_SHAPE, "shape " + Arrays.toString(shape) + ": bytes do not fit 64 bits");
        }
    }

    /** Reads the header that the bytes start with. They may end anywhere after it. */
    static NpyHeader read(Source source, MemorySegment bytes) throws TensorFormatException {
        byte[] start = head(bytes, 12);
        if (!Arrays.equals(start, 0, Math.min(start.length, 6), MAGIC, 0, Math.min(start.length, 6))) {
            throw source.fault(
                    Problem.WRONG_FORMAT,
                    "starts with bytes " + HexFormat.of().formatHex(start, 0, Math.min(start.length, 6))
                            + "; .npy starts with " + HexFormat.of().formatHex(MAGIC) + " (\\x93NUMPY)");
        }
        if (start.length < 12) {
            throw source.fault(Problem.TRUNCATED, "ends after " + start.length + " bytes, within the .npy header");
        }
        int version = start[6];
        if (version < 1 || version > 3 || start[7] != 0) {
            throw source.fault(
                    Problem.UNKNOWN_VERSION,
                    "version " + (start[6] & 0xFF) + "." + (start[7] & 0xFF) + " of .npy; known are 1.0, 2.0 and 3.0");
        }
        ByteBuffer lengths = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
        int textOffset = version == 1 ? 10 : 12;
        long length = version == 1 ? lengths.getChar(8) : Integer.toUnsignedLong(lengths.getInt(8));
        if (length > MAX_TEXT) {
            throw source.fault(
                    Problem.HEADER_TOO_LARGE, "header of " + length + " bytes; NumPy's limit is " + MAX_TEXT);
        }
        int dataOffset = textOffset + (int) length;
        if (dataOffset > bytes.byteSize()) {
            throw source.fault(
                    Problem.TRUNCATED,
                    "header of " + length + " bytes, but " + (bytes.byteSize() - textOffset) + " are there");
        }
        byte[] text = Arrays.copyOfRange(head(bytes, dataOffset), textOffset, dataOffset);
        String dictionary = version == 3
                ? source.utf8(text, Problem.MALFORMED_HEADER)
                : new String(text, StandardCharsets.ISO_8859_1);
        return new NpyHeader(source, new Parser(source, dictionary).dictionary(), dataOffset);
    }

    /** The header that {@code numpy.save} writes before a tensor in row-major order, byte for byte. */
    static byte[] bytes(Tensor tensor) {
        if (tensor.rank() > MAX_RANK) {
            throw new ShapeException(
                    Fault.WRONG_RANK,
                    ".npy of a tensor with " + tensor.rank() + " axes; NumPy has at most " + MAX_RANK);
        }
        String descr = tensor.dtype()
                .npyDescr()
                .orElseThrow(() -> new UnsupportedRequestException(
                        Fault.WRONG_TYPE,
                        ".npy of " + tensor + ": NumPy has no " + tensor.dtype()
                                + "; convert with to(FLOAT32), which is exact, or write .safetensors"));
        long[] shape = tensor.shape();
        StringJoiner axes = new StringJoiner(", ", "(", shape.length == 1 ? ",)" : ")");
        for (long length : shape) {
            axes.add(Long.toString(length));
        }
        int growth =
                shape.length == 0 ? 0 : GROWTH_DIGITS - Long.toString(shape[0]).length();
        String text =
                "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + axes + ", }" + " ".repeat(growth);
        int used = 10 + text.length() + 1;
        text += " ".repeat(ALIGNMENT - used % ALIGNMENT) + "\n";
        return ByteBuffer.allocate(10 + text.length())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put(new byte[] {1, 0})
                .putShort((short) text.length())
                .put(text.getBytes(StandardCharsets.ISO_8859_1))
                .array();
    }

    private static byte[] head(MemorySegment bytes, int count) {
        return bytes.asSlice(0, Math.min(count, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Byte order marks {@code =} and {@code |} leave the order open; NumPy takes the machine's, which is little-endian. */
    private static DType dtype(Source source, String descr) throws TensorFormatException {
        String littleEndian = descr.startsWith("=") || descr.startsWith("|") ? "<" + descr.substring(1) : descr;
        return DType.find(DType::npyDescr, littleEndian)
                .orElseThrow(() -> source.fault(
                        Problem.UNSUPPORTED_TYPE,
                        "descr '" + Source.printable(descr) + "'; supported are " + DType.names(DType::npyDescr)
                                + (descr.startsWith(">") ? " (save it little-endian)" : "")
                                + (descr.endsWith("V2") ? " (save bfloat16 as float32, or as .safetensors)" : "")));
    }

    private record Dictionary(String descr, boolean fortranOrder, List<Long> shape) {}

    /** A recursive descent over the one kind of Python literal that the format allows. */
    private static final class Parser {
        private final Source source;
        private final String text;
        private int position;

        Parser(Source source, String text) {
            this.source = source;
            this.text = text;
        }

        Dictionary dictionary() throws TensorFormatException {
            @Nullable String descr = null;
            @Nullable Boolean fortranOrder = null;
            @Nullable List<Long> shape = null;
            Set<String> keys = new HashSet<>();
            expect('{');
            while (!accept('}')) {
                String key = string();
                if (!keys.add(key)) {
                    throw malformed("distinct keys, not '" + key + "' twice");
                }
                expect(':');
                switch (key) {
                    case "descr" -> descr = descr();
                    case "fortran_order" -> fortranOrder = bool();
                    case "shape" -> shape = tuple();
                    default ->
                        throw malformed("one of descr, fortran_order, shape, not '" + Source.printable(key) + "'");
                }
                if (!accept(',')) {
                    expect('}');
                    break;
                }
            }
            peek();
            if (position < text.length()) {
                throw malformed("nothing after the dictionary");
            }
            if (descr == null || fortranOrder == null || shape == null) {
                throw malformed("all of descr, fortran_order, shape");
            }
            return new Dictionary(descr, fortranOrder, shape);
        }

        /** A string; a list describes records, and is handed on as text. */
        private String descr() throws TensorFormatException {
            if (peek() == '[') {
                throw source.fault(
                        Problem.UNSUPPORTED_TYPE,
                        "descr " + Source.printable(text.substring(position)) + " has fields; supported are "
                                + DType.names(DType::npyDescr));
            }
            return string();
        }

        private String string() throws TensorFormatException {
            char quote = peek() == '"' ? '"' : '\'';
            expect(quote);
            int end = text.indexOf(quote, position);
            String string = text.substring(position, Math.max(end, position));
            if (end < 0 || string.indexOf('\\') >= 0 || string.indexOf('\n') >= 0) {
                throw malformed("a string without escapes");
            }
            position = end + 1;
            return string;
        }

        private boolean bool() throws TensorFormatException {
            peek();
            for (String literal : List.of("True", "False")) {
                if (text.startsWith(literal, position)) {
                    position += literal.length();
                    return literal.equals("True");
                }
            }
            throw malformed("True or False");
        }

        private List<Long> tuple() throws TensorFormatException {
            List<Long> lengths = new ArrayList<>();
            expect('(');
            boolean comma = true;
            while (!accept(')')) {
                if (!comma) {
                    throw malformed("',' or ')'");
                }
                lengths.add(length());
                comma = accept(',');
            }
            if (lengths.size() == 1 && !comma) {
                throw malformed("a tuple: one length is written (3,)");
            }
            return lengths;
        }

        /** A whole number; Python 2 put an L after long ones. */
        private long length() throws TensorFormatException {
            char sign = peek();
            int start = position;
            position += sign == '-' ? 1 : 0;
            while (position < text.length() && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
                position++;
            }
            String digits = text.substring(start, position);
            if (digits.isEmpty() || digits.equals("-")) {
                throw malformed("a length");
            }
            accept('L');
            try {
                return Long.parseLong(digits);
            } catch (NumberFormatException e) {
                throw source.fault(
                        Problem.BAD_SHAPE,
                        "length " + Source.printable(digits) + " of an axis does not fit 64 bits",
                        e);
            }
        }

        /** The next character that is not white space, or 0 at the end. */
        private char peek() {
            while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
                position++;
            }
            return position < text.length() ? text.charAt(position) : 0;
        }

        private boolean accept(char wanted) {
            boolean found = peek() == wanted;
            position += found ? 1 : 0;
            return found;
        }

        private void expect(char wanted) throws TensorFormatException {
            if (!accept(wanted)) {
                throw malformed("'" + wanted + "'");
            }
        }

        private TensorFormatException malformed(String expected) {
            return source.fault(
                    Problem.MALFORMED_HEADER,
                    "expected " + expected + " at character " + position + " of the header: "
                            + Source.printable(text.substring(Math.max(0, position - 20))));
        }
    }
}
