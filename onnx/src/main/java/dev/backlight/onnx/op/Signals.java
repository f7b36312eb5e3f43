package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Fourier transforms and the windows and filters that go with them.
final class Signals {
  private Signals() {}

  static void addTo(Operators all) {
    window(all, "HannWindow", t -> 0.5 - 0.5 * Math.cos(t));
    window(all, "HammingWindow", t -> 25.0 / 46 - 21.0 / 46 * Math.cos(t));
    window(all, "BlackmanWindow", t -> 0.42 - 0.5 * Math.cos(t) + 0.08 * Math.cos(2 * t));
    all.one("DFT", Signals::dft);
    all.one("STFT", Signals::stft);
    all.add("MelWeightMatrix", Signals::mel);
  }

  private static void window(Operators all, String name, DoubleUnaryOperator at) {
    all.add(
        name,
        node -> {
          long n = node.whole(0);
          if (n < 0 || n > Library.MOST_ELEMENTS) {
            throw new Refusal("needs a size of at least 0, got " + n);
          }
          double period = node.integer("periodic", 1) != 0 ? n : n - 1;
          double[] values = new double[(int) n];
          for (int i = 0; i < n; i++) {
            values[i] = n == 1 ? 1 : at.applyAsDouble(2 * Math.PI * i / period);
          }
          ElementType type = node.elementType("output_datatype", ElementType.FLOAT);
          return List.of(Numbers.cast(Value.of(Tensor.of(values)), type, true));
        });
  }

  /// The matrix of cosines and sines of a transform from `n` values to `rows` frequencies.
  private static Tensor waves(int rows, int n, int length, boolean sines, DType dtype) {
    Library.room(NodeCall.shape(rows, n));
    double[] values = new double[rows * n];
    for (int k = 0; k < rows; k++) {
      for (int i = 0; i < n; i++) {
        double angle = 2 * Math.PI * ((long) k * i % length) / length;
        values[k * n + i] = sines ? Math.sin(angle) : Math.cos(angle);
      }
    }
    return Tensor.of(Shape.of(rows, n), values).to(dtype);
  }

  private static Tensor dft(NodeCall node) {
    Tensor x = node.floats(0);
    if (x.rank() < 2 || x.size(-1) < 1 || x.size(-1) > 2) {
      throw new Refusal("needs a last axis of 1 or 2, got " + x.shape());
    }
    long axisSaid = node.opset() < 20 ? node.integer("axis", 1) : node.has(2) ? node.whole(2) : -2;
    int axis = NodeCall.axis(axisSaid, x);
    if (axis == x.rank() - 1) {
      throw new Refusal("needs an axis before the last, got " + axisSaid);
    }
    boolean inverse = node.flag("inverse");
    boolean oneSided = node.flag("onesided");
    int length = node.has(1) ? NodeCall.ints(node.whole(1))[0] : x.size(axis);
    if (inverse && oneSided) {
      int given = node.has(1) ? length : 2 * (x.size(axis) - 1);
      return realInverse(x, axis, given);
    }
    Tensor moved = x.moveAxis(axis, x.rank() - 2);
    Tensor cut = fitted(moved, moved.rank() - 2, length);
    int rows = oneSided ? length / 2 + 1 : length;
    return transform(cut, rows, length, inverse).moveAxis(x.rank() - 2, axis);
  }

  /// With zeros behind, or cut.
  private static Tensor fitted(Tensor x, int axis, int length) {
    if (length < 1) {
      throw new Refusal("needs a length of at least 1, got " + length);
    }
    int size = x.size(axis);
    return length == size
        ? x
        : length < size ? x.slice(axis, 0, length) : x.pad(axis, 0, length - size);
  }

  /// The transform of the last axis but one; the last has real and imaginary parts.
  private static Tensor transform(Tensor x, int rows, int length, boolean inverse) {
    int n = x.size(-2);
    Tensor cos = waves(rows, n, length, false, x.dtype());
    Tensor sin = waves(rows, n, length, true, x.dtype());
    Tensor real = x.slice(-1, 0, 1);
    Tensor re = cos.matmul(real);
    Tensor im = sin.matmul(real);
    if (!inverse) {
      im = im.neg();
    }
    if (x.size(-1) == 2) {
      Tensor imaginary = x.slice(-1, 1, 2);
      Tensor other = sin.matmul(imaginary);
      re = inverse ? re.sub(other) : re.add(other);
      im = im.add(cos.matmul(imaginary));
    }
    Tensor both = Tensor.concat(x.rank() - 1, re, im);
    return inverse ? both.div(length) : both;
  }

