package duality.tensor;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import duality.tensor.TensorFormatException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * NumPy's archive of named arrays: a zip file whose entries are {@code .npy} files, stored as they are ({@code
 * numpy.savez}) or deflated ({@code numpy.savez_compressed}).
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.savez.html">NumPy: numpy.savez</a>
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">PKWARE: .ZIP file format specification</a>
 */
public final class Npz {
    private static final String SUFFIX = ".npy";

    /** A bit of a deflated block may stand for up to 129 bytes, and never for more. */
    private static final long MAX_DEFLATE_RATIO = 1032;

    /** The first date that a zip entry can have. NumPy writes it too. */
    private static final LocalDateTime TIMELESS = LocalDateTime.of(1980, 1, 1, 0, 0);

    /** What {@link Tensor#zeros} gives in memory, stored entries have in the file. */
    private static final int ALIGNMENT = 64;

    private Npz() {}

    /** Reads an archive within {@link ReadLimits#DEFAULT}. */
    public static SequencedMap<String, Tensor> read(Path path) throws IOException {
        return read(path, ReadLimits.DEFAULT);
    }

    /**
     * Reads an archive. A stored row-major array is mapped, read-only, and must not be truncated by others while it is
     * in use; others are copied. The checksum of every entry is compared, for which stored entries are read once; to
     * open an array without reading it, use {@link Npy} or {@link Safetensors}, whose formats have no checksums.
     *
     * @return unmodifiable, in the order of the archive's directory; the names are without {@code .npy}
     * @throws TensorFormatException when the archive is damaged, exceeds the limits, or holds anything but arrays of
     *     supported types under distinct, relative names
     */
    public static SequencedMap<String, Tensor> read(Path path, ReadLimits limits) throws IOException {
        Source source = Source.of(path);
        try (FileChannel channel = FileChannel.open(path)) {
            MemorySegment bytes = Source.map(channel);
            try (ZipFile zip = open(source, channel)) {
                return read(source, bytes, zip, limits);
            }
        }
    }

    /** Writes an archive of stored entries, as {@code numpy.savez} does. See {@link #writeCompressed}. */
    public static void write(Path path, Map<String, Tensor> tensors) throws IOException {
        write(path, tensors, ZipEntry.STORED);
    }

    /**
     * Writes an archive of deflated entries, as {@code numpy.savez_compressed} does. A file that was there is replaced,
     * in one step and only when the new one is complete. The same tensors give the same bytes.
     *
     * @throws UnsupportedRequestException when a tensor is bfloat16, which NumPy does not have
     * @throws ValueException when a name is not a relative path with {@code /} between its parts
     */
    public static void writeCompressed(Path path, Map<String, Tensor> tensors) throws IOException {
        write(path, tensors, ZipEntry.DEFLATED);
    }

