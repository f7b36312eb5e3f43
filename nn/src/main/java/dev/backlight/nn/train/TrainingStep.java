package dev.backlight.nn.train;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.optim.Optimizer;
import dev.backlight.nn.optim.OptimizerState;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/// One whole step of training as a tape: forward, loss, gradient, optimiser and metric.
public final class TrainingStep {
  private TrainingStep() {}

  /// What a step begins with.
  ///
  /// @param model the parameters
  /// @param state what the optimiser remembers
  /// @param x a batch of inputs
  /// @param y what should come out
  public record Before<M>(M model, OptimizerState state, Tensor x, Tensor y) {
    Carried<M> carried() {
      return new Carried<>(model, state);
    }
  }

  /// What a step makes.
  ///
  /// @param model the next parameters
  /// @param state what the optimiser remembers next
  /// @param loss of the model as it was before
  /// @param metric of the model as it was before; 0 if there is none
  public record After<M>(M model, OptimizerState state, Tensor loss, Tensor metric) {
    Carried<M> carried() {
      return new Carried<>(model, state);
    }
  }

  /// What goes from step to step.
  public record Carried<M>(M model, OptimizerState state) {}

  /// Records the step on an example. The metric reads the same forward pass as the loss: equal
  /// operations are merged on the tape.
  static <M> Tape<Before<M>, After<M>> record(
      BiFunction<M, Tensor, Tensor> forward,
      BinaryOperator<Tensor> loss,
      @Nullable Metric metric,
      Optimizer optimizer,
      Before<M> example) {
    return Tape.record(
        in -> {
          Grad<M> slope =
              Grad.of((M m) -> loss.apply(forward.apply(m, in.x()), in.y()), in.model());
          var next = optimizer.step(in.model(), slope.grad(), in.state());
          Tensor measured =
              metric == null
                  ? Tensor.scalar(0f)
                  : metric.of().apply(forward.apply(in.model(), in.x()), in.y());
          return new After<>(next.model(), next.state(), slope.value(), measured);
        },
        example);
  }
}