  /// From the frequencies up to half of them, whose others are their conjugates, to real values.
  private static Tensor realInverse(Tensor x, int axis, int length) {
    Tensor moved = x.moveAxis(axis, x.rank() - 2);
    int rows = length / 2 + 1;
    Tensor half = fitted(moved, moved.rank() - 2, rows);
    if (half.size(-1) == 1) {
      half = half.pad(-1, 0, 1);
    }
    int mirrored = length - rows;
    Tensor whole = half;
    if (mirrored > 0) {
      Tensor rest = half.slice(-2, 1, 1 + mirrored).flip(half.rank() - 2);
      Tensor conjugate =
          Tensor.concat(half.rank() - 1, rest.slice(-1, 0, 1), rest.slice(-1, 1, 2).neg());
      whole = Tensor.concat(half.rank() - 2, half, conjugate);
    }
    return transform(whole, length, length, true).slice(-1, 0, 1).moveAxis(x.rank() - 2, axis);
  }

  private static Tensor stft(NodeCall node) {
    Tensor x = node.floats(0);
    if (x.rank() == 2) {
      x = x.unsqueeze(2);
    }
    if (x.rank() != 3) {
      throw new Refusal("needs signals (n, length, 1 or 2), got " + x.shape());
    }
    int step = NodeCall.ints(node.whole(1))[0];
    @Nullable Tensor window = node.optional(2);
    int size =
        node.has(3)
            ? NodeCall.ints(node.whole(3))[0]
            : Objects.requireNonNull(window == null ? node.x(2) : window).elements();
    if (step < 1 || size < 1 || size > x.size(1)) {
      throw new Refusal(
          "needs frames of 1.."
              + x.size(1)
              + " and steps of at least 1, got "
              + size
              + " and "
              + step);
    }
    Tensor frames = x.windows(1, size, step); // (n, frames, size, parts)
    if (window != null) {
      frames = frames.mul(window.reshape(Shape.of(size, 1)));
    }
    int rows = node.integer("onesided", 1) != 0 ? size / 2 + 1 : size;
    return transform(frames, rows, size, false);
  }

  private static List<Value> mel(NodeCall node) {
    int bins = NodeCall.ints(node.whole(0))[0];
    int length = NodeCall.ints(node.whole(1))[0];
    double rate = node.number(2);
    double low = node.number(3);
    double high = node.number(4);
    if (bins < 1 || length < 1) {
      throw new Refusal("needs at least one bin and a length, got " + bins + " and " + length);
    }
    int rows = length / 2 + 1;
    Library.room(NodeCall.shape(rows, bins));
    double from = mels(low);
    double step = (mels(high) - from) / (bins + 2);
    int[] edges = new int[bins + 2];
    for (int i = 0; i < edges.length; i++) {
      double hertz = 700 * (Math.pow(10, (from + i * step) / 2595) - 1);
      edges[i] = (int) Math.floor((length + 1) * hertz / rate);
    }
    double[] matrix = new double[rows * bins];
    for (int i = 0; i < bins; i++) {
      int lower = edges[i];
      int centre = edges[i + 1];
      int upper = edges[i + 2];
      for (int j = lower; j <= centre && j < rows; j++) {
        if (j >= 0 && (centre > lower || j == centre)) {
          matrix[j * bins + i] = centre == lower ? 1 : (double) (j - lower) / (centre - lower);
        }
      }
      for (int j = centre; j < upper && j < rows; j++) {
        if (j >= 0 && upper > centre) {
          matrix[j * bins + i] = (double) (upper - j) / (upper - centre);
        }
      }
    }
    ElementType type = node.elementType("output_datatype", ElementType.FLOAT);
    Tensor all = Tensor.of(Shape.of(rows, bins), matrix);
    return List.of(Numbers.cast(Value.of(all), type, true));
  }

  private static double mels(double hertz) {
    return 2595 * Math.log10(1 + hertz / 700);
  }
}
