package dev.backlight.core;

/// Norms of every order, and the distances and angles that they measure.
///
/// Axes may be negative and then count from the end. No axes mean all of them.
public sealed interface TensorNorms permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  /// The norm of order `p` over the given axes, which are dropped, or over all: `(Σ |x|^p)^(1/p)`.
  ///
  /// Order ∞ is the largest absolute value, of which ties share the gradient evenly, -∞ the
  /// smallest, and 0 counts what is not 0. The norm of nothing is 0, but extremes need an element.
  /// At 0 the gradient is 0, the one of least norm. Large and small numbers neither overflow nor
  /// underflow while the norm itself does not.
  ///
  /// @param p at least 0, or an infinity; below 1 it is no norm but answered as the formula says
  default Tensor pNorm(double p, int... axes) {
    Shape kept = axes.length == 0 ? Shape.SCALAR : self().shape().without(axes);
    return pNormKeep(p, axes).reshape(kept);
  }

  /// As [#pNorm], over axes that keep size 1.
  default Tensor pNormKeep(double p, int... axes) {
    Tensor x = self();
    DTypeException.needFloats("pNorm", x);
    if (p == 2) {
      return x.normKeep(axes);
    } else if (p == 1) {
      return x.abs().sumKeep(axes);
    } else if (p == 0) {
      return x.ne(0).to(x.dtype()).sumKeep(axes);
    } else if (p == Double.POSITIVE_INFINITY) {
      return x.abs().amaxKeep(axes);
    } else if (p == Double.NEGATIVE_INFINITY) {
      return x.abs().aminKeep(axes);
    } else if (!(p > 0)) {
      throw new IllegalArgumentException(
          "a norm needs an order of at least 0 or an infinity, got " + p);
    }
    Tensor size = x.abs();
    if (x.elements() == 0) {
      return size.sumKeep(axes);
    }
    Tensor largest = size.amaxKeep(axes).stopGradient();
    Tensor one = Tensor.ones(largest.shape(), x.dtype());
    Tensor none = largest.eq(0);
    Tensor scale = none.or(largest.eq(Double.POSITIVE_INFINITY)).where(one, largest);
    // Elements that are 0 have no slope; below order 1 the formula would say ∞.
    Tensor part = size.eq(0).where(Tensor.zeros(x.shape(), x.dtype()), size.div(scale).pow(p));
    Tensor y = none.where(one, part.sumKeep(axes)).pow(1 / p).mul(scale);
    return none.where(part.sumKeep(axes), y);
  }

  /// This divided by its Euclidean norm along an axis, or by `eps` where the norm is less.
  default Tensor normalize(int axis, double eps) {
    if (!(eps > 0)) {
      throw new IllegalArgumentException("normalize needs an eps above 0, got " + eps);
    }
    DTypeException.needFloats("normalize", self());
    return self().div(self().normKeep(axis).maximum(eps));
  }

  /// This divided by its Euclidean norm along an axis, or by 1e-12 where the norm is less.
  default Tensor normalize(int axis) {
    return normalize(axis, 1e-12);
  }

  /// The cosine of the angle to another tensor along an axis, which is dropped: `Σ x y / (max(|x|,
  /// eps) max(|y|, eps))`, with an eps of 1e-8. The shapes broadcast; the axis is one of the shape
  /// that both have then.
  default Tensor cosineSimilarity(Tensor other, int axis) {
    return cosineSimilarity(other, axis, 1e-8);
  }

  /// As [#cosineSimilarity(Tensor, int)], with another eps.
  ///
  /// Where a norm is below eps it counts as the constant, so the gradient is that of the value;
  /// PyTorch has the same value there, but a gradient as if the norm still moved.
  default Tensor cosineSimilarity(Tensor other, int axis, double eps) {
    if (!(eps > 0)) {
      throw new IllegalArgumentException("cosineSimilarity needs an eps above 0, got " + eps);
    }
    Tensor x = self();
    DTypeException.needFloats("cosineSimilarity", x, other);
    Shape shape = Shape.broadcast(x.shape(), other.shape());
    Tensor a = x.expand(shape);
    Tensor b = other.expand(shape);
    return a.normalize(axis, eps).mul(b.normalize(axis, eps)).sum(axis);
  }

  /// The Euclidean distance to another tensor along an axis, which is dropped; where it is 0 the
  /// gradient is 0. The shapes broadcast.
  default Tensor distance(Tensor other, int axis) {
    DTypeException.needFloats("distance", self(), other);
    return self().sub(other).norm(axis);
  }

  /// The Euclidean distances of all rows (…, n, d) to all rows (…, m, d): (…, n, m). Where one is 0
  /// its gradient is 0.
  ///
  /// Differences are formed one by one, which takes the memory of n·m·d numbers and loses no digits
  /// when rows are close.
  default Tensor cdist(Tensor other) {
    Shape x = self().shape();
    Shape y = other.shape();
    if (x.rank() < 2 || y.rank() < 2 || x.size(-1) != y.size(-1)) {
      throw new ShapeException("cdist needs (…, n, d) and (…, m, d), got " + x + " and " + y);
    }
    DTypeException.needFloats("cdist", self(), other);
    return self().unsqueeze(-2).sub(other.unsqueeze(-3)).norm(-1);
  }
}
