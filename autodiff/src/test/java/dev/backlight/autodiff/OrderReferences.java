package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.Selected;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.Function;

/// The cases of sorting and selecting.
final class OrderReferences {
  private OrderReferences() {}

  static Fn both(Function<Tensor, Selected> f) {
    return x -> {
      Selected s = f.apply(x[0]);
      return new Tensor[] {s.values(), s.index()};
    };
  }

  private static Fn one(Function<Tensor, Tensor> f) {
    return x -> new Tensor[] {f.apply(x[0])};
  }

  static void addTo(Map<String, Fn> all) {
    all.put("argsort", one(x -> x.argsort(1)));
    all.put("argsort/ties", one(x -> x.argsort(1, true)));
    all.put("sort", both(x -> x.sort(0)));
    all.put("sort/descending", both(x -> x.sort(1, true)));
    all.put("topK", both(x -> x.topK(2, 1)));
    all.put("bottomK", both(x -> x.bottomK(2, 0)));
    all.put("kthValue", both(x -> x.kthValue(2, 1)));
    all.put("median", one(x -> x.median(1)));
    all.put("median/even", one(x -> x.median(0)));
    all.put("quantile", one(x -> x.quantile(.3, 1)));
    all.put("quantile/several", one(x -> x.quantile(new double[] {0, .4, 1}, 1)));
  }
}
