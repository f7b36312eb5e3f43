package dev.backlight.onnx;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import dev.backlight.onnx.proto.ValueInfo;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An input or output of a model, as its file declares it.
public final class Port {
  private final ValueInfo info;

  Port(ValueInfo info) {
    this.info = info;
  }

  /// Its name.
  public String name() {
    return info.name();
  }

  /// The element type as ONNX writes it, such as `float16`; or that it is a `sequence`.
  public String type() {
    ElementType type = info.type();
    return type == null ? info.kind() : type.toString();
  }

  /// The dtype of its tensors here, if it is a tensor of numbers or truth values.
  public Optional<DType> dtype() {
    ElementType type = info.type();
    return Optional.ofNullable(type == null ? null : type.dtype());
  }

  /// The sizes: numbers, names such as `N`, or `?`. Nothing if not even the rank is known.
  public Optional<List<String>> sizes() {
    List<ValueInfo.Dim> dims = info.dims();
    return dims == null
        ? Optional.empty()
        : Optional.of(dims.stream().map(ValueInfo.Dim::toString).toList());
  }

  /// The shape with this number for every size that is not one, if the rank is known.
  public Optional<Shape> shape(int open) {
    List<ValueInfo.Dim> dims = info.dims();
    if (dims == null) {
      return Optional.empty();
    }
    int[] sizes = new int[dims.size()];
    long product = 1;
    for (int i = 0; i < sizes.length; i++) {
      long size = dims.get(i).size();
      product *= Math.min(size < 0 ? open : size, Integer.MAX_VALUE);
      if (product > Integer.MAX_VALUE) {
        throw new OnnxException(
            "input '" + name() + "' needs at most " + Integer.MAX_VALUE + " elements, got " + this);
      }
      sizes[i] = (int) (size < 0 ? open : size);
    }
    return Optional.of(Shape.of(sizes));
  }

  /// Requires a tensor to be what is declared.
  void check(Tensor tensor) {
    DType wanted = dtype().orElse(null);
    if (wanted == null || wanted != tensor.dtype() || !fits(tensor.shape())) {
      throw new OnnxException(
          "input '"
              + name()
              + "' needs "
              + this
              + (wanted == null ? ", which is no tensor of numbers" : " as " + wanted)
              + ", got "
              + tensor.dtype()
              + tensor.shape());
    }
  }

  private boolean fits(Shape shape) {
    @Nullable List<ValueInfo.Dim> dims = info.dims();
    if (dims == null) {
      return true;
    }
    boolean fits = dims.size() == shape.rank();
    for (int i = 0; fits && i < shape.rank(); i++) {
      fits = dims.get(i).size() < 0 || dims.get(i).size() == shape.size(i);
    }
    return fits;
  }

  @Nullable ElementType element() {
    return info.type();
  }

  /// As in `float(N, 3, 224, 224)`.
  @Override
  public String toString() {
    return type() + sizes().map(sizes -> "(" + String.join(", ", sizes) + ")").orElse("");
  }
}
