package dev.backlight.onnx.proto;

import dev.backlight.core.io.FormatException;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import org.jspecify.annotations.Nullable;

/// A tensor with few elements that are not zero.
///
/// @param values those elements, whose name is that of the tensor
/// @param indices their places: one number each, or one for every axis
/// @param dims the sizes
public record SparseProto(TensorProto values, TensorProto indices, long[] dims) {
  static SparseProto read(Wire in) throws FormatException {
    @Nullable TensorProto values = null;
    @Nullable TensorProto indices = null;
    LongArrayList dims = new LongArrayList();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> values = TensorProto.read(in.message());
        case 2 -> indices = TensorProto.read(in.message());
        case 3 -> in.integers(dims);
        default -> in.skip();
      }
    }
    if (values == null || indices == null) {
      throw in.bad("a sparse tensor needs values and indices, got none");
    }
    return new SparseProto(values, indices, dims.toLongArray());
  }
}
