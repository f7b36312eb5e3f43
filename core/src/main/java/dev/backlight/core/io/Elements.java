package dev.backlight.core.io;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/// Moves elements between streams and tensors, some thousands at a time.
final class Elements {
  /// The highest rank that is read and written, as in NumPy 2.
  static final int MAX_RANK = 64;

  private static final int CHUNK = 1 << 16;
  private static final int UNPROVEN = 1 << 18;

  private Elements() {}

  /// Reads the elements of one tensor.
  ///
  /// @param proven whether that many bytes are known to be there: only then all memory is taken at
  ///   once, otherwise it grows with what arrives
  static Block read(
      InputStream in, String name, Stored stored, ByteOrder order, Shape shape, boolean proven)
      throws IOException {
    int n = shape.elements();
    Object array = allocate(stored.dtype, proven ? n : Math.min(n, UNPROVEN));
    int capacity = proven ? n : Math.min(n, UNPROVEN);
    byte[] bytes = new byte[(int) Math.min(CHUNK, (long) n * stored.bytes)];
    int done = 0;
    while (done < n) {
      if (done == capacity) {
        capacity = (int) Math.min(n, 2L * capacity);
        Object wider = allocate(stored.dtype, capacity);
        System.arraycopy(array, 0, wider, 0, done);
        array = wider;
      }
      int count = Math.min(capacity - done, bytes.length / stored.bytes);
      int wanted = count * stored.bytes;
      int got = in.readNBytes(bytes, 0, wanted);
      if (got < wanted) {
        throw wrongLength(name, stored, shape, (long) done * stored.bytes + got);
      }
      try {
        stored.decode(ByteBuffer.wrap(bytes, 0, wanted).order(order), array, done, count);
      } catch (FormatException e) {
        throw e.in(name);
      }
      done += count;
    }
    return Block.over(Spec.of(shape, stored.dtype), array);
  }

  private static Object allocate(DType dtype, int n) {
    return Block.allocate(Spec.of(Shape.of(n), dtype)).array();
  }

  /// What is wrong when the bytes of a tensor are not as many as its shape needs.
  static FormatException wrongLength(String name, Stored stored, Shape shape, long got) {
    return new FormatException(
        name,
        stored
            + shape.toString()
            + " needs "
            + bytes(shape, stored)
            + " bytes of data, got "
            + got);
  }

  static long bytes(Shape shape, Stored stored) {
    return (long) shape.elements() * stored.bytes;
  }

  /// The values of a tensor, also of one that is being recorded.
  static Block of(Tensor tensor) {
    Block block = tensor.detached().block();
    if (block == null) {
      throw new IllegalStateException("writing needs values, got " + tensor);
    }
    return block;
  }

  /// Writes the elements of one tensor, little endian.
  static void write(OutputStream out, Block block) throws IOException {
    int width = block.dtype().bytes();
    int n = block.size();
    ByteBuffer bytes =
        ByteBuffer.allocate((int) Math.min(CHUNK, (long) n * width)).order(ByteOrder.LITTLE_ENDIAN);
    int step = bytes.capacity() / width;
    for (int done = 0; done < n; done += step) {
      int count = Math.min(step, n - done);
      switch (block.dtype()) {
        case F32 -> bytes.asFloatBuffer().put(block.f32(), done, count);
        case F64 -> bytes.asDoubleBuffer().put(block.f64(), done, count);
        case I32 -> bytes.asIntBuffer().put(block.i32(), done, count);
        case I64 -> bytes.asLongBuffer().put(block.i64(), done, count);
        case BOOL -> {
          for (int i = 0; i < count; i++) {
            bytes.put(i, (byte) (block.bool()[done + i] ? 1 : 0));
          }
        }
      }
      out.write(bytes.array(), 0, count * width);
    }
  }

  /// A shape from a file; what no [Shape] can be is a [FormatException].
  static Shape shape(String name, long[] sizes) throws FormatException {
    if (sizes.length > MAX_RANK) {
      throw new FormatException(
          name, "needs a rank of at most " + MAX_RANK + ", got " + sizes.length);
    }
    int[] ints = new int[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      ints[i] = Math.clamp(sizes[i], -1, Integer.MAX_VALUE);
    }
    long product = 1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] < 0) {
        throw new FormatException(name, "needs sizes of at least 0, got " + text(sizes));
      }
      product *= ints[i];
      if (sizes[i] > Integer.MAX_VALUE || product > Integer.MAX_VALUE) {
        throw new FormatException(
            name, "needs at most " + Integer.MAX_VALUE + " elements, got " + text(sizes));
      }
    }
    return Shape.of(ints);
  }

  private static String text(long[] sizes) {
    String all = Arrays.toString(sizes);
    return "(" + all.substring(1, all.length() - 1) + ")";
  }

  /// The first bytes of something, for an error message.
  static String hex(byte[] bytes) {
    return bytes.length == 0 ? "nothing" : HexFormat.ofDelimiter(" ").formatHex(bytes);
  }
}
