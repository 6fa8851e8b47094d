package duality.tensor;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import duality.tensor.TensorFormatException.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to be wrong has a code, and a message with the value that is. */
class MalformedFilesTest {
    private static final String GOOD = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";

    @TempDir
    Path folder;

    static byte[] npy(int version, String dictionary, byte... data) {
        byte[] text = dictionary.getBytes(version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        ByteBuffer file = ByteBuffer.allocate((version == 1 ? 10 : 12) + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1))
                .put((byte) version)
                .put((byte) 0);
        if (version == 1) {
            file.putShort((short) text.length);
        } else {
            file.putInt(text.length);
        }
        return file.put(text).put(data).array();
    }

    static byte[] safetensors(String header, byte... data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(data)
                .array();
    }

    static Stream<Arguments> headers() {
        return Stream.of(
                arguments("{}", Problem.MALFORMED_HEADER, "all of descr, fortran_order, shape"),
                arguments("", Problem.MALFORMED_HEADER, "'{'"),
                arguments("[1, 2, 3, 4]", Problem.MALFORMED_HEADER, "[1, 2, 3, 4]"),
                arguments("{'descr': '<f4', 'shape': (2,), }", Problem.MALFORMED_HEADER, "all of"),
                arguments(GOOD.replace("shape", "shapes"), Problem.MALFORMED_HEADER, "not 'shapes'"),
                arguments(GOOD.replace("}", "'descr': '<f4'}"), Problem.MALFORMED_HEADER, "not 'descr' twice"),
                arguments(GOOD.replace("}", ""), Problem.MALFORMED_HEADER, "'''"),
                arguments(GOOD.replace(", 'fort", " 'fort"), Problem.MALFORMED_HEADER, "'}'"),
                arguments(GOOD + "x", Problem.MALFORMED_HEADER, "nothing after the dictionary"),
                arguments(GOOD + "\0", Problem.MALFORMED_HEADER, "nothing after the dictionary"),
                arguments(GOOD.replace("False", "0"), Problem.MALFORMED_HEADER, "True or False"),
                arguments(GOOD.replace("(2,)", "(2)"), Problem.MALFORMED_HEADER, "(3,)"),
                arguments(GOOD.replace("(2,)", "2"), Problem.MALFORMED_HEADER, "'('"),
                arguments(GOOD.replace("(2,)", "(,)"), Problem.MALFORMED_HEADER, "a length"),
                arguments(GOOD.replace("(2,)", "(2 1)"), Problem.MALFORMED_HEADER, "',' or ')'"),
                arguments(GOOD.replace("(2,)", "(2.0,)"), Problem.MALFORMED_HEADER, "',' or ')'"),
                arguments(GOOD.replace("(2,)", "(-,)"), Problem.MALFORMED_HEADER, "a length"),
                arguments(GOOD.replace("(2,)", "(2, "), Problem.MALFORMED_HEADER, "a length"),
                arguments(GOOD.replace("<f4'", "<f4"), Problem.MALFORMED_HEADER, "'}' at character 17"),
                arguments("{'descr: ", Problem.MALFORMED_HEADER, "a string without escapes"),
                arguments(GOOD.replace("<f4", "<f\\x34"), Problem.MALFORMED_HEADER, "without escapes"),
                arguments(GOOD.replace("<f4", "<f\n4"), Problem.MALFORMED_HEADER, "without escapes"),
                arguments(GOOD.replace("(2,)", "(-2,)"), Problem.BAD_SHAPE, "length -2"),
                arguments(GOOD.replace("(2,)", "(99999999999999999999,)"), Problem.BAD_SHAPE, "99999999999999999999"),
                arguments(GOOD.replace("(2,)", "(4294967296, 4294967296)"), Problem.BAD_SHAPE, "4294967296"),
                arguments(GOOD.replace("(2,)", "(2305843009213693951,)"), Problem.BAD_SHAPE, "2305843009213693951"),
                arguments(GOOD.replace("(2,)", "(1000000000000,)"), Problem.TRUNCATED, "4000000000079"),
                arguments(GOOD.replace("(2,)", "(3,)"), Problem.TRUNCATED, "take 79 bytes, but 75"),
                arguments(GOOD.replace("(2,)", "(1,)"), Problem.TRAILING_BYTES, "take 71 bytes, but 75"),
                arguments(GOOD.replace("<f4", ">f4"), Problem.UNSUPPORTED_TYPE, "'>f4'; supported are <f8, <f4"),
                arguments(GOOD.replace("<f4", "|b1"), Problem.UNSUPPORTED_TYPE, "'|b1'"),
                arguments(GOOD.replace("<f4", "|O"), Problem.UNSUPPORTED_TYPE, "'|O'"),
                arguments(GOOD.replace("<f4", ""), Problem.UNSUPPORTED_TYPE, "descr ''"),
                arguments(GOOD + " ".repeat(10_000), Problem.HEADER_TOO_LARGE, "10057 bytes; NumPy's limit is 10000"));
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource("headers")
    void npy_headers(String dictionary, Problem problem, String words) throws IOException {
        assertRefused("a.npy", npy(1, dictionary, new byte[8]), problem, words);
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"shape\":(2L,),\"fortran_order\":False,\"descr\":\"=f4\"}",
                " { 'descr' : '|f4' , 'shape' : ( 2 , ) , 'fortran_order' : True } ",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1,), }"
            })
    void unusual_npy_headers_that_python_reads(String dictionary) throws IOException {
        Path file = folder.resolve("a.npy");
        Files.write(file, npy(2, dictionary, new byte[] {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, 0x40}));
        Tensor tensor = Npy.read(file);
        Fixtures.assertEqual(dictionary, tensor, Tensor.of(new float[] {1, 2}, tensor.shape()));
    }

    @ParameterizedTest
    @CsvSource({
        "bool, '|b1'",
        "uint8, '|u1'",
        "big_endian, '>f8'; supported",
        "records, '[(''a'', ''<i4'')'",
        "bfloat16_void, save bfloat16 as float32"
    })
    void numpys_files_of_other_types(String name, String words) {
        Fixtures.assertRefused(
                Fixtures.path("unsupported_" + name + ".npy"),
                Problem.UNSUPPORTED_TYPE,
                words,
                "<f8, <f4, <f2, <i4, <i8");
    }

    static Stream<Arguments> npyFiles() {
        byte[] good = npy(1, GOOD, new byte[8]);
        return Stream.of(
                arguments(new byte[0], Problem.TRUNCATED, "0 bytes"),
                arguments("\u0093NUM".getBytes(StandardCharsets.ISO_8859_1), Problem.TRUNCATED, "4 bytes"),
                arguments("PK\3\4 and more".getBytes(StandardCharsets.US_ASCII), Problem.WRONG_FORMAT, "504b03042061"),
                arguments(patched(good, 6, 4), Problem.UNKNOWN_VERSION, "version 4.0"),
                arguments(patched(good, 6, 0x1FF), Problem.UNKNOWN_VERSION, "version 255.1"),
                arguments(patched(good, 8, 1000), Problem.TRUNCATED, "header of 1000 bytes, but 65 are there"),
                arguments(
                        ByteBuffer.wrap(npy(2, GOOD))
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .putInt(8, -1)
                                .array(),
                        Problem.HEADER_TOO_LARGE,
                        "4294967295"),
                arguments(
                        ByteBuffer.wrap(npy(3, GOOD)).put(20, (byte) 0xFF).array(),
                        Problem.MALFORMED_HEADER,
                        "not UTF-8"));
    }

    @ParameterizedTest
    @MethodSource("npyFiles")
    void npy_files(byte[] bytes, Problem problem, String words) throws IOException {
        assertRefused("a.npy", bytes, problem, words);
    }

    static Stream<Arguments> safetensorsFiles() {
        String a = "{'a':{'dtype':'I32','shape':[2],'data_offsets':[0,8]}}";
        String two = "{'a':{'dtype':'I32','shape':[1],'data_offsets':[0,4]},"
                + "'b':{'dtype':'I32','shape':[1],'data_offsets':[4,8]}}";
        return Stream.of(
                json(a.replace("I32", "F4"), Problem.UNSUPPORTED_TYPE, "\"F4\"; supported are F64, F32, BF16"),
                json(a.replace("'I32'", "7"), Problem.UNSUPPORTED_TYPE, "dtype 7"),
                json(a.replace("[2]", "[-2]"), Problem.BAD_SHAPE, "length -2"),
                json(a.replace("[2]", "[2.0]"), Problem.BAD_SHAPE, "[2.0]; must be an array of whole numbers"),
                json(a.replace("[2]", "[99999999999999999999]"), Problem.BAD_SHAPE, "[99999999999999999999]"),
                json(a.replace("[2]", "[4294967296,4294967296]"), Problem.BAD_SHAPE, "4294967296"),
                json(a.replace("[2]", "2"), Problem.BAD_SHAPE, "shape 2"),
                json(a.replace("[2]", "[3]"), Problem.BAD_OFFSETS, "[0,8]; must be a start and an end 12 bytes apart"),
                json(a.replace("[0,8]", "[0,8,8]"), Problem.BAD_OFFSETS, "[0,8,8]"),
                json(a.replace("[0,8]", "[-8,0]"), Problem.BAD_OFFSETS, "[-8,0]"),
                json(a.replace("[0,8]", "[8,0]"), Problem.BAD_OFFSETS, "[8,0]"),
                json(a.replace("[0,8]", "'all'"), Problem.BAD_OFFSETS, "\"all\""),
                json(
                        a.replace("[0,8]", "[-9223372036854775808,9223372036854775807]"),
                        Problem.BAD_OFFSETS,
                        "-9223372036854775808"),
                json(two.replace("[4,8]", "[3,7]"), Problem.BAD_OFFSETS, "entry 'b'", "starts at 3", "ends at 4"),
                json(two.replace("[0,4]", "[1,5]"), Problem.BAD_OFFSETS, "entry 'a'", "starts at 1"),
                json(two.replace("[0,4]", "[4,8]"), Problem.BAD_OFFSETS, "starts at 4"),
                json(
                        a.replace("[2]", "[1000000000000]").replace("8", "4000000000000"),
                        Problem.TRUNCATED,
                        "ends at 4000000000000, but only 8"),
                json(a.replace("[2]", "[1]").replace("8", "4"), Problem.TRAILING_BYTES, "take 4 bytes, but 8"),
                json("{}", Problem.TRAILING_BYTES, "take 0 bytes, but 8"),
                json(two.replace("'b'", "'a'"), Problem.DUPLICATE_NAME, "'a'"),
                json(a.replace("'shape'", "'dtype'"), Problem.DUPLICATE_NAME, "'dtype'"),
                json(a.replace("}}", ",'x':1}}"), Problem.MALFORMED_HEADER, "\"x\":1"),
                json(a.replace("'shape':[2],", ""), Problem.MALFORMED_HEADER, "object of dtype, shape"),
                json("{'a':7}", Problem.MALFORMED_HEADER, "entry 'a': 7"),
                json(a + "x", Problem.MALFORMED_HEADER, "'x'"),
                json(a.substring(1), Problem.MALFORMED_HEADER, "must start with {"),
                json(" " + a, Problem.MALFORMED_HEADER, "must start with {"),
                json("", Problem.MALFORMED_HEADER, "must start with {"),
                json("[]", Problem.MALFORMED_HEADER, "'[]'"),
                json("{'a':" + "[".repeat(2000), Problem.MALFORMED_HEADER, "nesting depth"),
                json(a.replace("{'a'", "{'__metadata__':7,'a'"), Problem.MALFORMED_HEADER, "__metadata__ is 7"),
                json(
                        a.replace("{'a'", "{'__metadata__':{'k':[1]},'a'"),
                        Problem.MALFORMED_HEADER,
                        "__metadata__ 'k' is [1]; must be a text"),
                arguments(new byte[5], Problem.TRUNCATED, new String[] {"5 bytes"}),
                arguments(new byte[] {100, 0, 0, 0, 0, 0, 0, 0, '{'}, Problem.TRUNCATED, new String[] {"100", "1 are"}),
                arguments(new byte[] {0, 0, 0, 0, 1, 0, 0, 0}, Problem.HEADER_TOO_LARGE, new String[] {
                    "4294967296", "100000000"
                }),
                arguments(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}, Problem.HEADER_TOO_LARGE, new String[] {
                    "18446744073709551615"
                }),
                arguments(new byte[] {3, 0, 0, 0, 0, 0, 0, 0, '{', -1, '}'}, Problem.MALFORMED_HEADER, new String[] {
                    "not UTF-8"
                }));
    }

    private static Arguments json(String header, Problem problem, String... words) {
        return arguments(safetensors(header.replace('\'', '"'), new byte[8]), problem, words);
    }

    @ParameterizedTest
    @MethodSource("safetensorsFiles")
    void safetensors_files(byte[] bytes, Problem problem, String[] words) throws IOException {
        assertRefused("a.safetensors", bytes, problem, words);
    }

    static byte[] zip(int method, byte[] content, String... names) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                ZipEntry entry = new ZipEntry(name);
                entry.setMethod(method);
                CRC32 checksum = new CRC32();
                checksum.update(content);
                entry.setCrc(checksum.getValue());
                entry.setSize(content.length);
                zip.putNextEntry(entry);
                zip.write(content);
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        "../x.npy, relative path",
        "/x.npy, relative path",
        "a/../../x.npy, relative path",
        "a\\x.npy, relative path",
        "C:/x.npy, relative path",
        "a//x.npy, relative path",
        ".npy, relative path",
        "x.txt, without .npy",
        "folder/, without .npy",
        "x.NPY, without .npy"
    })
    void names_in_archives(String name, String words) throws IOException {
        assertRefused(
                "a.npz",
                zip(ZipEntry.STORED, name.endsWith("/") ? new byte[0] : npy(1, GOOD, new byte[8]), name),
                Problem.BAD_NAME,
                "entry '" + name + "'",
                words);
    }

    static Stream<Arguments> archives() {
        byte[] good = npy(1, GOOD, new byte[8]);
        byte[] stored = zip(ZipEntry.STORED, good, "a.npy", "b.npy");
        byte[] deflated = zip(ZipEntry.DEFLATED, good, "a.npy", "b.npy");
        int first = directory(stored, 0);
        int second = directory(stored, 1);
        int data = 30 + "a.npy".length();
        byte[] renamed = stored.clone();
        renamed[second + 46] = 'a';
        byte[] notUtf8 = stored.clone();
        notUtf8[second + 46] = (byte) 0xFF;
        byte[] damaged = stored.clone();
        damaged[data + good.length - 1] ^= 1;
        byte[] wrongCrc = deflated.clone();
        wrongCrc[directory(deflated, 0) + 16] ^= 1;
        byte[] huge = npy(1, GOOD.replace("(2,)", "(1000000000000,)"), new byte[8]);
        return Stream.of(
                arguments(good, Problem.MALFORMED_ARCHIVE, "no zip archive"),
                arguments(new byte[0], Problem.MALFORMED_ARCHIVE, "no zip archive"),
                arguments(renamed, Problem.DUPLICATE_NAME, "entry 'a.npy'"),
                arguments(notUtf8, Problem.BAD_NAME, "not UTF-8"),
                arguments(damaged, Problem.WRONG_CHECKSUM, "entry 'a.npy': CRC-32 is"),
                arguments(wrongCrc, Problem.WRONG_CHECKSUM, "entry 'a.npy': CRC-32 is"),
                arguments(patchedInt(stored, second + 42, 0), Problem.OVERLAPPING_ENTRIES, "starts at byte 0"),
                arguments(patchedInt(stored, first + 20, 100), Problem.OVERLAPPING_ENTRIES, "ends at 135"),
                arguments(patchedInt(stored, first + 24, 76), Problem.MALFORMED_ARCHIVE, "76 bytes in 75"),
                arguments(
                        patchedInt(stored, second + 20, 1 << 30),
                        Problem.MALFORMED_ARCHIVE,
                        "overlaps with central directory"),
                arguments(patched(stored, first + 10, 12), Problem.UNSUPPORTED_COMPRESSION, "method 12"),
                arguments(patched(stored, first + 8, 1), Problem.UNSUPPORTED_COMPRESSION, "encrypted"),
                arguments(
                        patchedInt(deflated, directory(deflated, 0) + 24, 1 << 30),
                        Problem.MALFORMED_COMPRESSION,
                        "claims 1073741824 bytes from"),
                arguments(
                        patchedInt(deflated, directory(deflated, 0) + 24, 76), Problem.TRAILING_BYTES, "take 75 bytes"),
                arguments(patchedInt(deflated, directory(deflated, 0) + 24, 74), Problem.TRUNCATED, "take 75 bytes"),
                arguments(
                        patchedInt(deflated, directory(deflated, 0) + 20, 20),
                        Problem.MALFORMED_COMPRESSION,
                        "does not inflate"),
                arguments(zip(ZipEntry.DEFLATED, huge, "a.npy"), Problem.TRUNCATED, "take 4000000000079 bytes"),
                arguments(zip(ZipEntry.STORED, huge, "a.npy"), Problem.TRUNCATED, "take 4000000000079 bytes"),
                arguments(zip(ZipEntry.DEFLATED, new byte[100], "a.npy"), Problem.WRONG_FORMAT, "000000000000"),
                arguments(
                        zip(ZipEntry.STORED, npy(1, GOOD, new byte[9]), "a.npy"),
                        Problem.TRAILING_BYTES,
                        "take 75 bytes, but 76"));
    }

    @ParameterizedTest
    @MethodSource("archives")
    void npz_files(byte[] bytes, Problem problem, String words) throws IOException {
        assertRefused("a.npz", bytes, problem, words);
    }

    /** Zeros deflate a thousandfold, and are not inflated beyond what the directory says. */
    @Test
    void a_bomb_does_not_go_off() throws IOException {
        byte[] zeros = zip(ZipEntry.DEFLATED, npy(1, GOOD.replace("(2,)", "(250000,)"), new byte[1_000_000]), "a.npy");
        byte[] bomb = zip(ZipEntry.DEFLATED, npy(1, GOOD, new byte[1_000_000]), "a.npy");
        Path file = folder.resolve("zeros.npz");
        Files.write(file, zeros);
        Fixtures.assertEqual("zeros", Npz.read(file).get("a"), Tensor.zeros(DType.FLOAT32, 250_000));
        assertRefused("a.npz", patchedInt(bomb, directory(bomb, 0) + 24, 75), Problem.TRAILING_BYTES, "more than 75");
    }

    /** Sizes of 64 bits stand in an extra field, where they may be negative. */
    @Test
    void a_negative_size() throws IOException {
        Path file = folder.resolve("a.npz");
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(file)) {
            zip.setUseZip64(Zip64Mode.Always);
            zip.putArchiveEntry(new ZipArchiveEntry("a.npy"));
            zip.write(npy(1, GOOD, new byte[8]));
            zip.closeArchiveEntry();
        }
        byte[] bytes = Files.readAllBytes(file);
        Fixtures.assertEqual("zip64", Npz.read(file).get("a"), Tensor.zeros(DType.FLOAT32, 2));
        int directory = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
        int compressedSize = directory + 46 + "a.npy".length() + 4 + Long.BYTES;
        ByteBuffer.wrap(bytes).putLong(compressedSize, -1);
        assertRefused("b.npz", bytes, Problem.MALFORMED_ARCHIVE, "negative compressed size");
    }

    private void assertRefused(String name, byte[] bytes, Problem problem, String... words) throws IOException {
        Path file = folder.resolve(name);
        Files.write(file, bytes);
        Fixtures.assertRefused(file, problem, words);
    }

    private static byte[] patched(byte[] bytes, int offset, int value) {
        return ByteBuffer.wrap(bytes.clone())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(offset, (short) value)
                .array();
    }

    private static byte[] patchedInt(byte[] bytes, int offset, int value) {
        return ByteBuffer.wrap(bytes.clone())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(offset, value)
                .array();
    }

    /** Where an archive's directory describes an entry. */
    private static int directory(byte[] zip, int entry) {
        ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
        int offset = bytes.getInt(zip.length - 6);
        for (int i = 0; i < entry; i++) {
            offset += 46 + bytes.getShort(offset + 28) + bytes.getShort(offset + 30) + bytes.getShort(offset + 32);
        }
        return offset;
    }
}
