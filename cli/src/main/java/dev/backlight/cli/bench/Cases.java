package dev.backlight.cli.bench;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import dev.backlight.explain.TensorExplainer;
import dev.backlight.nn.LayerNorm;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.train.Trainer;
import dev.backlight.nn.train.TrainingStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// All cases, in the order of the table. Everything goes through tapes and players, as a user's
/// program would.
final class Cases {
  private static final Target TARGET = Target.at(3);

  /// After so many steps on one batch the weights begin anew: gradients that have vanished are
  /// subnormal numbers, on which every machine is slow.
  private static final int STEPS = 200;

  private Cases() {}

  static List<Case> all() {
    List<Case> all = new ArrayList<>();
    products(all);
    elementwise(all);
    rows(all);
    convolutions(all);
    training(all);
    explaining(all);
    all.add(new Case("tape_1000_ops_per_op", true, 1000, 100, Cases::chainOfTiny));
    return all;
  }

  // ---- matrix products ----

  private static void products(List<Case> all) {
    for (int n : new int[] {128, 256, 512, 1024, 2048}) {
      all.add(product("sgemm_nn_" + n, n == 512, false, false, n, n, n, DType.F32));
    }
    all.add(product("sgemm_nt_512", false, false, true, 512, 512, 512, DType.F32));
    all.add(product("sgemm_tn_512", false, true, false, 512, 512, 512, DType.F32));
    all.add(product("sgemm_nn_128x784x512", false, false, false, 128, 784, 512, DType.F32));
    all.add(product("sgemm_tn_784x128x512", false, true, false, 784, 128, 512, DType.F32));
    all.add(product("sgemm_nt_128x512x784", false, false, true, 128, 512, 784, DType.F32));
    all.add(product("dgemm_nn_512", false, false, false, 512, 512, 512, DType.F64));
  }

  private static Case product(
      String name, boolean quick, boolean ta, boolean tb, int m, int k, int n, DType dtype) {
    return new Case(
        name,
        quick,
        1,
        2,
        () -> {
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
        });
  }

  // ---- elementwise ----

  private static void elementwise(List<Case> all) {
    for (int n : new int[] {1_000, 100_000, 10_000_000}) {
      boolean quick = n == 100_000;
      all.add(map("add_" + n, quick, 0, n, v -> v.get(0).add(v.get(1)), null));
      all.add(map("exp_" + n, quick, n > 1000 ? 4 : 0, n, v -> v.get(0).exp(), Math::exp));
      all.add(map("tanh_" + n, quick, n > 1000 ? 8 : 0, n, v -> v.get(0).tanh(), Math::tanh));
      all.add(
          map(
              "chain_" + n,
              quick,
              n == 10_000_000 ? 10 : n == 100_000 ? 6 : 0,
              n,
              v -> v.get(0).mul(v.get(1)).add(v.get(2)).geluTanh().mul(v.get(3)),
              null));
    }
  }

  private static Case map(
      String name,
      boolean quick,
      double target,
      int n,
      Function<List<Tensor>, Tensor> f,
      @Nullable DoubleUnaryOperator truth) {
    return new Case(
        name,
        quick,
        1,
        target,
        () -> {
          List<Tensor> in =
              Arrays.stream(Key.of(2).split(4)).map(k -> k.normal(Shape.of(n), DType.F32)).toList();
          Player<List<Tensor>, Tensor> player = Tape.record(f, in).player();
          Tensor got = player.play(in);
          Tensor exact = f.apply(in.stream().map(t -> t.to(DType.F64)).toList());
          for (int i = 0; i < n; i += 1 + n / 997) {
            double want = truth == null ? exact.at(i) : truth.applyAsDouble(in.get(0).at(i));
            require(name, got.at(i), want, 2e-6);
          }
          return player::play;
        });
  }

  // ---- rows ----

