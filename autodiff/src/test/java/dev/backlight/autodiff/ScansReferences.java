package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.UnaryOperator;

/// The cases of running sums and recurrences.
final class ScansReferences {
  private ScansReferences() {}

  private static Fn one(UnaryOperator<Tensor> f) {
    return x -> new Tensor[] {f.apply(x[0])};
  }

  static void addTo(Map<String, Fn> all) {
    all.put("cumsum", one(x -> x.cumsum(1)));
    all.put("cumsumBackwards", one(x -> x.cumsumBackwards(0)));
    all.put("cumprod", one(x -> x.cumprod(1)));
    all.put("cumprod/zeros", one(x -> x.cumprod(1)));
    all.put("recurrence", x -> new Tensor[] {x[0].recurrence(x[1], 1)});
    all.put("logCumSumExp", one(x -> x.logCumSumExp(1)));
    all.put("cummax", OrderReferences.both(x -> x.cummax(1)));
    all.put("cummin", OrderReferences.both(x -> x.cummin(0)));
    all.put("diff", one(x -> x.diff(1)));
    all.put("prod", one(x -> x.prod()));
    all.put("prod/axes", one(x -> x.prod(0, 2)));
    all.put("prod/zeros", one(x -> x.prod(1)));
    all.put("prodKeep", one(x -> x.prodKeep(1)));
  }
}
