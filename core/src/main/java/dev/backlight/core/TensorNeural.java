package dev.backlight.core;

import dev.backlight.core.op.CrossEntropy;
import dev.backlight.core.op.Standardize;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What networks are made of: normalisations, attention, cross-entropy, dropout.
public sealed interface TensorNeural permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  // ---- normalisations ----

  /// Brought to mean 0 and variance 1 over the given axes, or over all: `(x - mean) / √(var + eps)`
  /// with the biased variance. A constant group becomes zeros and has slopes of at most `1 / √eps`.
  default Tensor standardize(double eps, int... axes) {
    Shape shape = self().shape();
    shape.keeping(axes);
    List<Integer> over =
        (axes.length == 0
                ? IntStream.range(0, shape.rank())
                : IntStream.of(axes).map(shape::axis).sorted())
            .boxed()
            .toList();
    return Tensor.applyAll(new Standardize(over, eps), self())[0];
  }

  /// Layer normalisation over the last axes, as many as the scale has: `standardize(x) · scale +
  /// shift`. J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer normalization" (2016).
  ///
  /// @param scale of the shape of the last axes
  /// @param shift of the same shape, or `null` for none
  default Tensor layerNorm(Tensor scale, @Nullable Tensor shift, double eps) {
    lastAxes("layerNorm", scale);
    Tensor y = standardize(eps, last(scale.rank())).mul(scale);
    return shift == null ? y : y.add(sameAs("layerNorm", scale, shift));
  }

  /// Root mean square normalisation over the last axes, as many as the scale has: `x / √(mean(x²) +
  /// eps) · scale`. B. Zhang and R. Sennrich, "Root mean square layer normalization" (2019).
  default Tensor rmsNorm(Tensor scale, double eps) {
    lastAxes("rmsNorm", scale);
    Tensor size = self().square().meanKeep(last(scale.rank())).add(eps).rsqrt();
    return self().mul(size).mul(scale);
  }

  /// Group normalisation of (n, c, …): the channels in `groups` equal parts, each with its places
  /// brought to mean 0 and variance 1, then scaled and shifted by channel. One group is layer
  /// normalisation over all but the batch, `c` groups are instance normalisation. Y. Wu and K. He,
  /// "Group normalization" (2018).
  ///
  /// @param scale (c), or `null` for none
  /// @param shift (c), or `null` for none
  default Tensor groupNorm(int groups, @Nullable Tensor scale, @Nullable Tensor shift, double eps) {
    Shape shape = self().shape();
    if (shape.rank() < 2 || groups < 1 || shape.size(1) % groups != 0) {
      throw new ShapeException(
          "groupNorm needs (n, c, ...) with a multiple of " + groups + " channels, got " + shape);
    }
    int channels = shape.size(1);
    int places = shape.elements(2, shape.rank());
    Tensor y =
        self()
            .reshape(Shape.of(shape.size(0), groups, channels / groups * places))
            .standardize(eps, 2)
            .reshape(shape);
    return byChannel("groupNorm", y, scale, shift);
  }

  /// Instance normalisation of (n, c, …): every channel of every example on its own. D. Ulyanov, A.
  /// Vedaldi and V. Lempitsky, "Instance normalization" (2016).
  ///
  /// @param scale (c), or `null` for none
  /// @param shift (c), or `null` for none
  default Tensor instanceNorm(@Nullable Tensor scale, @Nullable Tensor shift, double eps) {
    Shape shape = self().shape();
    if (shape.rank() < 3) {
      throw new ShapeException("instanceNorm needs (n, c, ...) with places, got " + shape);
    }
    Tensor y = standardize(eps, IntStream.range(2, shape.rank()).toArray());
    return byChannel("instanceNorm", y, scale, shift);
  }

  /// Batch normalisation of (n, c, …) by statistics of the batch itself, as in training: every
  /// channel over all examples and places. S. Ioffe and C. Szegedy, "Batch normalization" (2015).
  ///
  /// @param scale (c), or `null` for none
  /// @param shift (c), or `null` for none
  default Tensor batchNorm(@Nullable Tensor scale, @Nullable Tensor shift, double eps) {
    Shape shape = self().shape();
    if (shape.rank() < 2) {
      throw new ShapeException("batchNorm needs (n, c, ...), got " + shape);
    }
    int[] axes = IntStream.range(0, shape.rank()).filter(a -> a != 1).toArray();
    return byChannel("batchNorm", standardize(eps, axes), scale, shift);
  }

  /// Batch normalisation of (n, c, …) by given statistics, as at inference: `(x - mean) /
  /// √(variance
  /// + eps) · scale + shift`, with one number of each for every channel.
  ///
  /// @param scale (c), or `null` for none
  /// @param shift (c), or `null` for none
  default Tensor batchNorm(
      Tensor mean, Tensor variance, @Nullable Tensor scale, @Nullable Tensor shift, double eps) {
    Tensor apart = self().sub(channels("batchNorm", "a mean", self(), mean));
    Tensor factor = channels("batchNorm", "a variance", self(), variance).add(eps).rsqrt();
    return byChannel("batchNorm", apart.mul(factor), scale, shift);
  }

  private static Tensor byChannel(
      String name, Tensor y, @Nullable Tensor scale, @Nullable Tensor shift) {
    Tensor scaled = scale == null ? y : y.mul(channels(name, "a scale", y, scale));
    return shift == null ? scaled : scaled.add(channels(name, "a shift", y, shift));
  }

  /// One number for each channel, shaped to broadcast over (n, c, …).
  private static Tensor channels(String name, String what, Tensor x, Tensor numbers) {
    if (x.rank() < 2) {
      throw new ShapeException(name + " needs (n, c, ...), got " + x.shape());
    }
    if (!numbers.shape().equals(Shape.of(x.size(1)))) {
      throw new ShapeException(
          name + " needs " + what + " of (" + x.size(1) + "), got " + numbers.shape());
    }
    int[] sizes = new int[x.rank() - 1];
    Arrays.fill(sizes, 1);
    sizes[0] = x.size(1);
    return numbers.reshape(sizes);
  }

  private void lastAxes(String name, Tensor scale) {
    Shape shape = self().shape();
    int more = shape.rank() - scale.rank();
    boolean fits = scale.rank() > 0 && more >= 0;
    for (int a = 0; fits && a < scale.rank(); a++) {
      fits = scale.size(a) == shape.size(more + a);
    }
    if (!fits) {
      throw new ShapeException(
          name
              + " needs a scale of the shape of the last axes of "
              + shape
              + ", got "
              + scale.shape());
    }
  }

  private static int[] last(int count) {
    return IntStream.rangeClosed(-count, -1).toArray();
  }

  private static Tensor sameAs(String name, Tensor scale, Tensor shift) {
    if (!shift.shape().equals(scale.shape())) {
      throw new ShapeException(
          name
              + " needs a shift of the shape of the scale "
              + scale.shape()
              + ", got "
              + shift.shape());
    }
    return shift;
  }

  // ---- attention ----

  /// Scaled dot-product attention with one head that sees everything: `softmax(q kᵀ / √d) v`.
  default Tensor attention(Tensor keys, Tensor values) {
    return attention(keys, values, AttentionOptions.of());
  }

  /// Scaled dot-product attention: `softmax(scale · q kᵀ + mask) v` for every head. A. Vaswani et
  /// al., "Attention is all you need" (2017).
  ///
  /// These are the queries (…, t, h·d). A query that may look nowhere gets zeros.
  ///
  /// @param keys (…, s, h·d)
  /// @param values (…, s, h·e)
  /// @return (…, t, h·e), the heads joined in order
  default Tensor attention(Tensor keys, Tensor values, AttentionOptions options) {
    Tensor weights = attentionWeights(keys, options);
    if (values.rank() != keys.rank()
        || values.size(-2) != keys.size(-2)
        || values.size(-1) % options.heads() != 0) {
      throw new ShapeException(
          "attention needs values (…, s, h·e) for the keys "
              + keys.shape()
              + " and "
              + options.heads()
              + " heads, got "
              + values.shape());
    }
    return joined(weights.matmul(split(values, options.heads())));
  }

  /// How much every query looks at every key: `softmax(scale · q kᵀ + mask)` over the keys.
  ///
  /// @param keys (…, s, h·d), for these queries (…, t, h·d)
  /// @return (…, h, t, s)
  default Tensor attentionWeights(Tensor keys, AttentionOptions options) {
    Shape q = self().shape();
    Shape k = keys.shape();
    int heads = options.heads();
    if (q.rank() < 2
        || k.rank() != q.rank()
        || q.size(-1) != k.size(-1)
        || q.size(-1) % heads != 0) {
      throw new ShapeException(
          "attention needs queries (…, t, h·d) and keys (…, s, h·d) of one rank for "
              + heads
              + " heads, got "
              + q
              + " and "
              + k);
    }
    Double given = options.scale();
    int each = q.size(-1) / heads;
    double scale = given == null ? 1 / Math.sqrt(each) : given;
    Tensor scores = split(self().mul(scale), heads).matmul(split(keys, heads), false, true);
    Tensor mask = options.mask();
    if (mask != null) {
      scores = mask.dtype() == DType.BOOL ? scores(scores, mask) : scores.add(mask);
    }
    if (options.causal()) {
      scores = scores(scores, earlier(q.size(-2), k.size(-2)));
    }
    return scores.maskedSoftmax(-1);
  }

  private static Tensor scores(Tensor scores, Tensor mask) {
    if (!mask.shape().expandsTo(scores.shape())) {
      throw new ShapeException(
          "attention needs a mask that broadcasts to " + scores.shape() + ", got " + mask.shape());
    }
    return mask.where(scores, Tensor.full(Shape.SCALAR, scores.dtype(), Double.NEGATIVE_INFINITY));
  }

  private static Tensor earlier(int queries, int keys) {
    return Tensor.arange(queries, DType.F32)
        .unsqueeze(1)
        .ge(Tensor.arange(keys, DType.F32).unsqueeze(0));
  }

  /// (…, t, h·d) as (…, h, t, d).
  private static Tensor split(Tensor x, int heads) {
    Shape shape = x.shape();
    int[] sizes = Arrays.copyOf(shape.sizes(), shape.rank() + 1);
    sizes[shape.rank() - 1] = heads;
    sizes[shape.rank()] = shape.size(-1) / heads;
    return x.reshape(Shape.of(sizes)).swap(-2, -3);
  }

  /// (…, h, t, e) as (…, t, h·e).
  private static Tensor joined(Tensor x) {
    Tensor apart = x.swap(-2, -3);
    int[] sizes = Arrays.copyOf(apart.shape().sizes(), apart.rank() - 1);
    sizes[sizes.length - 1] = apart.size(-2) * apart.size(-1);
    return apart.reshape(Shape.of(sizes));
  }

  // ---- losses ----

  /// The cross-entropy of these logits (…, k) and class labels (…): `-log softmax(x)[label]`, one
  /// number for each example. The labels are `I32` or `I64` in `0..k-1`.
  default Tensor crossEntropy(Tensor labels) {
    return Tensor.applyAll(new CrossEntropy(), self(), labels)[0];
  }

  /// The cross-entropy of these logits (…, k) and class probabilities of the same shape: `-Σ p log
  /// softmax(x)`, one number for each example.
  default Tensor crossEntropyWith(Tensor probabilities) {
    if (!probabilities.shape().equals(self().shape())) {
      throw new ShapeException(
          "crossEntropyWith needs logits and probabilities of one shape, got "
              + self().shape()
              + " and "
              + probabilities.shape());
    }
    return probabilities.mul(self().logSoftmax(-1)).sum(-1).neg();
  }

  // ---- dropout ----

  /// Every element kept with probability `1 - p` and divided by it, or zero. The key draws now: a
  /// tape that records this keeps the mask; see [#dropout(double, KeyTensor)]. N. Srivastava et
  /// al., "Dropout" (2014).
  default Tensor dropout(double p, Key key) {
    checkRate(p);
    return p == 0 ? self() : keep(p, key.bernoulli(self().shape(), 1 - p));
  }

  /// As [#dropout(double, Key)], with a mask that is drawn anew whenever the tape is played.
  default Tensor dropout(double p, KeyTensor key) {
    checkRate(p);
    return p == 0 ? self() : keep(p, key.bernoulli(self().shape(), 1 - p));
  }

  private Tensor keep(double p, Tensor kept) {
    return kept.where(self().div(1 - p), Tensor.zeros(Shape.SCALAR, self().dtype()));
  }

  private static void checkRate(double p) {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException("dropout needs a probability in 0..1 below 1, got " + p);
    }
  }
}
