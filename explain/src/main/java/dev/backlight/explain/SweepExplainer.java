package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Trace;
import dev.backlight.autodiff.WithCotangent;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A method that is one backward sweep at x under a rule.
interface SweepExplainer extends TensorExplainer {
  /// So many elements may stand beside each other when several answers are explained at once.
  int ELEMENTS = 1 << 20;

  /// What every node hands back.
  BackwardRule rule();

  /// Scores from x and what arrived there, in Tensor language.
  default Tensor combined(Tensor x, Tensor arrived) {
    return arrived;
  }

  @Override
  default Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    return combined(x, Recorded.of(model, x, target).sweep(rule()).inputs());
  }

  @Override
  default Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Trace<Tensor> trace = Recorded.of(model, x, decided).sweep(rule());
    return Attribution.of(this, x, decided, combined(x, trace.inputs()), trace.output().getFirst());
  }

  /// Whether the way from the target to the outputs of the model can be swept by itself.
  default boolean isApart(Target target, Tensor output) {
    return rule().equals(BackwardRule.CHAIN) || !Recorded.of(y -> y, output, target).hasLayers();
  }

  /// Explains several scalars by one forward pass, and one backward pass for many of them at once:
  /// a target's own sweep ends at the outputs of the model, where the common one begins. Where a
  /// target has layers of its own, or a rule counts layers, each is explained by itself.
  @Override
  default List<Attribution> explainAll(
      Function<Tensor, Tensor> model, Tensor x, List<Target> targets) {
    Recorded.requireBatch(x);
    Recorded forward = new Recorded(Tape.record(model, x), x).under(rule());
    Tensor output = forward.tape().run(x);
    if (!targets.stream().allMatch(t -> isApart(t.decided(() -> output), output))) {
      return TensorExplainer.super.explainAll(model, x, targets);
    }
    List<Attribution> all = new ArrayList<>();
    int most = Math.clamp(ELEMENTS / Math.max(1, x.elements()), 1, Math.max(1, targets.size()));
    for (int from = 0; from < targets.size(); from += most) {
      List<Target> some =
          targets.subList(from, Math.min(from + most, targets.size())).stream()
              .map(target -> target.decided(() -> output))
              .toList();
      List<Trace<Tensor>> ends =
          some.stream().map(target -> Recorded.of(y -> y, output, target).sweep(rule())).toList();
      Tensor seeds = Tensor.stack(0, ends.stream().map(Trace::inputs).toList());
      Tensor arrived =
          forward
              .tape()
              .pull(rule(), Function.<Tensor>identity())
              .vmap(some.size(), WithCotangent::cotangent)
              .run(new WithCotangent<>(x, seeds));
      for (int k = 0; k < some.size(); k++) {
        Tensor one = arrived.slice(0, k, k + 1).squeeze(0);
        Tensor value = ends.get(k).output().getFirst();
        all.add(Attribution.of(this, x, some.get(k), combined(x, one), value));
      }
    }
    return all;
  }
}
