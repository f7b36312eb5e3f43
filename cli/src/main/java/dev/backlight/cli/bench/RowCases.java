package dev.backlight.cli.bench;

import static dev.backlight.cli.bench.Answers.require;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.LayerNorm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Element by element, and row by row. What is asked, is asked of one thread.
final class RowCases {
  private RowCases() {}

  static List<Case> all() {
    List<Case> all = new ArrayList<>();
    elementwise(all);
    rows(all);
    return all;
  }

  private static void elementwise(List<Case> all) {
    for (int n : new int[] {1_000, 100_000, 10_000_000}) {
      boolean large = n > 1000;
      boolean quick = n == 100_000;
      all.add(map("add_" + n, n, v -> v.get(0).add(v.get(1)), null).quickly(quick));
      Case exp = map("exp_" + n, n, v -> v.get(0).exp(), Math::exp).quickly(quick);
      all.add(large ? exp.asks(Demand.onOneThread("torch", 4)) : exp);
      Case tanh = map("tanh_" + n, n, v -> v.get(0).tanh(), Math::tanh).quickly(quick);
      all.add(large ? tanh.asks(Demand.onOneThread("torch", 8)) : tanh);
      all.add(
          map("sigmoid_" + n, n, v -> v.get(0).sigmoid(), t -> 1 / (1 + Math.exp(-t)))
              .quickly(quick));
      Case chain =
          map(
                  "chain_" + n,
                  n,
                  v -> v.get(0).mul(v.get(1)).add(v.get(2)).geluTanh().mul(v.get(3)),
                  null)
              .quickly(quick);
      all.add(large ? chain.asks(Demand.onOneThread("torch", n == 10_000_000 ? 10 : 6)) : chain);
    }
  }

  private static Case map(
      String name, int n, Function<List<Tensor>, Tensor> f, @Nullable DoubleUnaryOperator truth) {
    return Case.of(
            name,
            () -> {
              List<Tensor> in =
                  Arrays.stream(Key.of(2).split(4))
                      .map(k -> k.normal(Shape.of(n), DType.F32))
                      .toList();
              Player<List<Tensor>, Tensor> player = Tape.record(f, in).player();
              Tensor got = player.play(in);
              Tensor exact = f.apply(in.stream().map(t -> t.to(DType.F64)).toList());
              for (int i = 0; i < n; i += 1 + n / 997) {
                double want = truth == null ? exact.at(i) : truth.applyAsDouble(in.get(0).at(i));
                require(name, got.at(i), want, 2e-6);
              }
              return player::play;
            })
        .flops(n);
  }

  private static void rows(List<Case> all) {
    all.add(
        unary(
                "softmax_1024x1000",
                Shape.of(1024, 1000),
                t -> t.softmax(-1),
                t -> t.exp().div(t.exp().sum(1).reshape(1024, 1)))
            .quickly(true)
            .asks(Demand.onOneThread("torch", 1.5)));
    LayerNorm norm = LayerNorm.of(768);
    all.add(
        unary(
                "layernorm_1024x768",
                Shape.of(1024, 768),
                norm::apply,
                LayerNorm.of(DType.F64, 768)::apply)
            .quickly(true)
            .asks(Demand.onOneThread("torch", 2)));
    all.add(
        Case.of(
                "layernorm_backward_1024x768",
                () -> {
                  Tensor x = Key.of(3).normal(Shape.of(1024, 768), DType.F32);
                  Tensor weight = Key.of(4).normal(Shape.of(1024, 768), DType.F32);
                  Player<Tensor, Tensor> player =
                      Tape.record((Tensor in) -> norm.apply(in).mul(weight).sum(), x)
                          .gradient()
                          .player();
                  Tensor slope = player.play(x);
                  // Moving a whole row along changes nothing.
                  require("layernorm_backward", slope.sum(1).abs().amax().item(), 0, 1e-3);
                  return player::play;
                })
            .flops(1024 * 768));
  }

  private static Case unary(
      String name, Shape shape, Function<Tensor, Tensor> f, Function<Tensor, Tensor> exact) {
    return Case.of(
            name,
            () -> {
              Tensor x = Key.of(3).normal(shape, DType.F32);
              Player<Tensor, Tensor> player = Tape.record(f, x).player();
              Tensor got = player.play(x);
              Tensor want = exact.apply(x.to(DType.F64));
              require(name, got.to(DType.F64).sub(want).abs().amax().item(), 0, 1e-5);
              return player::play;
            })
        .flops(shape.elements());
  }
}
