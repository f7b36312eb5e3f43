package dev.backlight.cli.bench;

import static dev.backlight.cli.bench.Answers.require;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Products of matrices: squares, and the three products of a layer.
final class ProductCases {
  /// The share of the peak that large products should reach: 225 of 256 GFLOP/s on one core, 440 of
  /// 512 on two.
  private static final double ONE_CORE = 0.88;

  private static final double TWO_CORES = 0.86;

  private ProductCases() {}

  static List<Case> all() {
    List<Case> all = new ArrayList<>();
    for (int n : new int[] {64, 128, 256, 512, 1024, 2048}) {
      Case square = product("sgemm_nn_" + n, false, false, n, n, n, DType.F32).quickly(n == 512);
      if (n >= 512) {
        square =
            square
                .asks(Demand.onOneThread(Demand.PEAK, ONE_CORE))
                .asks(Demand.onTwoThreads(Demand.PEAK, TWO_CORES));
      }
      all.add(square);
    }
    all.add(product("sgemm_nt_512", false, true, 512, 512, 512, DType.F32));
    all.add(product("sgemm_tn_512", true, false, 512, 512, 512, DType.F32));
    all.add(product("sgemm_tt_512", true, true, 512, 512, 512, DType.F32));
    all.add(product("sgemm_nn_128x784x512", false, false, 128, 784, 512, DType.F32));
    all.add(product("sgemm_tn_784x128x512", true, false, 784, 128, 512, DType.F32));
    all.add(product("sgemm_nt_128x512x784", false, true, 128, 512, 784, DType.F32));
    all.add(product("sgemm_tt_128x784x512", true, true, 128, 784, 512, DType.F32));
    for (int n : new int[] {64, 128, 256, 512, 1024, 2048}) {
      all.add(product("dgemm_nn_" + n, false, false, n, n, n, DType.F64));
    }
    return all;
  }

  private static Case product(
      String name, boolean ta, boolean tb, int m, int k, int n, DType dtype) {
    Case product = Case.of(name, () -> ready(name, ta, tb, m, k, n, dtype)).flops(2.0 * m * n * k);
    if (dtype == DType.F32) {
      product = product.asks(Demand.onOneThread("torch", 2));
      if (m >= 128) {
        product = product.asks(Demand.of("jax", 0.95));
      }
    }
    return product;
  }

  private static Runnable ready(
      String name, boolean ta, boolean tb, int m, int k, int n, DType dtype) {
    Tensor a = Key.of(1).normal(ta ? Shape.of(k, m) : Shape.of(m, k), dtype);
    Tensor b = Key.of(2).normal(tb ? Shape.of(n, k) : Shape.of(k, n), dtype);
    List<Tensor> in = List.of(a, b);
    Player<List<Tensor>, Tensor> player =
        Tape.record((List<Tensor> v) -> v.get(0).matmul(v.get(1), ta, tb), in).player();
    Tensor c = player.play(in);
    for (int i = 0; i < m; i += 1 + m / 5) {
      for (int j = 0; j < n; j += 1 + n / 5) {
        double want = 0;
        for (int l = 0; l < k; l++) {
          want += (ta ? a.at(l, i) : a.at(i, l)) * (tb ? b.at(j, l) : b.at(l, j));
        }
        require(name, c.at(i, j), want, 1e-4 * Math.sqrt(k));
      }
    }
    return player::play;
  }
}
