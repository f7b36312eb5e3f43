package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Tensors brought to a mean, a variance or a norm.
final class Normalization {
  private Normalization() {}

  static void addTo(Operators all) {
    all.add("BatchNormalization", Normalization::batch);
    all.one("InstanceNormalization", Normalization::instance);
    all.add("LayerNormalization", Normalization::layer);
    all.one("GroupNormalization", Normalization::group);
    all.one("RMSNormalization", Normalization::rms);
    all.one("LpNormalization", Normalization::lp);
    all.one("MeanVarianceNormalization", Normalization::meanVariance);
    all.one("LRN", Normalization::neighbours);
    all.add("Dropout", Normalization::dropout);
  }

  private static List<Value> batch(NodeCall node) {
    Tensor x = node.atLeast(2, 0);
    DType dtype = x.dtype();
    double eps = node.real("epsilon", 1e-5f);
    Tensor scale = Convolution.channels(node.x(1).to(dtype), x);
    Tensor shift = Convolution.channels(node.x(2).to(dtype), x);
    boolean training = node.flag("training_mode") || (node.opset() < 7 && !node.flag("is_test"));
    if (node.opset() < 9 && node.integer("spatial", 1) == 0) {
      throw new Refusal("needs spatial = 1, got 0");
    }
    if (training && node.opset() >= 14) {
      return trained(node, x, scale, shift, eps);
    }
    if (node.outputs() > 1) {
      throw new Refusal("needs to be for inference, got one with " + node.outputs() + " outputs");
    }
    Tensor mean = Convolution.channels(node.x(3).to(dtype), x);
    Tensor factor = scale.mul(Convolution.channels(node.x(4).to(dtype), x).add(eps).rsqrt());
    return List.of(node.like(x.mul(factor).add(shift.sub(mean.mul(factor)))));
  }

  private static List<Value> trained(
      NodeCall node, Tensor x, Tensor scale, Tensor shift, double eps) {
    int[] axes = new int[x.rank() - 1];
    for (int i = 1; i < axes.length; i++) {
      axes[i] = i + 1;
    }
    double momentum = node.real("momentum", 0.9f);
    Tensor mean = x.mean(axes);
    Tensor variance = x.variance(0, axes);
    Tensor y = x.standardize(eps, axes).mul(scale).add(shift);
    Tensor runningMean = node.x(3).mul(momentum).add(mean.to(node.x(3).dtype()).mul(1 - momentum));
    Tensor runningVariance =
        node.x(4).mul(momentum).add(variance.to(node.x(4).dtype()).mul(1 - momentum));
    return List.of(
        node.like(y),
        new Value(runningMean, node.type(3)),
        new Value(runningVariance, node.type(4)));
  }

  private static Tensor instance(NodeCall node) {
    Tensor x = node.atLeast(3, 0);
    return x.standardize(node.real("epsilon", 1e-5f), Constants.from(2, x.rank()))
        .mul(Convolution.channels(node.x(1), x))
        .add(Convolution.channels(node.x(2), x));
  }

  private static List<Value> layer(NodeCall node) {
    Tensor x = node.atLeast(1, 0);
    int axis = NodeCall.axis(node.integer("axis", -1), x);
    int[] axes = Constants.from(axis, x.rank());
    double eps = node.real("epsilon", 1e-5f);
    Tensor y = x.standardize(eps, axes).mul(node.x(1));
    if (node.has(2)) {
      y = y.add(node.x(2));
    }
    if (!y.shape().equals(x.shape())) {
      throw new Refusal(
          "needs a scale that expands to " + x.shape() + ", got " + node.x(1).shape());
    }
    if (node.outputs() == 1) {
      return List.of(node.like(y));
    }
    return List.of(
        node.like(y),
        Value.of(x.meanKeep(axes)),
        Value.of(x.varianceKeep(0, axes).add(eps).rsqrt()));
  }

