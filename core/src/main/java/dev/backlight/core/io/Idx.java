package dev.backlight.core.io;

import dev.backlight.core.Block;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// One tensor in the IDX format, in which MNIST and its kin are published; reads only.
///
/// | code in the file | type | read as |
/// |---|---|---|
/// | `08`, `09`, `0b`, `0c` | unsigned bytes, bytes, shorts, ints | `I32` |
/// | `0d`, `0e` | floats, doubles | `F32`, `F64` |
///
/// A file is two zeros, the code, the rank, as many sizes of four bytes, and the elements, all big
/// endian. A file packed by gzip is known by its first bytes, whatever it is called. The sizes that
/// a file states are compared with its length before any memory is taken; a packed file may state
/// at most what gzip could have packed into it.
///
/// The format: <http://yann.lecun.com/exdb/mnist/>, at its end.
public final class Idx {
  // No deflated byte stands for more than 1032 bytes.
  private static final long MOST_PER_BYTE = 1032;

  private Idx() {}

  /// The tensor in a file, packed or not, which must hold nothing after it.
  ///
  /// @throws FormatException if the file is not a whole IDX file
  public static Tensor read(Path file) throws IOException {
    long length = Files.isRegularFile(file) ? Files.size(file) : -1;
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString(), length);
    }
  }

  /// The tensor in a stream, packed or not, up to the stream's end. Messages begin with `name`.
  ///
  /// @throws FormatException if what comes is not a whole IDX file
  public static Tensor read(InputStream in, String name) throws IOException {
    return read(in, name, -1);
  }

  private static Tensor read(InputStream in, String name, long length) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in);
    buffered.mark(2);
    boolean packed = Arrays.equals(buffered.readNBytes(2), new byte[] {0x1f, (byte) 0x8b});
    buffered.reset();
    if (!packed) {
      return plain(buffered, name, length, false);
    }
    try {
      return plain(new GZIPInputStream(buffered, 1 << 16), name, length, true);
    } catch (ZipException | EOFException e) {
      throw new FormatException(name, "needs a whole gzip file, got: " + e.getMessage());
    }
  }

  private static Tensor plain(InputStream in, String name, long length, boolean packed)
      throws IOException {
    byte[] head = in.readNBytes(4);
    if (head.length < 4 || head[0] != 0 || head[1] != 0) {
      throw new FormatException(
          name, "an IDX file begins with 00 00, a type and a rank, got " + Elements.hex(head));
    }
    Stored stored = stored(name, head[2]);
    int rank = Byte.toUnsignedInt(head[3]);
    if (rank < 1 || rank > Elements.MAX_RANK) {
      throw new FormatException(
          name, "needs a rank from 1 to " + Elements.MAX_RANK + ", got " + rank);
    }
    byte[] sizes = in.readNBytes(4 * rank);
    if (sizes.length < 4 * rank) {
      throw new FormatException(
          name, "needs " + 4 * rank + " bytes for its sizes, got " + sizes.length);
    }
    long[] counts = new long[rank];
    for (int axis = 0; axis < rank; axis++) {
      counts[axis] =
          Integer.toUnsignedLong(
              ByteBuffer.wrap(sizes).order(ByteOrder.BIG_ENDIAN).getInt(4 * axis));
    }
    Shape shape = Elements.shape(name, counts);
    requireRoom(name, stored, shape, length, packed);
    Block block =
        Elements.read(in, name, stored, ByteOrder.BIG_ENDIAN, shape, length >= 0 && !packed);
    if (in.read() >= 0) {
      throw new FormatException(name, "needs nothing after its elements, got more");
    }
    return Tensor.over(block);
  }

  private static void requireRoom(
      String name, Stored stored, Shape shape, long length, boolean packed) throws FormatException {
    long needed = Elements.bytes(shape, stored);
    if (length >= 0 && packed && needed > length * MOST_PER_BYTE) {
      throw new FormatException(
          name,
          stored
              + shape.toString()
              + " needs "
              + needed
              + " bytes of data, got a gzip file of "
              + length
              + " bytes, which holds at most "
              + length * MOST_PER_BYTE);
    }
    long there = length - 4 - 4L * shape.rank();
    if (length >= 0 && !packed && needed != there) {
      throw Elements.wrongLength(name, stored, shape, there);
    }
  }

  private static Stored stored(String name, byte code) throws FormatException {
    return switch (code) {
      case 0x08 -> Stored.U8;
      case 0x09 -> Stored.I8;
      case 0x0b -> Stored.I16;
      case 0x0c -> Stored.I32;
      case 0x0d -> Stored.F32;
      case 0x0e -> Stored.F64;
      default ->
          throw new FormatException(
              name,
              "needs a type of 08, 09, 0b, 0c, 0d or 0e, got %02x"
                  .formatted(Byte.toUnsignedInt(code)));
    };
  }
}
