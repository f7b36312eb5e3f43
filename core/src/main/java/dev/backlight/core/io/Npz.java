package dev.backlight.core.io;

import dev.backlight.core.Tensor;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// Named tensors in NumPy's `.npz` format: a zip archive of [Npy] files, as `numpy.savez` and
/// `numpy.savez_compressed` write it.
///
/// Names are those of NumPy, without `.npy`, in the order of the archive. Entries may be stored or
/// deflated; written ones are deflated, and the same tensors give the same bytes. Refused are
/// entries that are not `.npy`, names that occur twice, wrong checksums, and an archive that claims
/// to unpack to more than deflate can pack into it.
public final class Npz {
  // No deflated byte stands for more than 1032 bytes, so entries that claim more overlap or lie.
  private static final long MOST_PER_BYTE = 1032;
  private static final String TAIL = ".npy";
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Npz() {}

  /// The tensors in a file, by name, in the file's order.
  ///
  /// @throws FormatException if the file is not a whole archive of `.npy` files of numbers
  public static Map<String, Tensor> read(Path file) throws IOException {
    String name = file.toString();
    try (InputStream in = Files.newInputStream(file)) {
      checkMagic(name, in.readNBytes(4));
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      checkSizes(name, zip, Files.size(file));
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String key = key(name, entry, tensors);
        CRC32 sum = new CRC32();
        try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), sum)) {
          tensors.put(key, read(name, entry, in));
        }
        if (sum.getValue() != entry.getCrc()) {
          throw new FormatException(
              name + "/" + entry.getName(),
              String.format("needs the checksum %08x, got %08x", entry.getCrc(), sum.getValue()));
        }
      }
      return Collections.unmodifiableMap(tensors);
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw broken(name, e);
    }
  }

  /// The tensors of a stream, by name, in its order; for resources inside a jar. Messages begin
  /// with `name`.
  ///
  /// @throws FormatException if what comes is not an archive of `.npy` files of numbers
  public static Map<String, Tensor> read(InputStream in, String name) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in);
    buffered.mark(4);
    checkMagic(name, buffered.readNBytes(4));
    buffered.reset();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try {
      // Not closed: the stream is the caller's.
      ZipInputStream zip = new ZipInputStream(buffered);
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        tensors.put(key(name, entry, tensors), read(name, entry, zip));
      }
    } catch (ZipException | EOFException | IllegalArgumentException e) {
      throw broken(name, e);
    }
    return Collections.unmodifiableMap(tensors);
  }

  /// Writes tensors to a file, wholly or not at all, in the order of the map.
  public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    AtomicFile.write(file, out -> write(out, tensors));
  }

  /// Writes tensors to a stream, which is not closed, in the order of the map.
  public static void write(OutputStream out, Map<String, Tensor> tensors) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
      ZipEntry entry = new ZipEntry(tensor.getKey() + TAIL);
      // The time of writing would make the same tensors give other bytes.
      entry.setTimeLocal(NO_TIME);
      zip.putNextEntry(entry);
      Npy.write(zip, tensor.getValue());
      zip.closeEntry();
    }
    zip.finish();
  }

  private static Tensor read(String name, ZipEntry entry, InputStream in) throws IOException {
    String whole = name + "/" + entry.getName();
    Tensor tensor = Npy.read(in, whole, entry.getSize(), false);
    if (in.read() >= 0) {
      throw new FormatException(whole, "needs nothing after its data, got more");
    }
    return tensor;
  }

  private static String key(String name, ZipEntry entry, Map<String, Tensor> tensors)
      throws FormatException {
    String file = entry.getName();
    if (!file.endsWith(TAIL)) {
      throw new FormatException(name, "needs entries that are .npy files, got " + file);
    }
    String key = file.substring(0, file.length() - TAIL.length());
    if (tensors.containsKey(key)) {
      throw new FormatException(name, "needs entries of different names, got " + file + " again");
    }
    return key;
  }

  private static void checkMagic(String name, byte[] magic) throws FormatException {
    boolean entries = Arrays.equals(magic, new byte[] {'P', 'K', 3, 4});
    boolean none = Arrays.equals(magic, new byte[] {'P', 'K', 5, 6});
    if (!entries && !none) {
      throw new FormatException(
          name, "an .npz file begins with 50 4b 03 04, got " + Elements.hex(magic));
    }
  }

  private static void checkSizes(String name, ZipFile zip, long length) throws FormatException {
    long most = length * MOST_PER_BYTE;
    long room = most;
    for (ZipEntry entry : Collections.list(zip.entries())) {
      room -= Math.min(entry.getSize(), Long.MAX_VALUE / 2);
      if (room < 0) {
        throw new FormatException(
            name,
            "an archive of "
                + length
                + " bytes can hold at most "
                + most
                + ", got entries of more");
      }
    }
  }

  private static FormatException broken(String name, Exception e) {
    return new FormatException(name, "needs a whole zip archive, got: " + e.getMessage());
  }
}
