package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import java.util.Arrays;

/// What scores leave unexplained: `|f(x) − f(b) − Σ score| / max(|f(x)|, |f(b)|)`, or of `f(x)`
/// alone where the explanation has no baseline.
///
/// M. Sundararajan, A. Taly, Q. Yan, "Axiomatic attribution for deep networks" (2017). Lower is
/// better, from 0. Undefined where the answers are 0 and the sum is not. Methods that promise no
/// sum are asked, too; their number says how much of the answer they do not speak of. Complete
/// scores may still be wrong: one feature can be given everything.
public record CompletenessGap() implements Metric {
  @Override
  public String name() {
    return "completeness-gap";
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
    double[] gaps = new double[explained.examples()];
    Arrays.setAll(gaps, i -> explained.attribution().of(i).relativeResidual());
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = Double.isInfinite(gaps[i]) ? Double.NaN : gaps[i];
    }
    return gaps;
  }
}
