package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.Function;

/// How far scores move when the data are measured from another zero: `‖E(f', x + s) − E(f, x)‖ /
/// ‖E(f, x)‖` with `f'(x) = f(x − s)`, which is the same model of the same data.
///
/// P.-J. Kindermans et al., "The (un)reliability of saliency methods" (2019). Lower is better, from
/// 0. Slopes have 0. Methods that multiply by x or measure from a fixed baseline have not: for them
/// the shifted zero is another "nothing there", so the number measures how much hangs on that
/// choice.
///
/// @param shift what is added to every element
public record InputInvariance(double shift) implements Metric {
  @Override
  public String name() {
    return "input-invariance";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("shift", shift);
  }

  @Override
  public Family family() {
    return Family.AXIOMATIC;
  }

  @Override
  public Scale scale() {
    return Scale.lower(0, Double.POSITIVE_INFINITY);
  }

  @Override
  public double[] ask(Explained explained, Key key) {
    Function<Tensor, Tensor> shifted = x -> explained.model().apply(x.sub(shift));
    double[][] here = explained.scores();
    double[][] there = explained.scoresOf(shifted, explained.x().add(shift), explained.target());
    double[] moved = new double[here.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = Rows.moved(here[i], there[i]);
    }
    return moved;
  }
}