  private static Tensor group(NodeCall node) {
    Tensor x = node.atLeast(2, 0);
    int groups = node.size("num_groups", 0);
    if (groups < 1 || x.size(1) % groups != 0) {
      throw new Refusal("needs groups that divide " + x.size(1) + " channels, got " + groups);
    }
    Shape apart = Shape.of(x.size(0), groups, x.elements() / Math.max(1, x.size(0) * groups));
    Tensor even = x.reshape(apart).standardize(node.real("epsilon", 1e-5f), 2).reshape(x.shape());
    Tensor scale = node.x(1);
    Tensor shift = node.x(2);
    if (node.opset() < 21) {
      // Then there was one number for each group.
      int each = x.size(1) / groups;
      scale = scale.repeatInterleave(each, 0);
      shift = shift.repeatInterleave(each, 0);
    }
    return even.mul(Convolution.channels(scale, x)).add(Convolution.channels(shift, x));
  }

  private static Tensor rms(NodeCall node) {
    Tensor x = node.floats(0);
    int[] axes = Constants.from(NodeCall.axis(node.integer("axis", -1), x), x.rank());
    double eps = node.real("epsilon", 1e-5f);
    return x.mul(x.square().meanKeep(axes).add(eps).rsqrt()).mul(node.x(1));
  }

  private static Tensor lp(NodeCall node) {
    Tensor x = node.floats(0);
    int axis = NodeCall.axis(node.integer("axis", -1), x);
    long p = node.integer("p", 2);
    if (p != 1 && p != 2) {
      throw new Refusal("needs p of 1 or 2, got " + p);
    }
    Tensor norm = p == 1 ? x.abs().sumKeep(axis) : x.normKeep(axis);
    return x.divNoNan(norm);
  }

  private static Tensor meanVariance(NodeCall node) {
    Tensor x = node.floats(0);
    int @Nullable [] given = node.axes(1, x);
    int[] axes = given == null ? new int[] {0, 2, 3} : given;
    Tensor centred = x.sub(x.meanKeep(axes));
    return centred.div(centred.square().meanKeep(axes).sqrt().add(1e-9));
  }

  /// Local response normalisation: each element by the squares of its neighbours in the channels.
  private static Tensor neighbours(NodeCall node) {
    Tensor x = node.atLeast(3, 0);
    int size = node.size("size", 0);
    if (size < 1) {
      throw new Refusal("needs a size of at least 1, got " + size);
    }
    int c = x.size(1);
    int before = Math.min(c, (size - 1) / 2);
    int after = Math.min(c, size / 2);
    Tensor squares = x.square().pad(1, before, after);
    // Neighbour by neighbour: a window is far smaller than the channels are many.
    Tensor sum = null;
    for (int i = 0; i <= before + after; i++) {
      Tensor one = squares.slice(1, i, i + c);
      sum = sum == null ? one : sum.add(one);
    }
    double alpha = node.real("alpha", 1e-4f);
    Tensor base = Objects.requireNonNull(sum).mul(alpha / size).add(node.real("bias", 1));
    return x.mul(base.pow(-node.real("beta", 0.75)));
  }

  /// At inference all is kept.
  private static List<Value> dropout(NodeCall node) {
    boolean training =
        node.opset() < 7
            ? !node.flag("is_test")
            : node.has(2) && node.constant(2).to(DType.BOOL).toBooleans()[0];
    double ratio = node.has(1) ? node.number(1) : node.real("ratio", 0.5);
    Tensor x = node.x(0);
    if (training && ratio != 0 && node.opset() >= 7) {
      if (!(ratio > 0 && ratio < 1)) {
        throw new Refusal("needs a ratio in [0, 1), got " + ratio);
      }
      Tensor kept = Randomness.key(node).uniform(x.shape(), DType.F32).ge(ratio);
      return List.of(node.like(kept.where(x.div(1 - ratio), 0)), new Value(kept, ElementType.BOOL));
    }
    return List.of(node.value(0), new Value(Tensor.ones(x.shape(), DType.BOOL), ElementType.BOOL));
  }
}
