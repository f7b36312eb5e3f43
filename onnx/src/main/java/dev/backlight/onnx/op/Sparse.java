package dev.backlight.onnx.op;

import dev.backlight.core.Block;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ExternalData;
import dev.backlight.onnx.proto.SparseProto;
import java.util.Objects;

/// Sparse tensors of a file, with their zeros.
public final class Sparse {
  private Sparse() {}

  /// The whole tensor.
  public static Value read(SparseProto proto, ExternalData beside) {
    Value values = NodeCall.read(proto.values(), beside);
    Tensor indices = NodeCall.read(proto.indices(), beside).tensor();
    Shape shape = Library.room(NodeCall.shape(proto.dims()));
    long[] places = NodeCall.longs(indices);
    int n = values.tensor().elements();
    int each = indices.rank() == 2 ? indices.size(1) : 1;
    if (places.length != (long) n * each || (indices.rank() == 2 && each != shape.rank())) {
      throw new Refusal(
          "sparse tensor '"
              + proto.values().name()
              + "' needs a place for each of "
              + n
              + " values, got indices "
              + indices.shape());
    }
    Block from = Objects.requireNonNull(values.tensor().block());
    Block to = Block.allocate(Spec.of(shape, values.tensor().dtype()));
    for (int i = 0; i < n; i++) {
      long flat = indices.rank() == 2 ? 0 : places[i];
      for (int axis = 0; indices.rank() == 2 && axis < each; axis++) {
        long at = places[i * each + axis];
        flat = at < 0 || at >= shape.size(axis) ? -1 : flat < 0 ? -1 : flat * shape.size(axis) + at;
      }
      if (flat < 0 || flat >= shape.elements()) {
        throw new Refusal(
            "sparse tensor '"
                + proto.values().name()
                + "' needs places within "
                + shape
                + ", got another for value "
                + i);
      }
      System.arraycopy(from.array(), i, to.array(), (int) flat, 1);
    }
    return new Value(Tensor.over(to), values.type());
  }
}
