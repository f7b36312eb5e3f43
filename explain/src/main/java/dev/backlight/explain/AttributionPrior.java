package dev.backlight.explain;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.function.Function;
import java.util.stream.IntStream;

/// What explanations of a model should look like, as a number to add to its loss: 0 where they
/// already do.
///
/// | prior | the number | paper |
/// |---|---|---|
/// | [#rightReasons] | `mean over examples of Σ (mask · φ)²` | Ross and others 2017 |
/// | [#smooth] | `mean over examples of Σ abs(φᵢ − φⱼ)`, neighbours i, j | Erion and others 2021 |
/// | [#sparse] | `mean over examples of Σ abs(φᵢ)` | |
/// | [#few] | `1 − Gini(φ̄)` of `φ̄ = mean over examples of abs(φ)` | Erion and others 2021 |
/// | [#graph] | `½ Σ wᵢⱼ (φ̄ᵢ − φ̄ⱼ)²`, the same `φ̄` | Erion and others 2021 |
/// | [#agreement] | `mean over examples of 1 − cos(φ, ψ)` | |
///
/// The scores φ are those of any [TensorExplainer], by gradient or by rule. They are written in
/// Tensor language, so inside of a recording they are differentiated like everything else:
///
/// ```java
/// AttributionPrior prior = AttributionPrior.rightReasons(corner).times(10);
/// var loss = Tape.record(
///     m -> loss(m).add(prior.of(new Saliency(), m::apply, x, Target.each(labels))), model);
/// ```
///
/// and so in a training step: `Trainer.penalty((m, x, y, pass) -> prior.of(…))`. Networks of ReLUs
/// have slopes that are constant in pieces; where scores are gradients, a smooth activation teaches
/// better.
///
/// A. Ross, M. Hughes, F. Doshi-Velez, "Right for the right reasons: training differentiable models
/// by constraining their explanations" (2017). G. Erion, J. Janizek, P. Sturmfels, S. Lundberg,
/// S.-I. Lee, "Improving performance of deep learning models with axiomatic attribution priors and
/// expected gradients" (2021).
public interface AttributionPrior {
  /// How far scores (n, …) are from what is wanted: one number, (), at least 0, in Tensor language.
  Tensor of(Tensor scores);

  /// How far the scores of an explanation are from what is wanted, in Tensor language.
  default Tensor of(
      TensorExplainer explainer, Function<Tensor, Tensor> model, Tensor x, Target target) {
    return of(explainer.scores(model, x, target));
  }

  /// The same, counting so many times as much.
  default AttributionPrior times(double weight) {
    return new AttributionPriors.Times(this, weight);
  }

  /// Both: the sum of the two.
  default AttributionPrior and(AttributionPrior other) {
    return new AttributionPriors.Both(this, other);
  }

  /// This prior about scores whose examples are seen in another shape: flat pixels as a picture,
  /// `smooth(1, 2).seenAs(8, 8)`.
  ///
  /// @param sizes of one example, without the batch
  default AttributionPrior seenAs(int... sizes) {
    return new AttributionPriors.SeenAs(this, Shape.of(sizes));
  }

  /// The right reasons: no score may lie where a mask is.
  ///
  /// With [Saliency] and the target [Target#of] `logSoftmax(1).sum(1)` it is what Ross and others
  /// did; of what an output *owes* to the masked inputs, speaks a target of that output with
  /// [GradientTimesInput], [IntegratedGradients] or [Lrp].
  ///
  /// @param wrong 1 where the model must not look and 0 elsewhere, or weights: of the shape of one
  ///   example, or of all (n, …)
  static AttributionPrior rightReasons(Tensor wrong) {
    return new AttributionPriors.RightReasons(wrong);
  }

  /// Neighbours should have like scores: the total variation along axes of x, of which 0 is the
  /// batch. For pictures (n, c, h, w) these are 2 and 3.
  static AttributionPrior smooth(int... axes) {
    return new AttributionPriors.Smooth(IntStream.of(axes).boxed().toList());
  }

  /// Scores should be small, and most of them 0.
  static AttributionPrior sparse() {
    return new AttributionPriors.Sparse();
  }

  /// Few features should have the scores of all examples together. Gini's coefficient of p features
  /// is 0 where all have the same and `1 − 1/p` where one has everything; the size of the scores
  /// does not matter. Where all scores are 0 it counts as 0.
  static AttributionPrior few() {
    return new AttributionPriors.Few();
  }

  /// Features that belong together should matter alike.
  ///
  /// @param weights (p, p), symmetric: how much features i and j belong together
  static AttributionPrior graph(Tensor weights) {
    return new AttributionPriors.Graph(weights);
  }

  /// Scores should point where other scores point, such as those of another method, of a model that
  /// teaches, or of people. An example without scores counts 1.
  ///
  /// @param other scores (n, …) of the same shape, given or on the same recording
  static AttributionPrior agreement(Tensor other) {
    return new AttributionPriors.Agreement(other);
  }
}
