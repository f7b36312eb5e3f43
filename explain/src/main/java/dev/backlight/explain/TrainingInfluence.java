package dev.backlight.explain;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.StaleTape;
import dev.backlight.autodiff.Struct;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.WithTangent;
import dev.backlight.core.Block;
import dev.backlight.core.Selected;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Which training examples made a model answer as it does: by the gradients of their losses with
/// respect to all parameters.
///
/// ```java
/// var influence = new TrainingInfluence<>(model, (m, x, y) -> Losses.crossEntropy(m.apply(x), y));
/// Tensor by = influence.tracIn(trainX, trainY, testX, testY);      // (tests, training examples)
/// ```
///
/// [#tracIn], [#influence] and [#cosine] are in Tensor language: where the model or the examples
/// are on a recording, they become a part of it.
///
/// @param model the parameters: a structure of tensors
/// @param loss the mean loss of some examples
/// @param <M> the type of the model
public record TrainingInfluence<M>(M model, Loss<M> loss) {
  /// The mean loss of a batch, (), in Tensor language.
  @FunctionalInterface
  public interface Loss<M> {
    /// Of inputs (n, …) and what should come out.
    Tensor of(M model, Tensor x, Tensor y);
  }

  /// TracIn at one checkpoint: `∇loss(test) · ∇loss(train)`, (tests, training examples). Positive:
  /// a step on the training example lowers the loss of the test example. Sum it over checkpoints,
  /// times their learning rates. G. Pruthi et al., "Estimating training data influence by tracing
  /// gradient descent" (2020).
  public Tensor tracIn(Tensor trainX, Tensor trainY, Tensor testX, Tensor testY) {
    return gradients(testX, testY).matmul(gradients(trainX, trainY), false, true);
  }

  /// TracIn over checkpoints of a training: the sum of [#tracIn(Tensor, Tensor, Tensor, Tensor)],
  /// each times the learning rate it was trained with.
  ///
  /// @param checkpoints the model as it was, again and again
  /// @param rates the learning rate at each
  public static <M> Tensor tracIn(
      List<M> checkpoints,
      double[] rates,
      Loss<M> loss,
      Tensor trainX,
      Tensor trainY,
      Tensor testX,
      Tensor testY) {
    if (checkpoints.isEmpty() || checkpoints.size() != rates.length) {
      throw new IllegalArgumentException(
          "TracIn needs checkpoints and a learning rate for each, got "
              + checkpoints.size()
              + " and "
              + rates.length);
    }
    return IntStream.range(0, rates.length)
        .mapToObj(k ->
            new TrainingInfluence<>(checkpoints.get(k), loss)
                .tracIn(trainX, trainY, testX, testY)
                .mul(rates[k]))
        .reduce(Tensor::add)
        .orElseThrow();
  }

  /// What each example does to its own loss, `‖∇loss‖²`, (n): large for what the model cannot
  /// explain by the others, such as wrong labels. G. Pruthi et al. (2020), self-influence.
  public Tensor selfInfluence(Tensor x, Tensor y) {
    return gradients(x, y).square().sum(1);
  }

  /// By how much the loss of each test example would grow per unit of weight put on each training
  /// example, `−∇loss(test)ᵀ (H + damping I)⁻¹ ∇loss(train)` with the Hessian H of the mean
  /// training loss; (tests, training examples). Negative: the training example helps.
  ///
  /// The Hessian is formed and solved exactly: for models of some thousand parameters at most. P.
  /// Koh, P. Liang, "Understanding black-box predictions via influence functions" (2017).
  public Tensor influence(
      Tensor trainX, Tensor trainY, Tensor testX, Tensor testY, double damping) {
    Tensor hessian = hessian(trainX, trainY);
    Tensor damped = hessian.add(Tensor.eye(hessian.size(0), hessian.dtype()).mul(damping));
    Tensor solved = damped.solve(gradients(trainX, trainY).transpose());
    return gradients(testX, testY).matmul(solved).neg();
  }

  /// As [#influence], by conjugate gradients on Hessian-vector products: the Hessian is never
  /// formed. It has to be positive definite with its damping.
  ///
  /// @param tolerance the residual to reach, relative to the right-hand side
  /// @throws ArithmeticException if a direction of no positive curvature is met, or if 10 steps for
  ///   each parameter do not suffice
  public Tensor influenceByConjugateGradients(
      Tensor trainX, Tensor trainY, Tensor testX, Tensor testY, double damping, double tolerance) {
    Tensor train = gradients(trainX, trainY);
    Tensor test = gradients(testX, testY);
    Function<Tensor, Tensor> hvp = curvature(trainX, trainY);
    // The inverse is symmetric: it may act on either side.
    boolean tests = test.size(0) <= train.size(0);
    Tensor rights = tests ? test : train;
    List<Tensor> solved = new ArrayList<>();
    for (int i = 0; i < rights.size(0); i++) {
      Tensor right = rights.slice(0, i, i + 1).squeeze(0);
      solved.add(solve(v -> hvp.apply(v).add(v.mul(damping)), right, tolerance));
    }
    Tensor rows = Tensor.stack(0, solved);
    return (tests ? rows.matmul(train, false, true) : test.matmul(rows, false, true)).neg();
  }