    private static void write(Path path, Map<String, Tensor> tensors, int method) throws IOException {
        for (String name : tensors.keySet()) {
            if (!isRelative(name)) {
                throw new ValueException(
                        Fault.OUT_OF_DOMAIN, "name '" + Source.printable(name) + "' in .npz; must be a relative path");
            }
        }
        AtomicFile.replace(path, temporary -> {
            try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(
                    temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
                for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
                    ZipArchiveEntry entry = new ZipArchiveEntry(named.getKey() + SUFFIX);
                    entry.setMethod(method);
                    entry.setTimeLocal(TIMELESS);
                    entry.setSize(NpyHeader.bytes(named.getValue()).length
                            + named.getValue().segment().byteSize());
                    if (method == ZipEntry.STORED) {
                        entry.setAlignment(ALIGNMENT);
                    }
                    zip.putArchiveEntry(entry);
                    Npy.write(named.getValue(), zip);
                    zip.closeArchiveEntry();
                }
            }
        });
    }

    private static ZipFile open(Source source, FileChannel channel) throws TensorFormatException {
        try {
            return ZipFile.builder().setSeekableByteChannel(channel).get();
        } catch (IOException | RuntimeException e) {
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw source.fault(Problem.MALFORMED_ARCHIVE, "no zip archive: " + reason.getMessage(), e);
        }
    }

    private static SequencedMap<String, Tensor> read(Source source, MemorySegment bytes, ZipFile zip, ReadLimits limits)
            throws IOException {
        List<ZipArchiveEntry> entries = Collections.list(zip.getEntries());
        checkDisjoint(source, entries);
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        long inflated = 0;
        for (ZipArchiveEntry entry : entries) {
            String name = name(source, entry);
            Source part = source.entry(name + SUFFIX);
            if (tensors.containsKey(name)) {
                throw part.fault(Problem.DUPLICATE_NAME, "twice in the archive");
            }
            if (entry.getMethod() == ZipEntry.DEFLATED && entry.getSize() > limits.inflatedBytes() - inflated) {
                throw part.fault(
                        Problem.LIMIT_EXCEEDED,
                        "inflates to " + entry.getSize() + " bytes after " + inflated + " of others; the limit is "
                                + limits.inflatedBytes());
            }
            inflated += entry.getMethod() == ZipEntry.DEFLATED ? entry.getSize() : 0;
            tensors.put(name, tensor(part, bytes, zip, entry));
        }
        return Collections.unmodifiableSequencedMap(tensors);
    }

    private static Tensor tensor(Source source, MemorySegment bytes, ZipFile zip, ZipArchiveEntry entry)
            throws IOException {
        if (entry.getGeneralPurposeBit().usesEncryption()) {
            throw source.fault(Problem.UNSUPPORTED_COMPRESSION, "is encrypted; NumPy's entries never are");
        }
        return switch (entry.getMethod()) {
            case ZipEntry.STORED -> stored(source, bytes, entry);
            case ZipEntry.DEFLATED -> {
                try {
                    yield inflated(source, zip, entry);
                } catch (TensorFormatException e) {
                    throw e;
                } catch (IOException e) {
                    throw source.fault(Problem.MALFORMED_COMPRESSION, "does not inflate: " + e.getMessage(), e);
                }
            }
            default ->
                throw source.fault(
                        Problem.UNSUPPORTED_COMPRESSION,
                        "compression method " + entry.getMethod() + "; NumPy uses 0 (stored) and 8 (deflated)");
        };
    }

    private static Tensor stored(Source source, MemorySegment bytes, ZipArchiveEntry entry)
            throws TensorFormatException {
        if (entry.getSize() != entry.getCompressedSize()) {
            throw source.fault(
                    Problem.MALFORMED_ARCHIVE,
                    "is stored, yet has " + entry.getSize() + " bytes in " + entry.getCompressedSize());
        }
        MemorySegment content = bytes.asSlice(entry.getDataOffset(), entry.getSize());
        CRC32 checksum = new CRC32();
        for (long offset = 0; offset < content.byteSize(); offset += 1 << 30) {
            checksum.update(content.asSlice(offset, Math.min(1 << 30, content.byteSize() - offset))
                    .asByteBuffer());
        }
        checkChecksum(source, entry, checksum);
        return Npy.tensor(source, content);
    }

    /** Inflates the header first; the data gets memory only when archive, compressed size and header agree on how much. */
    private static Tensor inflated(Source source, ZipFile zip, ZipArchiveEntry entry) throws IOException {
        if (entry.getSize() / MAX_DEFLATE_RATIO > entry.getCompressedSize()) {
            throw source.fault(
                    Problem.MALFORMED_COMPRESSION,
                    "claims " + entry.getSize() + " bytes from " + entry.getCompressedSize()
                            + "; deflate yields at most " + MAX_DEFLATE_RATIO + " for one");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] start = in.readNBytes((int) Math.min(entry.getSize(), NpyHeader.MAX_BYTES));
            NpyHeader header = NpyHeader.read(source, MemorySegment.ofArray(start));
            source.checkLength(header.totalBytes, entry.getSize());
            CRC32 checksum = new CRC32();
            checksum.update(start);
            MemorySegment data = Tensor.zeros(header.dtype, header.shape).segment();
            long filled = (long) start.length - header.dataOffset;
            MemorySegment.copy(MemorySegment.ofArray(start), header.dataOffset, data, 0, filled);
            byte[] buffer = new byte[Sink.BUFFER_SIZE];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (count > data.byteSize() - filled) {
                    throw source.fault(Problem.TRAILING_BYTES, "inflates to more than " + header.totalBytes + " bytes");
                }
                checksum.update(buffer, 0, count);
                MemorySegment.copy(MemorySegment.ofArray(buffer), 0, data, filled, count);
                filled += count;
            }
            source.checkLength(header.totalBytes, header.dataOffset + filled);
            checkChecksum(source, entry, checksum);
            return Npy.tensor(header, data);
        }
    }

    private static void checkChecksum(Source source, ZipArchiveEntry entry, CRC32 checksum)
            throws TensorFormatException {
        if (checksum.getValue() != entry.getCrc()) {
            throw source.fault(
                    Problem.WRONG_CHECKSUM,
                    "CRC-32 is %08x, but %08x is written beside it".formatted(checksum.getValue(), entry.getCrc()));
        }
    }

    /** No two entries share a byte. The library has seen to it that each lies before the archive's directory. */
    private static void checkDisjoint(Source source, List<ZipArchiveEntry> entries) throws TensorFormatException {
        long end = 0;
        for (ZipArchiveEntry entry : entries.stream()
                .sorted(Comparator.comparingLong(ZipArchiveEntry::getLocalHeaderOffset))
                .toList()) {
            if (entry.getLocalHeaderOffset() < end) {
                throw source.entry(entry.getName())
                        .fault(
                                Problem.OVERLAPPING_ENTRIES,
                                "starts at byte " + entry.getLocalHeaderOffset()
                                        + ", before the entry ahead of it ends at " + end);
            }
            end = entry.getDataOffset() + entry.getCompressedSize();
        }
    }

    private static String name(Source source, ZipArchiveEntry entry) throws TensorFormatException {
        String full = source.utf8(entry.getRawName(), Problem.BAD_NAME);
        Source part = source.entry(full);
        if (!full.endsWith(SUFFIX)) {
            throw part.fault(Problem.BAD_NAME, "has a name without .npy");
        }
        String name = full.substring(0, full.length() - SUFFIX.length());
        if (!isRelative(name)) {
            throw part.fault(Problem.BAD_NAME, "has a name that is no relative path with / between its parts");
        }
        return name;
    }

    /** Whether a name, were it a path, would stay below where it starts, on any system. */
    private static boolean isRelative(String name) {
        return name.chars().noneMatch(c -> c == '\\' || Character.isISOControl(c))
                && !name.matches("[A-Za-z]:/.*")
                && Arrays.stream(name.split("/", -1))
                        .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    }
}
