package dev.backlight.nn.optim;

import dev.backlight.autodiff.Struct;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.optim.Transform.Move;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

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
    Leaves parameters = Optimizer.leaves(Struct.of(model), model);
    return new OptimizerState(
        transforms().stream().map(transform -> transform.start(parameters)).toList());
  }

  /// One step: a new model and a new state.
  default <M> Step<M> step(M model, M gradient, OptimizerState state) {
    Struct<M> form = Struct.of(model);
    Leaves parameters = leaves(form, model);
    List<Transform> chain = transforms();
    requireFit(chain, state);
    List<Tensor> direction = form.flatten(gradient);
    requireFit(parameters, direction);
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

  /// The state after an epoch came to this loss; other than the state before if some link, such as
  /// a [Plateau], looks at losses.
  default OptimizerState judged(double loss, Object model, OptimizerState state) {
    Leaves parameters = Optimizer.leaves(Struct.of(model), model);
    List<Transform> chain = transforms();
    requireFit(chain, state);
    List<List<Tensor>> memory = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      memory.add(chain.get(i).judged(loss, state.memory().get(i), parameters));
    }
    return new OptimizerState(memory);
  }

  private static void requireFit(List<Transform> chain, OptimizerState state) {
    if (state.memory().size() != chain.size()) {
      throw new IllegalArgumentException(
          "an optimiser of "
              + chain.size()
              + " links needs a state of as many, got "
              + state.memory().size());
    }
  }

  private static <M> Leaves leaves(Struct<M> form, M model) {
    return new Leaves(form.names(), form.flatten(model));
  }

  private static void requireFit(Leaves parameters, List<Tensor> gradient) {
    for (int i = 0; i < parameters.size(); i++) {
      if (!parameters.get(i).spec().equals(gradient.get(i).spec())) {
        throw new ShapeException(
            "a step needs a gradient like the model, "
                + parameters.get(i).spec()
                + " at "
                + parameters.names().get(i)
                + ", got "
                + gradient.get(i).spec());
      }
    }
  }

  /// This optimiser, with every number of the gradient first cut to `-max..max`, see [ClipByValue].
  default Optimizer clippedByValue(double max) {
    return behind(new ClipByValue(max));
  }

  /// This optimiser, with the gradient first scaled down to a norm of at most `norm`, see
  /// [ClipByNorm].
  default Optimizer clipped(double norm) {
    return behind(new ClipByNorm(norm));
  }

  private Optimizer behind(Transform first) {
    List<Transform> longer = new ArrayList<>();
    longer.add(first);
    longer.addAll(transforms());
    return of(longer.toArray(Transform[]::new));
  }

  /// This optimiser, at work once in so many steps on the mean of their gradients; in between
  /// parameters rest. As if batches were so many times as large.
  default Optimizer accumulating(int steps) {
    return of(new Accumulate(steps, transforms()));
  }

  /// This optimiser, with a running mean of the parameters beside it, see [Average].
  default Optimizer averaging(double decay) {
    List<Transform> longer = new ArrayList<>(transforms());
    longer.add(new Average(decay));
    return of(longer.toArray(Transform[]::new));
  }

  /// This optimiser, with steps that become smaller when the loss of the epochs does not.
  default Optimizer reducing(Plateau plateau) {
    List<Transform> longer = new ArrayList<>(transforms());
    longer.add(plateau);
    return of(longer.toArray(Transform[]::new));
  }

  /// One optimiser for the parameters whose component path is accepted, such as `name ->
  /// name.startsWith("head.")`, and another for the rest: other rates, or decay for some.
  static Optimizer split(Predicate<String> first, Optimizer then, Optimizer otherwise) {
    return of(
        new Masked(first, then.transforms()), new Masked(first.negate(), otherwise.transforms()));
  }
}
