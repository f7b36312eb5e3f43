package dev.backlight.nn.optim;

import java.util.List;

/// Adam with weight decay that is not scaled by it: `p ← p − rate · (adam(g) + decay · p)`.
///
/// The decay is for weights only, see [WeightDecay]. I. Loshchilov and F. Hutter, "Decoupled weight
/// decay regularization" (2019).
///
/// @param adam the learning rate, betas and epsilon
/// @param decay the weight decay
public record AdamW(Adam adam, double decay) implements Optimizer {
  /// With this learning rate, the paper's betas and epsilon, and a decay of 0.01.
  public static AdamW of(double rate) {
    return new AdamW(Adam.of(rate), 0.01);
  }

  /// With this learning rate, the paper's betas and epsilon, and a decay of 0.01.
  public static AdamW of(Schedule rate) {
    return new AdamW(Adam.of(rate), 0.01);
  }

  /// With this decay.
  public AdamW decay(double rate) {
    return new AdamW(adam, rate);
  }

  @Override
  public List<Transform> transforms() {
    return List.of(
        new AdamScaling(adam.beta1(), adam.beta2(), adam.epsilon()),
        new WeightDecay(decay),
        new LearningRate(adam.rate()));
  }
}
