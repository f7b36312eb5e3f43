package dev.backlight.onnx.proto;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/// Tensors of files as tensors: every element type, in every form that data come in.
public final class TensorData {
  /// The highest rank that is read, as in NumPy 2.
  private static final int MAX_RANK = 64;

  private TensorData() {}

  /// The element type; unknown ones are an error.
  public static ElementType type(TensorProto proto) throws FormatException {
    return ElementType.of(proto.typeCode())
        .orElseThrow(() ->
            new FormatException(
                name(proto),
                "needs an element type of 1 to "
                    + ElementType.values().length
                    + ", got "
                    + proto.typeCode()));
  }

  /// The tensor, with its data copied.
  ///
  /// @param beside where data outside of the file are found
  public static Tensor read(TensorProto proto, ExternalData beside) throws IOException {
    ElementType type = type(proto);
    DType dtype = type.dtype();
    if (dtype == null) {
      throw new FormatException(
          name(proto), "needs numbers or truth values, got elements of " + type);
    }
    if (proto.segmented()) {
      throw new FormatException(name(proto), "needs a whole tensor, got a segment");
    }
    Shape shape = shape(name(proto), proto.dims());
    int n = shape.elements();
    long needed = ((long) n * type.bits() + 7) / 8;
    ByteBuffer bytes = proto.raw();
    if (proto.external() != null) {
      if (needed > Integer.MAX_VALUE - 8) {
        throw new FormatException(name(proto), "needs at most 2 GiB of data, got " + needed);
      }
      bytes = beside.read(name(proto), proto.external(), needed);
    }
    if (bytes != null) {
      if (bytes.remaining() != needed) {
        throw wrongLength(proto, type, shape, needed + " bytes", bytes.remaining());
      }
      Block block = Block.allocate(Spec.of(shape, dtype));
      decode(bytes.slice().order(ByteOrder.LITTLE_ENDIAN), type, block);
      return Tensor.over(block);
    }
    return Tensor.over(listed(proto, type, shape));
  }

  private static Block listed(TensorProto proto, ElementType type, Shape shape)
      throws FormatException {
    int n = shape.elements();
    Spec spec = Spec.of(shape, Objects.requireNonNull(type.dtype()));
    return switch (type) {
      case FLOAT -> {
        needNumbers(proto, type, shape, n, proto.floats().length);
        yield Block.over(spec, proto.floats());
      }
      case DOUBLE -> {
        needNumbers(proto, type, shape, n, proto.doubles().length);
        yield Block.over(spec, proto.doubles());
      }
      case INT64 -> {
        needNumbers(proto, type, shape, n, proto.ints().length);
        yield Block.over(spec, proto.ints());
      }
      default -> {
        // Types of less than a byte share the integers, eight bits of each.
        int each = Math.max(1, 8 / type.bits());
        long[] packed = proto.ints();
        needNumbers(proto, type, shape, (n + each - 1) / each, packed.length);
        Block block = Block.allocate(spec);
        for (int i = 0; i < n; i++) {
          long number = packed[i / each];
          put(block, i, type, each == 1 ? number : number >>> (i % each * type.bits()));
        }
        yield block;
      }
    };
  }

  private static void needNumbers(
      TensorProto proto, ElementType type, Shape shape, int needed, int got)
      throws FormatException {
    if (needed != got) {
      throw wrongLength(proto, type, shape, needed + " numbers", got);
    }
  }

  private static FormatException wrongLength(
      TensorProto proto, ElementType type, Shape shape, String needed, int got) {
    return new FormatException(
        name(proto), type + shape.toString() + " needs " + needed + " of data, got " + got);
  }

  private static void decode(ByteBuffer in, ElementType type, Block out) {
    int n = out.size();
    switch (type) {
      case FLOAT -> in.asFloatBuffer().get(out.f32());
      case DOUBLE -> in.asDoubleBuffer().get(out.f64());
      case INT32 -> in.asIntBuffer().get(out.i32());
      case INT64, UINT64 -> in.asLongBuffer().get(out.i64());
      case UINT32 -> {
        for (int i = 0; i < n; i++) {
          put(out, i, type, in.getInt(4 * i));
        }
      }
      case UINT16, INT16, FLOAT16, BFLOAT16 -> {
        for (int i = 0; i < n; i++) {
          put(out, i, type, in.getShort(2 * i));
        }
      }
      default -> {
        int each = 8 / type.bits();
        for (int i = 0; i < n; i++) {
          put(out, i, type, (in.get(i / each) & 0xff) >>> (i % each * type.bits()));
        }
      }
    }
  }

  /// Stores the element that the lowest bits of a number are.
  private static void put(Block out, int i, ElementType type, long number) {
    int unused = 64 - type.bits();
    if (type.small().isPresent()) {
      out.f32()[i] = type.small().get().decode((int) (number << unused >>> unused));
    } else if (type == ElementType.BOOL) {
      out.bool()[i] = number != 0;
    } else {
      long value = type.isUnsigned() ? number << unused >>> unused : number << unused >> unused;
      if (out.dtype() == DType.I64) {
        out.i64()[i] = value;
      } else {
        out.i32()[i] = (int) value;
      }
    }
  }

  /// A shape from a file; what no [Shape] can be is a [FormatException].
  static Shape shape(String name, long[] sizes) throws FormatException {
    if (sizes.length > MAX_RANK) {
      throw new FormatException(
          name, "needs a rank of at most " + MAX_RANK + ", got " + sizes.length);
    }
    int[] ints = new int[sizes.length];
    long product = 1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] < 0) {
        throw new FormatException(name, "needs sizes of at least 0, got " + Arrays.toString(sizes));
      }
      ints[i] = (int) Math.min(Integer.MAX_VALUE, sizes[i]);
      product *= ints[i];
      if (sizes[i] > Integer.MAX_VALUE || product > Integer.MAX_VALUE) {
        throw new FormatException(
            name,
            "needs at most " + Integer.MAX_VALUE + " elements, got " + Arrays.toString(sizes));
      }
    }
    return Shape.of(ints);
  }

  private static String name(TensorProto proto) {
    return "tensor '" + proto.name() + "'";
  }
}
