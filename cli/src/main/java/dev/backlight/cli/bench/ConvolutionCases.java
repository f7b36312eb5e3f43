package dev.backlight.cli.bench;

import static dev.backlight.cli.bench.Answers.require;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Convolutions 3x3: two layers forward and backward, and a first layer with what follows it.
final class ConvolutionCases {
  private static final Conv2dOptions PADDED = Conv2dOptions.of().padding(1);

  /// What the best would be, in multiplications and additions a second, if it did every one.
  private static final double STRETCH = 600e9;

  private ConvolutionCases() {}

  static List<Case> all() {
    List<Case> all = new ArrayList<>();
    for (int[] s : new int[][] {{32, 28, 64}, {64, 14, 128}}) {
      String sizes = "N32_" + s[0] + "x" + s[1] + "x" + s[1] + "_" + s[2];
      Shape x = Shape.of(32, s[0], s[1], s[1]);
      Shape w = Shape.of(s[2], s[0], 3, 3);
      Shape y = Shape.of(32, s[2], s[1], s[1]);
      double flops = 2.0 * y.elements() * s[0] * 9;
      all.add(
          forward("conv_forward_" + sizes, x, w, v -> v.get(0).conv2d(v.get(1), PADDED))
              .quickly(s[0] == 32)
              .flops(flops)
              .asks(Demand.onOneThread("torch", 1.7))
              .asks(Demand.within(flops / STRETCH * 1e6)));
      for (boolean images : new boolean[] {true, false}) {
        all.add(
            Case.of("conv_backward_" + (images ? "x_" : "w_") + sizes, () -> slope(x, w, y, images))
                .flops(flops)
                .asks(Demand.onOneThread("torch", 1.7)));
      }
    }
    all.add(
        forward(
                "conv_relu_pool_N64_1x28x28_32",
                Shape.of(64, 1, 28, 28),
                Shape.of(32, 1, 3, 3),
                v -> v.get(0).conv2d(v.get(1), PADDED).relu().maxPool2d(Pool2dOptions.of(2)))
            .flops(2.0 * 64 * 28 * 28 * 32 * 9)
            .quickly(true)
            .asks(Demand.onOneThread("torch", 5)));
    return all;
  }

  private static Case forward(
      String name, Shape left, Shape right, Function<List<Tensor>, Tensor> f) {
    return Case.of(
        name,
        () -> {
          List<Tensor> in =
              List.of(Key.of(1).normal(left, DType.F32), Key.of(2).normal(right, DType.F32));
          Player<List<Tensor>, Tensor> player = Tape.record(f, in).player();
          Tensor got = player.play(in);
          Tensor want = f.apply(in.stream().map(t -> t.to(DType.F64)).toList());
          double off = got.to(DType.F64).sub(want).abs().amax().item();
          require(name, off / want.abs().amax().item(), 0, 2e-5);
          return player::play;
        });
  }

  /// One of the two derivatives alone: by the identity `<y, conv(x, w)>`, which is linear in each.
  private static Runnable slope(Shape x, Shape w, Shape y, boolean images) {
    Tensor a = Key.of(1).normal(x, DType.F32);
    Tensor b = Key.of(2).normal(w, DType.F32);
    Tensor g = Key.of(3).normal(y, DType.F32);
    List<Tensor> in = List.of(images ? a : b, images ? b : a, g);
    Player<List<Tensor>, Tensor> player =
        Tape.record(
                (List<Tensor> v) ->
                    (images ? v.get(0).conv2d(v.get(1), PADDED) : v.get(1).conv2d(v.get(0), PADDED))
                        .mul(v.get(2))
                        .sum(),
                in)
            .gradient(v -> v.get(0))
            .player();
    Tensor slope = player.play(in);
    double whole =
        a.to(DType.F64).conv2d(b.to(DType.F64), PADDED).mul(g.to(DType.F64)).sum().item();
    double got = slope.to(DType.F64).mul(in.get(0).to(DType.F64)).sum().item();
    require("conv_backward", got, whole, 1e-2);
    return player::play;
  }
}