  private static void rows(List<Case> all) {
    all.add(
        unary(
            "softmax_1024x1000",
            true,
            1.5,
            Shape.of(1024, 1000),
            t -> t.softmax(-1),
            t -> t.exp().div(t.exp().sum(1).reshape(1024, 1))));
    LayerNorm norm = LayerNorm.of(768);
    all.add(
        unary(
            "layernorm_1024x768",
            true,
            2,
            Shape.of(1024, 768),
            norm::apply,
            LayerNorm.of(DType.F64, 768)::apply));
    all.add(
        new Case(
            "layernorm_backward_1024x768",
            false,
            1,
            0,
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
            }));
  }

  private static Case unary(
      String name,
      boolean quick,
      double target,
      Shape shape,
      Function<Tensor, Tensor> f,
      Function<Tensor, Tensor> exact) {
    return new Case(
        name,
        quick,
        1,
        target,
        () -> {
          Tensor x = Key.of(3).normal(shape, DType.F32);
          Player<Tensor, Tensor> player = Tape.record(f, x).player();
          Tensor got = player.play(x);
          Tensor want = exact.apply(x.to(DType.F64));
          require(name, got.to(DType.F64).sub(want).abs().amax().item(), 0, 1e-5);
          return player::play;
        });
  }

  // ---- convolutions ----

  private static void convolutions(List<Case> all) {
    Conv2dOptions padded = Conv2dOptions.of().padding(1);
    for (int[] s : new int[][] {{32, 28, 64}, {64, 14, 128}}) {
      String sizes = "N32_" + s[0] + "x" + s[1] + "x" + s[1] + "_" + s[2];
      Shape x = Shape.of(32, s[0], s[1], s[1]);
      Shape w = Shape.of(s[2], s[0], 3, 3);
      Shape y = Shape.of(32, s[2], s[1], s[1]);
      boolean quick = s[0] == 32;
      all.add(
          pair("conv_forward_" + sizes, quick, 1.7, x, w, v -> v.get(0).conv2d(v.get(1), padded)));
      all.add(
          new Case("conv_backward_x_" + sizes, false, 1, 1.7, () -> slope(x, w, y, padded, true)));
      all.add(
          new Case("conv_backward_w_" + sizes, false, 1, 1.7, () -> slope(x, w, y, padded, false)));
    }
    all.add(
        pair(
            "conv_relu_pool_N64_1x28x28_32",
            true,
            5,
            Shape.of(64, 1, 28, 28),
            Shape.of(32, 1, 3, 3),
            v -> v.get(0).conv2d(v.get(1), padded).relu().maxPool2d(Pool2dOptions.of(2))));
  }

  private static Case pair(
      String name,
      boolean quick,
      double target,
      Shape left,
      Shape right,
      Function<List<Tensor>, Tensor> f) {
    return new Case(
        name,
        quick,
        1,
        target,
        () -> {
          List<Tensor> in =
              List.of(Key.of(1).normal(left, DType.F32), Key.of(2).normal(right, DType.F32));
          Player<List<Tensor>, Tensor> player = Tape.record(f, in).player();
          Tensor got = player.play(in);
          Tensor want = f.apply(in.stream().map(t -> t.to(DType.F64)).toList());
          require(name, got.to(DType.F64).sub(want).abs().amax().item(), 0, 1e-3);
          return player::play;
        });
  }

  /// One of the two derivatives alone: by the identity `<y, conv(x, w)>`, which is linear in each.
  private static Runnable slope(Shape x, Shape w, Shape y, Conv2dOptions options, boolean images) {
    Tensor a = Key.of(1).normal(x, DType.F32);
    Tensor b = Key.of(2).normal(w, DType.F32);
    Tensor g = Key.of(3).normal(y, DType.F32);
    List<Tensor> in = List.of(images ? a : b, images ? b : a, g);
    Player<List<Tensor>, Tensor> player =
        Tape.record(
                (List<Tensor> v) ->
                    (images
                            ? v.get(0).conv2d(v.get(1), options)
                            : v.get(1).conv2d(v.get(0), options))
                        .mul(v.get(2))
                        .sum(),
                in)
            .gradient(v -> v.get(0))
            .player();
    Tensor slope = player.play(in);
    double whole =
        a.to(DType.F64).conv2d(b.to(DType.F64), options).mul(g.to(DType.F64)).sum().item();
    double got = slope.to(DType.F64).mul(in.get(0).to(DType.F64)).sum().item();
    require("conv_backward", got, whole, 1e-2);
    return player::play;
  }

  // ---- training ----

  private static void training(List<Case> all) {
    for (Models model : Models.values()) {
      all.add(
          new Case(
              "train_" + lower(model) + "_b" + model.batch,
              model == Models.MLP,
              1,
              model.trained,
              () -> step(model)));
    }
  }

  private static Runnable step(Models of) {
    Sequential model = of.model();
    Tensor x = of.inputs(of.batch);
    Tensor y = of.labels(of.batch);
    Adam adam = Adam.of(1e-4);
    var before = new TrainingStep.Before<>(model, adam.start(model), KeyTensor.of(Key.of(0)), x, y);
    var player =
        Trainer.<Sequential>classification(Sequential::apply)
            .optimizer(adam)
            .step(model, x, y)
            .player()
            .feedback(
                after -> new TrainingStep.Carried<>(after.model(), after.state(), after.key()),
                in -> new TrainingStep.Carried<>(in.model(), in.state(), in.key()));
    player.set(before);
    player.play();
    double first = player.result().loss().item();
    for (int i = 0; i < 30; i++) {
      player.play();
    }
    double later = player.result().loss().item();
    if (!(later < first)) {
      throw new IllegalStateException("training needs a falling loss, got " + first + ", " + later);
    }
    player.set(before);
    int[] steps = new int[1];
    return () -> {
      player.play();
      if (++steps[0] % STEPS == 0) {
        player.set(before);
      }
    };
  }

  // ---- explaining ----

  private static void explaining(List<Case> all) {
    for (Models model : List.of(Models.MLP, Models.CNN, Models.TRANSFORMER)) {
      String name = lower(model);
      boolean quick = model == Models.MLP;
      double target = model.explained;
      all.add(explained("inputgrad_" + name + "_b1", quick, 0, model, 1, new Saliency(false)));
      all.add(explained("ig50_" + name + "_b1", quick, target, model, 1, gathered(50)));
      if (quick) {
        all.add(explained("ig256_" + name + "_b1", false, 0, model, 1, gathered(256)));
        all.add(explained("ig50_" + name + "_b256", false, 4, model, 256, gathered(50)));
      }
    }
  }

  private static IntegratedGradients gathered(int nodes) {
    return IntegratedGradients.from(Baseline.zeros()).with(Quadrature.midpoint(nodes));
  }

  private static Case explained(
      String name, boolean quick, double target, Models of, int inputs, TensorExplainer method) {
    return new Case(
        name,
        quick,
        1,
        target,
        () -> {
          Sequential model = of.model();
          Tensor x = of.inputs(inputs);
          Player<Tensor, Tensor> player =
              Tape.record((Tensor in) -> method.scores(model::apply, in, TARGET), x).player();
          Tensor scores = player.play(x);
          if (of == Models.TRANSFORMER) {
            // From zeros, where normalisation has no slope to speak of, few nodes are far off the
            // integral: the sum itself is asked, in the plain way.
            Tensor plain = method.scores(model::apply, x, TARGET);
            require(name, scores.sub(plain).abs().amax().item(), 0, 1e-3);
          } else if (method instanceof IntegratedGradients) {
            int[] axes = IntStream.range(1, x.rank()).toArray();
            double[] sums = scores.sum(axes).toDoubles();
            double[] here = model.apply(x).slice(1, 3, 4).toDoubles();
            double[] there = model.apply(x.mul(0)).slice(1, 3, 4).toDoubles();
            for (int i = 0; i < inputs; i++) {
              require(name, sums[i], here[i] - there[i], 0.1);
            }
          }
          return player::play;
        });
  }

  // ---- the tape itself ----

  private static Runnable chainOfTiny() {
    Tensor x = Tensor.of(new float[] {1, 1, 1, 1});
    Player<Tensor, Tensor> player =
        Tape.record(
                (Tensor in) -> {
                  Tensor c = in.mul(0.5);
                  Tensor z = in;
                  for (int i = 0; i < 500; i++) {
                    z = z.add(c).mul(c.add(0.6));
                  }
                  return z.sum();
                },
                x)
            .gradient()
            .player();
    player.play(x);
    return player::play;
  }

  private static String lower(Models model) {
    return model.name().toLowerCase(Locale.ROOT);
  }

  private static void require(String what, double got, double want, double tolerance) {
    if (!(Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want)))) {
      throw new IllegalStateException(what + " needs " + want + ", got " + got);
    }
  }
}
