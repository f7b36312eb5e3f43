package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A method that draws, in Tensor language unless it stops at a standard error.
interface Drawing extends TensorExplainer, Anytime {
  /// So many draws must have been seen before a standard error is believed.
  int FEWEST = 16;

  /// What is small enough; 0 asks for all draws.
  double standardError();

  /// A batch explained by the same draws for all examples, with standard errors; by as many as are
  /// [enough][#isEnough].
  Attribution drawn(Function<Tensor, Tensor> model, Tensor x, Target decided);

  /// The scores of all draws, without standard errors.
  Tensor mean(Function<Tensor, Tensor> model, Tensor x, Target decided);

  /// Whether standard errors after so many draws are small enough.
  default boolean isEnough(int draws, Tensor errors) {
    return draws >= FEWEST && errors.amax().item() <= standardError();
  }

  /// What draws say, with how sure they are, labelled if they are neither all nor enough.
  ///
  /// @param what a draw is called, in the plural
  default Attribution labelled(Attribution a, Tensor errors, int draws, int most, String what) {
    Attribution sure = a.spread(errors.to(a.scores().dtype()).reshape(a.scores().shape()));
    boolean enough = stops() && isEnough(draws, errors);
    return draws < most && !enough ? sure.partial(draws, most, what) : sure;
  }

  /// Scores, and how many draws they are of.
  record Means(Tensor scores, int draws) {}

  /// Whether it stops at a standard error at all.
  default boolean stops() {
    return standardError() > 0;
  }

  @Override
  default Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    if (stops()) {
      return explain(model, x, target).scores();
    }
    Recorded.requireBatch(x);
    return mean(model, x, target.decided(() -> model.apply(x)));
  }

  @Override
  default Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    if (!stops()) {
      return drawn(model, x, target.decided(() -> model.apply(x)));
    }
    Recorded.requireValues(x);
    Target decided = target.decided(() -> model.apply(x));
    List<Attribution> each = new ArrayList<>();
    for (int i = 0; i < x.size(0); i++) {
      each.add(drawn(model, x.slice(0, i, i + 1), decided.example(i)));
    }
    return Examples.joined(each, x, decided);
  }

  @Override
  default boolean readsValues() {
    return stops();
  }

  /// When to look at standard errors again that were not small enough after so many draws, where
  /// looking is not for nothing.
  static int later(int draws) {
    return draws + Math.max(1, draws / 4);
  }

  /// A standard error that can be asked for.
  static void requireError(String method, double standardError) {
    if (!(standardError >= 0 && standardError < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          method + " needs a finite standard error of at least 0, got " + standardError);
    }
  }
}
