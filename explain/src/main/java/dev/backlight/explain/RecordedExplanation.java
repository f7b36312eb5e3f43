package dev.backlight.explain;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.StaleTape;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Validity;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// An explanation as a tape: from x, and from what the target knows of each example, to all tensors
/// of an [Attribution]. What else that holds is the same for all inputs.
///
/// @param tape from x to scores, output, and as far as there are such: what the decided target
///   knows of each example, the baseline and the output there, the spread
/// @param like an attribution without tensors
/// @param decided the target after its choice, for any examples
record RecordedExplanation(
    TensorExplainer by,
    Function<Tensor, Tensor> model,
    Spec spec,
    Target target,
    Tape<List<Tensor>, List<Tensor>> tape,
    Form like,
    Target decided)
    implements CompiledExplainer.Source {
  /// What an attribution says besides its tensors.
  private record Form(
      long evaluations, @Nullable Long seed, boolean hasBaseline, boolean hasSpread) {
    static Form of(Attribution a) {
      return new Form(a.evaluations(), a.seed(), a.baseline() != null, a.spread() != null);
    }
  }

  static RecordedExplanation of(
      TensorExplainer by, Function<Tensor, Tensor> model, Tensor example, Target target) {
    Recorded.requireValues(example);
    List<Attribution> recorded = new ArrayList<>();
    Tape<List<Tensor>, List<Tensor>> tape =
        Tape.record(
            in -> {
              Target asked = in.size() > 1 ? target.forExamples(in.get(1)) : target;
              Attribution a = by.explain(model, in.getFirst(), asked);
              recorded.add(a);
              return tensors(a);
            },
            inputs(example, target));
    if (tape.validity() == Validity.PINNED) {
      throw new IllegalStateException(
          "a compiled explainer replays at other values, so it cannot be pinned by "
              + String.join(", ", tape.reasons())
              + "; ask with test(...), or look with detached()");
    }
    if (tape.isOpen()) {
      throw new IllegalStateException(
          "a compiled explainer outlives recordings, so its model cannot read a tensor of one");
    }
    Attribution a = recorded.getFirst();
    Target decided =
        a.target()
            .perExample()
            .map(different -> a.target().forExamples(different.detached()))
            .orElse(a.target());
    return new RecordedExplanation(by, model, example.spec(), target, tape, Form.of(a), decided);
  }

  private static List<Tensor> inputs(Tensor x, Target target) {
    return target.perExample().map(different -> List.of(x, different)).orElse(List.of(x));
  }

  private static List<Tensor> tensors(Attribution a) {
    List<Tensor> all = new ArrayList<>(List.of(a.scores(), a.output()));
    a.target().perExample().ifPresent(all::add);
    if (a.baseline() != null && a.baselineOutput() != null) {
      all.add(a.baseline());
      all.add(a.baselineOutput());
    }
    if (a.spread() != null) {
      all.add(a.spread());
    }
    return all;
  }

  @Override
  public CompiledExplainer.Work work() {
    Player<List<Tensor>, List<Tensor>> player = tape.player();
    return (x, wanted) -> {
      try {
        return attribution(x, player.play(inputs(x, wanted)));
      } catch (StaleTape elsewhere) {
        return by.explain(model, x, wanted);
      }
    };
  }

  private Attribution attribution(Tensor x, List<Tensor> made) {
    boolean differs = decided.perExample().isPresent();
    Target target = differs ? decided.forExamples(made.get(2)) : decided;
    Attribution a =
        Attribution.of(by, x, target, made.getFirst(), made.get(1)).evaluations(like.evaluations());
    a = like.seed() == null ? a : a.seeded(like.seed());
    int base = differs ? 3 : 2;
    a = like.hasBaseline() ? a.against(made.get(base), made.get(base + 1)) : a;
    return like.hasSpread() ? a.spread(made.getLast()) : a;
  }
}
