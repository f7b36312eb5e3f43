package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import org.jspecify.annotations.Nullable;

/// The cross-entropy of the classes on the last axis: `y = -log softmax(x)[label]`.
///
/// Inputs: `x` of (…, k) and labels of (…), `I32` or `I64`, each in `0..k-1`. Outputs: the losses
/// of (…), and the probabilities `p` of (…, k), which the backward sweep reads: `x̄ = ȳ (p -
/// onehot)`. One softmax serves both directions.
///
/// A logit of -∞ is a class that cannot be: as a label it costs ∞. A label among several logits of
/// +∞ costs the logarithm of their number.
public record CrossEntropy() implements Op.Coupled {
  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.floats(this, in[0]);
    Index.check(this, in[1]);
    Shape x = in[0].shape();
    if (x.rank() == 0 || !x.without(-1).equals(in[1].shape())) {
      throw new ShapeException(
          "crossentropy needs logits (…, k) and labels (…), got " + x + " and " + in[1].shape());
    }
    return new Spec[] {in[0].with(in[1].shape()), in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    int classes = in[0].shape().size(-1);
    int rows = out[0].size();
    for (int row = 0; row < rows; row++) {
      Index.at(this, in[1], row, classes);
    }
    if (in[0].dtype() == DType.F32) {
      FloatLoops.current().softmaxRows(in[0].f32(), rows, classes, out[1].f32());
    } else {
      DoubleLoops.current().softmaxRows(in[0].f64(), rows, classes, out[1].f64());
    }
    for (int row = 0; row < rows; row++) {
      int from = row * classes;
      int label = from + Index.at(this, in[1], row, classes);
      out[0].set(row, loss(in[0], out[1], from, classes, label));
    }
  }

  /// The largest logit has a probability of at least `1 / k`, so its logarithm is accurate where
  /// that of the label's own may have underflowed.
  private static double loss(Block x, Block p, int from, int classes, int label) {
    int top = from;
    for (int i = from; i < from + classes; i++) {
      if (x.get(i) > x.get(top) || Double.isNaN(x.get(i))) {
        top = i;
      }
    }
    double largest = x.get(top);
    if (largest == Double.POSITIVE_INFINITY) {
      return atInfinity(x, p, from, classes, label);
    }
    return largest - x.get(label) - Math.log(p.get(top));
  }

  private static double atInfinity(Block x, Block p, int from, int classes, int label) {
    int ties = 0;
    for (int i = from; i < from + classes; i++) {
      ties += x.get(i) == Double.POSITIVE_INFINITY ? 1 : 0;
    }
    for (int i = from; i < from + classes; i++) {
      p.set(i, x.get(i) == Double.POSITIVE_INFINITY ? 1.0 / ties : 0);
    }
    return x.get(label) == Double.POSITIVE_INFINITY ? Math.log(ties) : Double.POSITIVE_INFINITY;
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    if (i == 1) {
      return null;
    }
    Tensor p = at.y(1);
    Tensor sent = null;
    if (at.arrived(0)) {
      sent = p.sub(at.x(1).oneHot(p.size(-1), p.dtype())).mul(at.g(0).unsqueeze(-1));
    }
    if (at.arrived(1)) {
      Tensor gp = at.g(1).mul(p);
      Tensor more = gp.sub(p.mul(gp.sumKeep(-1)));
      sent = sent == null ? more : sent.add(more);
    }
    return sent;
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.all());
  }
}
