package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;

/// How well vectors lie near those that they belong to and far from others, as a scalar: the mean
/// over the batch.
public final class PairLosses {
  private PairLosses() {}

  /// The contrastive loss: the mean of `d²` over pairs that belong together and of `max(0, margin −
  /// d)²` over the others, where `d` is their Euclidean distance. R. Hadsell, S. Chopra and Y.
  /// LeCun (2006), without their halves.
  ///
  /// @param a (n, k)
  /// @param b the same shape and dtype
  /// @param together (n) of `BOOL`
  public static Tensor contrastive(Tensor a, Tensor b, Tensor together, double margin) {
    requireRows("contrastive", a, b);
    requireFlags("contrastive", a, together);
    Tensor d = a.sub(b).norm(1);
    return together.where(d.square(), d.neg().add(margin).relu().square()).mean();
  }

  /// The cosine loss of pairs: the mean of `1 − cos` over pairs that belong together and of `max(0,
  /// cos − margin)` over the others.
  ///
  /// @param a (n, k)
  /// @param b the same shape and dtype
  /// @param together (n) of `BOOL`
  public static Tensor cosine(Tensor a, Tensor b, Tensor together, double margin) {
    requireRows("cosine", a, b);
    requireFlags("cosine", a, together);
    Tensor cos = directions(a).mul(directions(b)).sum(1);
    return together.where(cos.oneMinus(), cos.sub(margin).relu()).mean();
  }

  /// The triplet loss: the mean of `max(0, margin + |anchor − positive| − |anchor − negative|)`. F.
  /// Schroff, D. Kalenichenko and J. Philbin, "FaceNet" (2015), with distances that are not
  /// squared.
  ///
  /// @param anchor (n, k)
  /// @param positive what belongs to it, the same shape and dtype
  /// @param negative what does not, the same shape and dtype
  public static Tensor triplet(Tensor anchor, Tensor positive, Tensor negative, double margin) {
    requireRows("triplet", anchor, positive);
    requireRows("triplet", anchor, negative);
    Tensor near = anchor.sub(positive).norm(1);
    Tensor far = anchor.sub(negative).norm(1);
    return near.sub(far).add(margin).relu().mean();
  }

  /// The ranking loss: the mean of `max(0, margin − (x − y))`, where `x` should be the larger one.
  ///
  /// @param larger any shape
  /// @param smaller the same shape and dtype
  public static Tensor ranking(Tensor larger, Tensor smaller, double margin) {
    Losses.requireSame("ranking", "larger and smaller", larger, smaller);
    return smaller.sub(larger).add(margin).relu().mean();
  }

  /// The InfoNCE loss: row `i` of `a` should be nearer to row `i` of `b` than to any other row of
  /// it; the cross-entropy of `cos(aᵢ, bⱼ) / temperature` with the labels `i`. A. van den Oord, Y.
  /// Li and O. Vinyals (2018).
  ///
  /// @param a (n, k)
  /// @param b the same shape and dtype
  public static Tensor infoNce(Tensor a, Tensor b, double temperature) {
    requireRows("infoNce", a, b);
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("infoNce needs a temperature above 0, got " + temperature);
    }
    Tensor cos = directions(a).matmul(directions(b), false, true);
    return Losses.crossEntropy(cos.div(temperature), Tensor.arange(a.size(0), DType.I32));
  }

  /// Vectors of length 1; what is shorter than 1e-8 is divided by that.
  private static Tensor directions(Tensor rows) {
    return rows.div(rows.normKeep(1).maximum(1e-8));
  }

  private static void requireRows(String loss, Tensor a, Tensor b) {
    if (a.rank() != 2) {
      throw new ShapeException(loss + " needs rows (n, k), got " + a.shape());
    }
    Losses.requireSame(loss, "both sides", a, b);
  }

  private static void requireFlags(String loss, Tensor a, Tensor together) {
    if (together.dtype() != DType.BOOL) {
      throw new DTypeException(loss + " needs flags of BOOL, got " + together.dtype());
    }
    if (together.rank() != 1 || together.size(0) != a.size(0)) {
      throw new ShapeException(
          loss + " needs one flag for each of " + a.size(0) + " pairs, got " + together.shape());
    }
  }
}
