package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.PoolOptions;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.UnaryOperator;

/// The cases of pools.
final class PoolingReferences {
  private final Map<String, Fn> all;

  private PoolingReferences(Map<String, Fn> all) {
    this.all = all;
  }

  static void addTo(Map<String, Fn> all) {
    PoolingReferences to = new PoolingReferences(all);
    to.windows();
    to.adaptive();
  }

  private void one(String name, UnaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0])});
  }

  private void windows() {
    one("maxPool1d", x -> x.maxPool1d(PoolOptions.of(2)));
    PoolOptions odd1 = PoolOptions.of(3).stride(2).padding(1);
    one("maxPool1d/odd", x -> x.maxPool1d(odd1.ceil(true)));
    one("maxPool2d", x -> x.maxPool2d(Pool2dOptions.of(2)));
    Pool2dOptions odd2 = Pool2dOptions.of(3, 2).stride(2, 1).padding(1, 0).countPadding(false);
    one("maxPool2d/odd", x -> x.maxPool2d(odd2));
    Pool2dOptions ceil = Pool2dOptions.of(3).stride(2).padding(1).ceil(true);
    one("maxPool2d/ceil", x -> x.maxPool2d(ceil));
    all.put(
        "maxPool2dSelected", OrderReferences.both(x -> x.maxPool2dSelected(Pool2dOptions.of(2))));
    one("avgPool2d", x -> x.avgPool2d(Pool2dOptions.of(2)));
    one("avgPool2d/odd", x -> x.avgPool2d(odd2));
    one("avgPool2d/ceil", x -> x.avgPool2d(ceil));
    Pool2dOptions existing = Pool2dOptions.of(2).ceil(true).countPadding(false);
    one("avgPool2d/existing", x -> x.avgPool2d(existing));
    PoolOptions odd3 = PoolOptions.of(2, 1, 2).stride(1, 2, 1).padding(1, 0, 1);
    one("maxPool3d", x -> x.maxPool3d(odd3));
    one("maxPool3d/tie", x -> x.maxPool3d(PoolOptions.of(2)));
    one("avgPool1d", x -> x.avgPool1d(odd1));
    one("avgPool3d", x -> x.avgPool3d(odd3));
    PoolOptions around = PoolOptions.of(2).stride(1).padding(1).countPadding(false);
    one("avgPool3d/existing", x -> x.avgPool3d(around));
    one("lpPool1d", x -> x.lpPool1d(3, 2, 1));
    one("lpPool2d", x -> x.lpPool2d(2, 2, 2));
  }

  private void adaptive() {
    one("adaptiveAvgPool1d", x -> x.adaptiveAvgPool1d(3));
    one("adaptiveAvgPool2d", x -> x.adaptiveAvgPool2d(2, 3));
    one("adaptiveAvgPool3d", x -> x.adaptiveAvgPool3d(2, 1, 2));
    one("adaptiveMaxPool1d", x -> x.adaptiveMaxPool1d(3));
    one("adaptiveMaxPool2d", x -> x.adaptiveMaxPool2d(2, 3));
    one("adaptiveMaxPool2d/tie", x -> x.adaptiveMaxPool2d(1, 2));
    one("adaptiveMaxPool3d", x -> x.adaptiveMaxPool3d(2, 1, 2));
    one("globalAvgPool", Tensor::globalAvgPool);
    one("globalMaxPool", Tensor::globalMaxPool);
  }
}
