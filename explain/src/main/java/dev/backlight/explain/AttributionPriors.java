package dev.backlight.explain;

import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/// The priors that [AttributionPrior] makes.
final class AttributionPriors {
  private AttributionPriors() {}

  record Times(AttributionPrior prior, double weight) implements AttributionPrior {
    Times {
      if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "a prior needs a finite weight of at least 0, got " + weight);
      }
    }

    @Override
    public Tensor of(Tensor scores) {
      return prior.of(scores).mul(weight);
    }
  }

  record Both(AttributionPrior one, AttributionPrior other) implements AttributionPrior {
    @Override
    public Tensor of(Tensor scores) {
      return one.of(scores).add(other.of(scores));
    }
  }

  record SeenAs(AttributionPrior prior, Shape example) implements AttributionPrior {
    @Override
    public Tensor of(Tensor scores) {
      Shape each = scores.shape().without(0);
      if (each.elements() != example.elements()) {
        throw new ShapeException(
            "scores to be seen as " + example + " need as many elements, got " + each);
      }
      int[] sizes =
          IntStream.concat(IntStream.of(scores.size(0)), IntStream.of(example.sizes())).toArray();
      return prior.of(scores.reshape(sizes));
    }
  }

  record RightReasons(Tensor wrong) implements AttributionPrior {
    @Override
    public Tensor of(Tensor scores) {
      if (!wrong.shape().equals(scores.shape())
          && !wrong.shape().equals(scores.shape().without(0))) {
        throw new ShapeException(
            "a mask for scores "
                + scores.shape()
                + " needs "
                + scores.shape().without(0)
                + " or "
                + scores.shape()
                + ", got "
                + wrong.shape());
      }
      Tensor mask = wrong.to(scores.dtype()).expand(scores.shape());
      return scores.mul(mask).square().sum().div(scores.size(0));
    }
  }

  record Smooth(List<Integer> axes) implements AttributionPrior {
    Smooth {
      axes = List.copyOf(axes);
      if (axes.isEmpty() || axes.stream().anyMatch(axis -> axis < 1)) {
        throw new IllegalArgumentException(
            "smooth scores need axes of at least 1, behind the batch, got " + axes);
      }
    }

    @Override
    public Tensor of(Tensor scores) {
      Tensor sum = Tensor.zeros(Shape.SCALAR, scores.dtype());
      for (int axis : axes) {
        if (axis >= scores.rank()) {
          throw new ShapeException(
              "smooth scores need the axis " + axis + ", got " + scores.shape());
        }
        sum = sum.add(scores.diff(axis).abs().sum());
      }
      return sum.div(scores.size(0));
    }
  }

  record Sparse() implements AttributionPrior {
    @Override
    public Tensor of(Tensor scores) {
      return scores.abs().sum().div(scores.size(0));
    }
  }

  record Few() implements AttributionPrior {
    /// Of sorted sizes s₁ ≤ … ≤ sₚ Gini's coefficient is `Σ (2k − p − 1) sₖ / (p Σ sₖ)`.
    @Override
    public Tensor of(Tensor scores) {
      Tensor size = importance(scores).sort(0).values();
      int p = size.size(0);
      double[] ranks = new double[p];
      for (int k = 0; k < p; k++) {
        ranks[k] = (2.0 * (k + 1) - p - 1) / p;
      }
      Tensor spread = size.mul(Tensor.of(ranks).to(scores.dtype())).sum();
      return spread.divNoNan(size.sum()).oneMinus();
    }
  }

  record Graph(Tensor weights) implements AttributionPrior {
    Graph {
      if (weights.rank() != 2 || weights.size(0) != weights.size(1)) {
        throw new ShapeException("a graph needs weights (p, p), got " + weights.shape());
      }
    }

    @Override
    public Tensor of(Tensor scores) {
      Tensor size = importance(scores);
      if (size.size(0) != weights.size(0)) {
        throw new ShapeException(
            "a graph of "
                + weights.size(0)
                + " features needs as many scores, got "
                + size.size(0));
      }
      Tensor apart = size.unsqueeze(1).sub(size.unsqueeze(0));
      return apart.square().mul(weights.to(scores.dtype())).sum().mul(0.5);
    }
  }

  record Agreement(Tensor other) implements AttributionPrior {
    @Override
    public Tensor of(Tensor scores) {
      if (!other.spec().equals(scores.spec())) {
        throw new ShapeException(
            "agreement needs other scores " + scores.spec() + ", got " + other.spec());
      }
      Tensor a = flat(scores);
      Tensor b = flat(other);
      Tensor lengths = a.square().sum(1).mul(b.square().sum(1)).sqrt();
      return a.mul(b).sum(1).divNoNan(lengths).oneMinus().mean();
    }
  }

  /// The mean magnitude of every feature's score over all examples, (p).
  private static Tensor importance(Tensor scores) {
    return flat(scores).abs().mean(0);
  }

  private static Tensor flat(Tensor scores) {
    return scores.reshape(scores.size(0), scores.elements() / scores.size(0));
  }
}
