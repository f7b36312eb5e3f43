package dev.backlight.onnx.proto;

import dev.backlight.core.io.FormatException;
import it.unimi.dsi.fastutil.doubles.DoubleArrayList;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A tensor as files have it: its data still in the form in which they came.
///
/// @param name of the tensor
/// @param dims the sizes
/// @param typeCode the element type's number; see [ElementType]
/// @param raw little-endian data, if they came like that
/// @param floats data, if they came as floats
/// @param ints data, if they came as integers of 32 or 64 bits
/// @param doubles data, if they came as doubles
/// @param strings how many texts came
/// @param segmented whether it is a piece of a larger tensor
/// @param external where data outside of the file are, if they are
public record TensorProto(
    String name,
    long[] dims,
    long typeCode,
    @Nullable ByteBuffer raw,
    float[] floats,
    long[] ints,
    double[] doubles,
    int strings,
    boolean segmented,
    @Nullable Map<String, String> external) {
  /// Reads a file that holds one tensor.
  ///
  /// @param name of the file, for error messages
  public static TensorProto read(String name, byte[] bytes) throws FormatException {
    return read(Wire.of(name, bytes));
  }

  static TensorProto read(Wire in) throws FormatException {
    String name = "";
    LongArrayList dims = new LongArrayList();
    long type = 0;
    @Nullable ByteBuffer raw = null;
    IntArrayList floats = new IntArrayList();
    LongArrayList ints = new LongArrayList();
    DoubleArrayList doubles = new DoubleArrayList();
    int strings = 0;
    boolean segmented = false;
    Map<String, String> external = new LinkedHashMap<>();
    boolean outside = false;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.integers(dims);
        case 2 -> type = in.integer();
        case 3 -> {
          segmented = true;
          in.skip();
        }
        case 4 -> in.floats(floats);
        case 5, 7, 11 -> in.integers(ints);
        case 6 -> {
          strings++;
          in.skip();
        }
        case 8 -> name = in.text();
        case 9 -> raw = in.data();
        case 10 -> in.doubles(doubles);
        case 13 -> ModelProto.readEntry(in.message(), external);
        case 14 -> outside = in.integer() == 1;
        default -> in.skip();
      }
    }
    return new TensorProto(
        name,
        dims.toLongArray(),
        type,
        raw,
        Wire.ofBits(floats),
        ints.toLongArray(),
        doubles.toDoubleArray(),
        strings,
        segmented,
        outside ? external : null);
  }
}
