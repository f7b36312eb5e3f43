package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.WithCotangent;
import dev.backlight.core.Block;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// All logits and their gradients at a point.
record Linearised(double[] logits, List<double[]> slopes, int classes) {
  static Linearised of(Function<Tensor, Tensor> model, Tensor at) {
    Tape<Tensor, Tensor> tape = Tape.record(model, at);
    Tensor logits = tape.run(at);
    int k = logits.size(1);
    Tape<WithCotangent<Tensor, Tensor>, Tensor> pull =
        tape.pull(BackwardRule.CHAIN, Function.identity());
    List<double[]> slopes = new ArrayList<>();
    for (int c = 0; c < k; c++) {
      Block one = Block.allocate(Spec.of(logits.shape(), logits.dtype()));
      for (int i = 0; i < logits.size(0); i++) {
        one.set(i * k + c, 1);
      }
      slopes.add(pull.run(new WithCotangent<>(at, Tensor.over(one))).toDoubles());
    }
    return new Linearised(logits.toDoubles(), slopes, k);
  }

  double logit(int example, int c) {
    return logits[example * classes + c];
  }

  /// The slope of one logit less another, 0 where following it would leave the range.
  double[] toward(int c, int from, int i, int each, double[] at, MinimalPerturbation range) {
    double[] slope = new double[each];
    for (int j = 0; j < each; j++) {
      int k = i * each + j;
      double up = slopes.get(c)[k] - slopes.get(from)[k];
      slope[j] = range.inRange(at[k], up);
    }
    return slope;
  }
}
