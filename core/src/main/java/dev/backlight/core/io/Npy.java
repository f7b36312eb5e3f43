package dev.backlight.core.io;

import dev.backlight.core.Block;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// One tensor in NumPy's `.npy` format, as `numpy.save` and `numpy.load` write and read it.
///
/// | in the file | read as | written from |
/// |---|---|---|
/// | `f4`, `f8`, `i4`, `i8`, `b1` | `F32`, `F64`, `I32`, `I64`, `BOOL` | the same |
/// | `f2` | `F32` | |
/// | `i1`, `i2`, `u1`, `u2` | `I32` | |
/// | `u4`, and `u8` if all its values are below 2⁶³ | `I64` | |
///
/// Read are formats 1.0, 2.0 and 3.0 of either byte order, in C and in Fortran order; no value
/// changes by it. Written is format 1.0, little endian, in C order: the bytes that NumPy itself
/// would write. Python objects, text, dates, complex numbers and structures are refused by name.
///
/// The format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
public final class Npy {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 1 << 20;
  // NumPy leaves room for the first size to grow to so many digits, and aligns data at so many
  // bytes.
  private static final int ROOM_FOR_GROWTH = 21;
  private static final int ALIGNMENT = 64;

  private Npy() {}

  /// The tensor in a file, which must hold nothing after it.
  ///
  /// @throws FormatException if the file is not a whole `.npy` file of numbers
  public static Tensor read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      boolean regular = Files.isRegularFile(file);
      return read(in, file.toString(), regular ? Files.size(file) : -1, regular);
    }
  }

  /// The next tensor of a stream, which is left right behind it. Messages begin with `name`.
  ///
  /// @throws FormatException if what comes is not a whole `.npy` file of numbers
  public static Tensor read(InputStream in, String name) throws IOException {
    return read(in, name, -1, false);
  }

  /// Writes a tensor to a file, wholly or not at all.
  public static void write(Path file, Tensor tensor) throws IOException {
    AtomicFile.write(file, out -> write(out, tensor));
  }

  /// Writes a tensor to a stream, which is not closed.
  public static void write(OutputStream out, Tensor tensor) throws IOException {
    Block block = Elements.of(tensor);
    out.write(header(block.spec()));
    Elements.write(out, block);
  }

  /// Reads a tensor of which it is known how long it is, header included, or -1.
  ///
  /// @param proven whether so many bytes are known to be there, rather than said to be
  static Tensor read(InputStream in, String name, long length, boolean proven) throws IOException {
    byte[] magic = in.readNBytes(MAGIC.length);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new FormatException(
          name, "an .npy file begins with " + Elements.hex(MAGIC) + ", got " + Elements.hex(magic));
    }
    byte[] version = in.readNBytes(2);
    if (version.length < 2 || version[0] < 1 || version[0] > 3 || version[1] != 0) {
      throw new FormatException(
          name,
          "needs .npy format 1.0, 2.0 or 3.0, got "
              + (version.length < 2
                  ? "the end"
                  : Byte.toUnsignedInt(version[0]) + "." + Byte.toUnsignedInt(version[1])));
    }
    int width = version[0] == 1 ? 2 : 4;
    byte[] count = Arrays.copyOf(exactly(in, name, width, "the length of its header"), 4);
    long headerLength =
        Integer.toUnsignedLong(ByteBuffer.wrap(count).order(ByteOrder.LITTLE_ENDIAN).getInt());
    if (headerLength > MAX_HEADER) {
      throw new FormatException(
          name, "needs a header of at most " + MAX_HEADER + " bytes, got " + headerLength);
    }
    byte[] bytes = exactly(in, name, (int) headerLength, "its header");
    NpyHeader header = NpyHeader.parse(name, decoded(name, bytes, version[0]));
    Shape shape = header.shape();
    long data = length - MAGIC.length - 2 - width - headerLength;
    if (length >= 0 && data != Elements.bytes(shape, header.stored())) {
      throw Elements.wrongLength(name, header.stored(), shape, data);
    }
    if (!header.fortran()) {
      return Tensor.over(Elements.read(in, name, header.stored(), header.order(), shape, proven));
    }
    Shape flat = Shape.of(shape.elements());
    return Tensor.over(
        rowMajor(Elements.read(in, name, header.stored(), header.order(), flat, proven), shape));
  }

  private static byte[] exactly(InputStream in, String name, int n, String what)
      throws IOException {
    byte[] bytes = in.readNBytes(n);
    if (bytes.length < n) {
      throw new FormatException(
          name, "needs " + n + " bytes for " + what + ", got " + bytes.length);
    }
    return bytes;
  }

  private static String decoded(String name, byte[] header, int version) throws FormatException {
    if (version < 3) {
      return new String(header, StandardCharsets.ISO_8859_1);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header)).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(name, "needs a header in UTF-8, got bytes that are not");
    }
  }

  /// The elements of a column-major run in row-major order.
  private static Block rowMajor(Block columns, Shape shape) {
    Block rows = Block.allocate(Spec.of(shape, columns.dtype()));
    int rank = shape.rank();
    int[] sizes = shape.sizes();
    int[] strides = new int[rank];
    int step = 1;
    for (int axis = 0; axis < rank; axis++) {
      strides[axis] = step;
      step *= sizes[axis];
    }
    int[] index = new int[rank];
    int from = 0;
    for (int to = 0; to < rows.size(); to++) {
      System.arraycopy(columns.array(), from, rows.array(), to, 1);
      for (int axis = rank - 1; axis >= 0; axis--) {
        from += strides[axis];
        if (++index[axis] < sizes[axis]) {
          break;
        }
        from -= index[axis] * strides[axis];
        index[axis] = 0;
      }
    }
    return rows;
  }

  private static byte[] header(Spec spec) {
    int rank = spec.shape().rank();
    if (rank > Elements.MAX_RANK) {
      throw new ShapeException(
          "an .npy file needs a rank of at most " + Elements.MAX_RANK + ", got " + rank);
    }
    String text = NpyHeader.text(spec.shape(), spec.dtype());
    if (rank > 0) {
      text += " ".repeat(ROOM_FOR_GROWTH - Integer.toString(spec.shape().size(0)).length());
    }
    int prefix = MAGIC.length + 4;
    int unpadded = prefix + text.length() + 1;
    text += " ".repeat(ALIGNMENT - unpadded % ALIGNMENT) + "\n";
    return ByteBuffer.allocate(prefix + text.length())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) text.length())
        .put(text.getBytes(StandardCharsets.US_ASCII))
        .array();
  }
}
