package dev.backlight.nn.optim;

import java.util.List;

/// Adam with decoupled decay whose steps are scaled to the size of each parameter, see
/// [TrustRatio]: for very large batches. Y. You et al., "Large batch optimization" (2020).
///
/// @param adam the learning rate, betas and epsilon
/// @param decay the weight decay
public record Lamb(Adam adam, double decay) implements Optimizer {
  /// With this learning rate, betas 0.9 and 0.999, an epsilon of 1e-6 and a decay of 0.01.
  public static Lamb of(double rate) {
    return of(Schedule.constant(rate));
  }

  /// With this learning rate, betas 0.9 and 0.999, an epsilon of 1e-6 and a decay of 0.01.
  public static Lamb of(Schedule rate) {
    return new Lamb(new Adam(rate, 0.9, 0.999, 1e-6), 0.01);
  }

  /// With this decay.
  public Lamb decay(double rate) {
    return new Lamb(adam, rate);
  }

  @Override
  public List<Transform> transforms() {
    return List.of(
        new AdamScaling(adam.beta1(), adam.beta2(), adam.epsilon()),
        new WeightDecay(decay),
        new TrustRatio(),
        new LearningRate(adam.rate()));
  }
}
