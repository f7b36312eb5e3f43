package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.stream.IntStream;

/// Batch normalisation: `y = (x − mean) / √(variance + eps) · scale + shift`, with one number of
/// each for every channel, on axis 1.
///
/// In training mean and variance are those of the batch, and the running ones move towards them:
/// `mean ← (1 − momentum) mean + momentum · mean(batch)`, the variance likewise towards the
/// unbiased one of the batch. At inference the running ones are used. They are statistics, not
/// parameters: no derivative flows to them. S. Ioffe and C. Szegedy, "Batch normalization" (2015).
///
/// @param scale (c)
/// @param shift (c)
/// @param mean (c), running
/// @param variance (c), running
/// @param eps what is added to the variance
/// @param momentum how far the running statistics move in a step, in `[0, 1]`
public record BatchNorm(
    Tensor scale, Tensor shift, Tensor mean, Tensor variance, double eps, double momentum)
    implements Layer {
  public BatchNorm {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException("batchnorm needs a momentum in [0, 1], got " + momentum);
    }
  }

  /// A layer of `F32` that changes next to nothing yet: mean 0, variance 1, scale 1, shift 0, eps
  /// 1e-5, momentum 0.1.
  public static BatchNorm of(int channels) {
    return of(channels, DType.F32);
  }

  /// A layer that changes next to nothing yet: mean 0, variance 1, scale 1, shift 0, eps 1e-5,
  /// momentum 0.1.
  public static BatchNorm of(int channels, DType dtype) {
    Shape shape = Shape.of(channels);
    return new BatchNorm(
        Tensor.ones(shape, dtype),
        Tensor.zeros(shape, dtype),
        Tensor.zeros(shape, dtype),
        Tensor.ones(shape, dtype),
        1e-5,
        0.1);
  }

  @Override
  public Tensor apply(Tensor x) {
    requireChannels(x);
    return x.batchNorm(mean.stopGradient(), variance.stopGradient(), scale, shift, eps);
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    requireChannels(x);
    int[] axes = IntStream.range(0, x.rank()).filter(a -> a != 1).toArray();
    if (x.elements() <= x.size(1)) {
      throw new ShapeException(
          "batchnorm needs more than one element for each channel in training, got " + x.shape());
    }
    Tensor seen = x.stopGradient();
    follow(pass, mean, seen.mean(axes));
    follow(pass, variance, seen.variance(1, axes));
    return x.batchNorm(scale, shift, eps);
  }

  private void follow(Train pass, Tensor running, Tensor batch) {
    Tensor now = pass.latest(running);
    pass.replace(running, now.mul(1 - momentum).add(batch.mul(momentum)));
  }

  @Override
  public boolean differsInTraining() {
    return true;
  }

  private void requireChannels(Tensor x) {
    int channels = scale.elements();
    if (x.rank() < 2 || x.size(1) != channels) {
      throw new ShapeException("batchnorm needs (n, " + channels + ", ...), got " + x.shape());
    }
  }
}
