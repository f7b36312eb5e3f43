package dev.backlight.cli.bench;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// All cases, in the order of the table. Everything goes through tapes and players, as a user's
/// program would.
public final class Cases {
  private Cases() {}

  static List<Case> all() {
    List<Case> all = new ArrayList<>();
    all.addAll(ProductCases.all());
    all.addAll(RowCases.all());
    all.addAll(ConvolutionCases.all());
    all.addAll(ModelCases.all());
    all.addAll(OnnxCases.all());
    all.add(
        Case.of("tape_1000_ops_per_op", Cases::chainOfTiny)
            .quickly(true)
            .per(1000)
            .asks(Demand.onOneThread("torch", 100))
            .asks(Demand.within(0.040)));
    return all;
  }

  /// One by its name: its answer is checked, and what comes back is run again and again.
  public static Runnable ready(String name) {
    return all().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no case " + name))
        .ready()
        .get();
  }

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
}
