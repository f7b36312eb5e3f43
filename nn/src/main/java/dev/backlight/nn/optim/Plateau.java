package dev.backlight.nn.optim;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;

/// The direction times a scale that falls when the loss does not: after more than `patience` epochs
/// without a loss below `best − threshold · |best|` it is multiplied by `factor`, down to `least`.
///
/// It remembers the scale, from 1, the best loss, and how many epochs were worse. The trainer tells
/// it the loss of each epoch, which is that of the examples held out, if there are any. It is
/// PyTorch's `ReduceLROnPlateau`, with the scale in the place of the rate; below 0 it has no
/// `|best|`, so that equal losses count as better.
///
/// @param factor what the scale is multiplied by, between 0 and 1
/// @param patience how many epochs without a better loss are borne
/// @param threshold how much better counts, as a part of the best loss
/// @param least the lowest scale
public record Plateau(double factor, int patience, double threshold, double least)
    implements Transform {
  public Plateau {
    if (!(factor > 0 && factor < 1) || patience < 0) {
      throw new IllegalArgumentException(
          "a plateau needs a factor between 0 and 1 and a patience of at least 0, got "
              + factor
              + " and "
              + patience);
    }
    if (!(threshold >= 0 && threshold < 1 && least >= 0 && least <= 1)) {
      throw new IllegalArgumentException(
          "a plateau needs a threshold in [0, 1) and a least scale in [0, 1], got "
              + threshold
              + " and "
              + least);
    }
  }

  /// With this factor and patience, a threshold of 1e-4 and no least scale.
  public static Plateau of(double factor, int patience) {
    return new Plateau(factor, patience, 1e-4, 0);
  }

  @Override
  public List<Tensor> start(Leaves parameters) {
    return List.of(scalar(1), scalar(Double.POSITIVE_INFINITY), scalar(0));
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    Tensor scale = move.memory().getFirst();
    return new Move(
        move.direction().stream().map(d -> d.mul(scale.to(d.dtype()))).toList(), move.memory());
  }

  @Override
  public List<Tensor> judged(double loss, List<Tensor> memory, Leaves parameters) {
    double scale = memory.get(0).item();
    double best = memory.get(1).item();
    int worse = (int) memory.get(2).item();
    // The first loss is better than infinity, of which a part below is infinity again.
    double bar = best == Double.POSITIVE_INFINITY ? best : best - Math.abs(best) * threshold;
    if (loss < bar) {
      best = loss;
      worse = 0;
    } else {
      worse++;
    }
    if (worse > patience) {
      scale = Math.max(scale * factor, least);
      worse = 0;
    }
    return List.of(scalar(scale), scalar(best), scalar(worse));
  }

  private static Tensor scalar(double value) {
    return Tensor.full(Shape.SCALAR, DType.F64, value);
  }
}