  /// How alike the gradients of training and test examples are, (tests, training examples): the
  /// cosine between them, from −1 to 1. [#tracIn], the dot product, prefers examples with large
  /// losses, such as wrong labels; this finds those that teach the same. K. Hanawa, S. Yokoi, S.
  /// Hara, K. Inui, "Evaluation of similarity-based explanations" (2021). An example whose gradient
  /// is 0 is like none.
  public Tensor cosine(Tensor trainX, Tensor trainY, Tensor testX, Tensor testY) {
    return unit(gradients(testX, testY)).matmul(unit(gradients(trainX, trainY)), false, true);
  }

  private static Tensor unit(Tensor rows) {
    return rows.divNoNan(rows.normKeep(1).expand(rows.shape()));
  }

  /// The training examples nearest to each test example in the space of gradients: the `k` with the
  /// largest [#cosine], the nearest first, with their places.
  public Selected nearest(int k, Tensor trainX, Tensor trainY, Tensor testX, Tensor testY) {
    if (k < 1 || trainX.rank() == 0 || k > trainX.size(0)) {
      throw new IllegalArgumentException(
          "nearest examples need a number from 1 to that of the training examples "
              + trainX.shape()
              + ", got "
              + k);
    }
    return cosine(trainX, trainY, testX, testY).topK(k, 1);
  }

  private static Tensor solve(Function<Tensor, Tensor> by, Tensor right, double tolerance) {
    Tensor solution = right.mul(0);
    Tensor residual = right;
    Tensor direction = right;
    double squares = right.square().sum().item();
    double enough = squares * tolerance * tolerance;
    for (int k = 0; squares > enough; k++) {
      if (k == 10 * right.elements()) {
        throw new ArithmeticException(
            "conjugate gradients need a tolerance that can be reached, got " + tolerance);
      }
      Tensor image = by.apply(direction);
      double curvature = direction.mul(image).sum().item();
      if (!(curvature > 0)) {
        throw new ArithmeticException(
            "conjugate gradients need positive curvature, got "
                + curvature
                + "; more damping helps");
      }
      double step = squares / curvature;
      solution = solution.add(direction.mul(step));
      residual = residual.sub(image.mul(step));
      double next = residual.square().sum().item();
      direction = residual.add(direction.mul(next / squares));
      squares = next;
    }
    return solution;
  }

  /// The gradient of every example's loss, flat: (n, parameters).
  public Tensor gradients(Tensor x, Tensor y) {
    if (x.rank() == 0 || y.rank() == 0 || x.size(0) != y.size(0) || x.size(0) == 0) {
      throw new ShapeException(
          "influence needs inputs (n, …) and as many outputs (n, …), got "
              + x.shape()
              + " and "
              + y.shape());
    }
    List<Tensor> rows = new ArrayList<>();
    Player<Example<M>, M> player = null;
    for (int i = 0; i < x.size(0); i++) {
      Example<M> one = new Example<>(model, x.slice(0, i, i + 1), y.slice(0, i, i + 1));
      if (isRecorded(one)) {
        rows.add(flat(gradient(one).run(one)));
        continue;
      }
      Tensor row = player == null ? null : replayed(player, one);
      if (row == null) {
        player = gradient(one).player();
        row = kept(player.play(one));
      }
      rows.add(row);
    }
    return Tensor.stack(0, rows);
  }

  /// Whether something is on a recording, to become a part of it.
  private static boolean isRecorded(Object structure) {
    return Struct.leaves(structure).stream().anyMatch(leaf -> leaf.recording() != null);
  }

  /// A loss with all that it depends on.
  private record Example<M>(M model, Tensor x, Tensor y) {}

  private Tape<Example<M>, M> gradient(Example<M> one) {
    return Tape.record((Example<M> e) -> loss.of(e.model, e.x, e.y), one).gradient(Example::model);
  }

  /// The gradient by a tape of another example, or `null` if this one takes another branch.
  private static <M> @Nullable Tensor replayed(Player<Example<M>, M> player, Example<M> one) {
    try {
      return kept(player.play(one));
    } catch (StaleTape e) {
      return null;
    }
  }

  /// The Hessian of the mean loss times a flat vector.
  private Function<Tensor, Tensor> curvature(Tensor x, Tensor y) {
    Tape<WithTangent<M, M>, M> hvp =
        Tape.record((M m) -> loss.of(m, x, y), model).hvp(Function.<M>identity());
    if (isRecorded(new Example<>(model, x, y))) {
      return vector -> flat(hvp.run(new WithTangent<>(model, shaped(vector))));
    }
    Player<WithTangent<M, M>, M> player = hvp.player();
    return vector -> kept(player.play(new WithTangent<>(model, shaped(vector))));
  }

  private Tensor hessian(Tensor x, Tensor y) {
    Function<Tensor, Tensor> hvp = curvature(x, y);
    Tensor like = flat(model);
    List<Tensor> columns = new ArrayList<>();
    for (int i = 0; i < like.elements(); i++) {
      Block unit = Block.allocate(Spec.of(Shape.of(like.elements()), like.dtype()));
      unit.set(i, 1);
      columns.add(hvp.apply(Tensor.over(unit)));
    }
    return Tensor.stack(1, columns);
  }

  private static Tensor flat(Object structure) {
    return Tensor.concat(0, Struct.leaves(structure).stream().map(Tensor::flatten).toList());
  }

  /// A player's answer, flat, as it will not be after the next play.
  private static Tensor kept(Object played) {
    return flat(played).mul(1);
  }

  private M shaped(Tensor flat) {
    int[] from = {0};
    return Struct.map(
        model,
        leaf -> {
          Tensor part = flat.slice(0, from[0], from[0] + leaf.elements()).reshape(leaf.shape());
          from[0] += leaf.elements();
          return part;
        });
  }
}
