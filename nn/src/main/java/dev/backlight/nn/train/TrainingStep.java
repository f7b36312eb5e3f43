package dev.backlight.nn.train;

import dev.backlight.autodiff.Struct;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.WithGrad;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Train;
import dev.backlight.nn.optim.Optimizer;
import dev.backlight.nn.optim.OptimizerState;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/// One whole step of training as a tape: forward, loss, gradient, optimiser, statistics and metric.
public final class TrainingStep {
  private TrainingStep() {}

  /// What a step begins with.
  ///
  /// @param model the parameters
  /// @param state what the optimiser remembers
  /// @param key what layers draw from
  /// @param x a batch of inputs
  /// @param y what should come out
  public record Before<M>(M model, OptimizerState state, KeyTensor key, Tensor x, Tensor y) {
    Carried<M> carried() {
      return new Carried<>(model, state, key);
    }
  }

  /// What a step makes.
  ///
  /// @param model the next parameters
  /// @param state what the optimiser remembers next
  /// @param key what layers draw from next
  /// @param loss of the model as it was before
  /// @param metric of the model as it was before; 0 if there is none
  public record After<M>(M model, OptimizerState state, KeyTensor key, Tensor loss, Tensor metric) {
    Carried<M> carried() {
      return new Carried<>(model, state, key);
    }
  }

  /// What goes from step to step.
  public record Carried<M>(M model, OptimizerState state, KeyTensor key) {}

  /// A forward pass: the loss, the prediction, and what the leaves of the model have become.
  private record Pass(Tensor loss, Tensor prediction, List<Tensor> leaves) {}

  /// Records the step on an example.
  static <M> Tape<Before<M>, After<M>> record(
      TrainingForward<M> forward,
      BinaryOperator<Tensor> loss,
      @Nullable Penalty<M> penalty,
      @Nullable Metric metric,
      Optimizer optimizer,
      Before<M> example) {
    return Tape.record(
        in -> {
          BitSet statistics = new BitSet();
          WithGrad<Pass, M> slope =
              WithGrad.of(
                  (M m) -> {
                    Train pass = Train.with(in.key().fold(0));
                    Tensor prediction = forward.apply(m, in.x(), pass);
                    List<Tensor> leaves = latest(Struct.leaves(m), pass, statistics);
                    Tensor total = loss.apply(prediction, in.y());
                    if (penalty != null) {
                      total = total.add(penalised(penalty.of(m, in.x(), in.y(), pass), total));
                    }
                    return new Pass(total, prediction, leaves);
                  },
                  Pass::loss,
                  in.model());
          var next = optimizer.step(in.model(), slope.grad(), in.state());
          Tensor measured =
              metric == null
                  ? Tensor.scalar(0f)
                  : metric.of().apply(slope.value().prediction(), in.y());
          M model = with(next.model(), slope.value().leaves(), statistics);
          return new After<>(
              model,
              computed(next.state(), in.state()),
              in.key().fold(1),
              slope.value().loss(),
              measured);
        },
        example);
  }

  private static Tensor penalised(Tensor penalty, Tensor loss) {
    if (!penalty.spec().equals(loss.spec())) {
      throw new ShapeException(
          "a penalty needs one number like the loss, " + loss.spec() + ", got " + penalty.spec());
    }
    return penalty;
  }

  /// The state, with memory that a link only hands on made a result of the tape, as feedback needs.
  private static OptimizerState computed(OptimizerState next, OptimizerState before) {
    Set<Tensor> old = Collections.newSetFromMap(new IdentityHashMap<>());
    before.memory().forEach(old::addAll);
    return new OptimizerState(
        next.memory().stream()
            .map(link -> link.stream().map(t -> old.contains(t) ? t.mul(1) : t).toList())
            .toList());
  }

  /// What leaves have become in a pass, and which of them are statistics.
  private static List<Tensor> latest(List<Tensor> leaves, Train pass, BitSet statistics) {
    List<Tensor> latest = new ArrayList<>();
    for (Tensor leaf : leaves) {
      Tensor value = pass.latest(leaf);
      if (value != leaf) {
        statistics.set(latest.size());
      }
      latest.add(value);
    }
    return latest;
  }

  /// A model whose statistics are these leaves; the optimiser has no say in them.
  private static <M> M with(M model, List<Tensor> leaves, BitSet statistics) {
    if (statistics.isEmpty()) {
      return model;
    }
    Struct<M> form = Struct.of(model);
    List<Tensor> all = new ArrayList<>(form.flatten(model));
    statistics.stream().forEach(i -> all.set(i, leaves.get(i)));
    return form.build(all);
  }
}
