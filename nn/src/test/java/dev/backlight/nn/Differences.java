package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Struct;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Derivatives asked of the function itself, by differences of fourth order.
public final class Differences {
  private Differences() {}

  /// Fails unless the gradient of `f` at `at` is what differences of `f` say, for every number of
  /// every leaf.
  public static <S> void check(Function<S, Tensor> f, S at) {
    Struct<S> form = Struct.of(at);
    List<Tensor> leaves = form.flatten(at);
    List<Tensor> gradient = form.flatten(Grad.of(f, at).grad());
    for (int leaf = 0; leaf < leaves.size(); leaf++) {
      double[] x = leaves.get(leaf).toDoubles();
      double[] g = gradient.get(leaf).toDoubles();
      for (int i = 0; i < x.length; i++) {
        double h = 1e-3 * Math.max(1, Math.abs(x[i]));
        double slope =
            (8 * (value(f, form, leaves, leaf, i, h) - value(f, form, leaves, leaf, i, -h))
                    - (value(f, form, leaves, leaf, i, 2 * h)
                        - value(f, form, leaves, leaf, i, -2 * h)))
                / (12 * h);
        assertThat(g[i])
            .as("%s[%d]", form.names().get(leaf), i)
            .isCloseTo(slope, within(1e-8 * Math.max(1, Math.abs(slope))));
      }
    }
  }

  private static <S> double value(
      Function<S, Tensor> f, Struct<S> form, List<Tensor> leaves, int leaf, int i, double h) {
    List<Tensor> moved = new ArrayList<>(leaves);
    double[] x = leaves.get(leaf).toDoubles();
    x[i] += h;
    moved.set(leaf, Tensor.of(leaves.get(leaf).shape(), x));
    return f.apply(form.build(moved)).item();
  }
}
