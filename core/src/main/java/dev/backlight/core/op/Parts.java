package dev.backlight.core.op;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.kernel.Conv2dShape;
import dev.backlight.core.kernel.DoubleConvolution;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatConvolution;
import dev.backlight.core.kernel.FloatLoops;
import dev.backlight.core.kernel.Pool2dShape;
import org.jspecify.annotations.Nullable;

/// Convolutions that hand their result over in parts, each while it is still in the cache, instead
/// of writing it down, and pools that take planes as they come.
///
/// The bits are those of [Op#run].
public final class Parts {
  private Parts() {}

  /// Is handed the parts of a result.
  @FunctionalInterface
  public interface Taker {
    /// Takes elements `begin … end` of `count` planes, of which the first is number `first` of all
    /// planes of the result. They begin at `z[at]`, the planes `apart` elements from each other,
    /// and stay there until this returns. Every element is handed over once, by any thread.
    ///
    /// @param worker who calls: no two that do at the same time have the same number
    void take(int first, int count, int begin, int end, Object z, int at, int apart, int worker);
  }

  /// Pools planes.
  @FunctionalInterface
  public interface Pooling {
    /// Pools planes `from … to` of all, where the array `x` begins with plane `held`.
    void run(Object x, int held, Block[] out, int from, int to);
  }

  /// How many elements that lie side by side in a plane every part of an op's result has at least:
  /// a whole plane's if parts are whole planes, 0 if the op hands nothing over.
  public static int least(Op op, Spec[] in, Spec out) {
    if (!(op instanceof Conv2d || op instanceof Conv2dInput)) {
      return 0;
    }
    return out.dtype() == DType.F32 ? single(op, in, out).part() : wide(op, in, out).part();
  }

  /// The kernel that hands the result of such an op over to `taker`.
  ///
  /// @param fixed which inputs are the same at every run
  public static Op.Kernel of(Op op, Spec[] in, Spec out, boolean[] fixed, Taker taker) {
    if (out.dtype() == DType.F32) {
      FloatConvolution kernel = single(op, in, out).fixed(fixed[1]);
      FloatConvolution.Taker parts = taker::take;
      return (x, _) -> kernel.run(x[0].f32(), x[1].f32(), parts);
    }
    DoubleConvolution kernel = wide(op, in, out).fixed(fixed[1]);
    DoubleConvolution.Taker parts = taker::take;
    return (x, _) -> kernel.run(x[0].f64(), x[1].f64(), parts);
  }

  private static FloatConvolution single(Op op, Spec[] in, Spec out) {
    return op instanceof Conv2dInput transposed
        ? FloatLoops.current().conv2dInput(sizes(transposed, in, out))
        : FloatLoops.current().conv2d(sizes((Conv2d) op, in, out));
  }

  private static DoubleConvolution wide(Op op, Spec[] in, Spec out) {
    return op instanceof Conv2dInput transposed
        ? DoubleLoops.current().conv2dInput(sizes(transposed, in, out))
        : DoubleLoops.current().conv2d(sizes((Conv2d) op, in, out));
  }

  private static Conv2dShape sizes(Conv2d op, Spec[] in, Spec out) {
    return Sizes.of(op.options(), in[0].shape(), in[1].shape(), out.shape());
  }

  private static Conv2dShape sizes(Conv2dInput op, Spec[] in, Spec out) {
    return Sizes.of(op.options(), out.shape(), in[1].shape(), in[0].shape());
  }

  /// How an op pools planes one by one, or `null` if it does not.
  public static @Nullable Pooling pooling(Op op, Spec in, Spec out) {
    if (!(op instanceof MaxPool2d max)) {
      return null;
    }
    Pool2dShape sizes = Sizes.of(max.options(), in.shape(), out.shape());
    return (x, held, y, from, to) -> MaxPool2d.planes(x, held, y, sizes, from, to);
  }
}
