package dev.backlight.nn.optim;

import dev.backlight.autodiff.Struct;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.optim.Transform.Move;
import java.util.ArrayList;
import java.util.List;

/// A rule for the next step downhill: (model, gradient, state) → (model, state).
///
/// It is a chain of [Transform]s that the gradient passes through before it is subtracted from the
/// parameters. Everything is Tensor language: a step on recorded tensors is written on their tape.
@FunctionalInterface
public interface Optimizer {
  /// The links, in the order in which the gradient passes them.
  List<Transform> transforms();

  /// An optimiser of these links, in this order. The last one usually is a [LearningRate].
  static Optimizer of(Transform... transforms) {
    List<Transform> chain = List.of(transforms);
    return () -> chain;
  }

  /// The state before the first step.
  default OptimizerState start(Object model) {
    List<Tensor> parameters = Struct.leaves(model);
    return new OptimizerState(
        transforms().stream().map(transform -> transform.start(parameters)).toList());
  }

  /// One step: a new model and a new state.
  default <M> Step<M> step(M model, M gradient, OptimizerState state) {
    Struct<M> form = Struct.of(model);
    List<Tensor> parameters = form.flatten(model);
    List<Transform> chain = transforms();
    if (state.memory().size() != chain.size()) {
      throw new IllegalArgumentException(
          "an optimiser of "
              + chain.size()
              + " links needs a state of as many, got "
              + state.memory().size());
    }
    List<Tensor> direction = form.flatten(gradient);
    requireFit(form.names(), parameters, direction);
    List<List<Tensor>> memory = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      Move moved = chain.get(i).apply(new Move(direction, state.memory().get(i)), parameters);
      direction = moved.direction();
      memory.add(moved.memory());
    }
    List<Tensor> next = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      next.add(parameters.get(i).sub(direction.get(i)));
    }
    return new Step<>(form.build(next), new OptimizerState(memory));
  }

  private static void requireFit(
      List<String> names, List<Tensor> parameters, List<Tensor> gradient) {
    for (int i = 0; i < parameters.size(); i++) {
      if (!parameters.get(i).spec().equals(gradient.get(i).spec())) {
        throw new ShapeException(
            "a step needs a gradient like the model, "
                + parameters.get(i).spec()
                + " at "
                + names.get(i)
                + ", got "
                + gradient.get(i).spec());
      }
    }
  }

  /// This optimiser, with the gradient first scaled down to a norm of at most `norm`, see
  /// [ClipByNorm].
  default Optimizer clipped(double norm) {
    List<Transform> longer = new ArrayList<>();
    longer.add(new ClipByNorm(norm));
    longer.addAll(transforms());
    return of(longer.toArray(Transform[]::new));
  }
}
