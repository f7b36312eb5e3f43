package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
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
    Object labels = in[1].array();
    rows(in[0].array(), 0, labels, 0, rows, classes, out[0].array(), 0, out[1].array(), 0);
  }

  /// The losses `y` and the probabilities `p` of rows that lie in larger arrays.
  void rows(
      Object x,
      int xo,
      Object labels,
      int lo,
      int rows,
      int classes,
      Object y,
      int yo,
      Object p,
      int po) {
    for (int row = 0; row < rows; row++) {
      Index.at(this, labels, lo + row, classes);
    }
    if (x instanceof float[] single) {
      FloatLoops.current().softmaxRows(single, xo, rows, classes, (float[]) p, po);
    } else {
      DoubleLoops.current().softmaxRows((double[]) x, xo, rows, classes, (double[]) p, po);
    }
    for (int row = 0; row < rows; row++) {
      int at = row * classes;
      int label = Index.at(this, labels, lo + row, classes);
      double loss =
          x instanceof float[] single
              ? loss(single, xo + at, (float[]) p, po + at, classes, label)
              : loss((double[]) x, xo + at, (double[]) p, po + at, classes, label);
      Softmax.set(y, yo + row, loss);
    }
  }

  /// The largest logit has a probability of at least `1 / k`, so its logarithm is accurate where
  /// that of the label's own may have underflowed.
  private static double loss(float[] x, int xo, float[] p, int po, int classes, int label) {
    int top = 0;
    for (int i = 0; i < classes; i++) {
      top = x[xo + i] > x[xo + top] || Float.isNaN(x[xo + i]) ? i : top;
    }
    double largest = x[xo + top];
    return largest == Double.POSITIVE_INFINITY
        ? atInfinity(x, xo, p, po, classes, label)
        : largest - x[xo + label] - Math.log(p[po + top]);
  }

  private static double loss(double[] x, int xo, double[] p, int po, int classes, int label) {
    int top = 0;
    for (int i = 0; i < classes; i++) {
      top = x[xo + i] > x[xo + top] || Double.isNaN(x[xo + i]) ? i : top;
    }
    double largest = x[xo + top];
    return largest == Double.POSITIVE_INFINITY
        ? atInfinity(x, xo, p, po, classes, label)
        : largest - x[xo + label] - Math.log(p[po + top]);
  }

  private static double atInfinity(Object x, int xo, Object p, int po, int classes, int label) {
    int ties = 0;
    for (int i = 0; i < classes; i++) {
      ties += isInfinite(x, xo + i) ? 1 : 0;
    }
    for (int i = 0; i < classes; i++) {
      Softmax.set(p, po + i, isInfinite(x, xo + i) ? 1.0 / ties : 0);
    }
    return isInfinite(x, xo + label) ? Math.log(ties) : Double.POSITIVE_INFINITY;
  }

  private static boolean isInfinite(Object x, int i) {
    return Softmax.get(x, i) == Double.POSITIVE_INFINITY;
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
