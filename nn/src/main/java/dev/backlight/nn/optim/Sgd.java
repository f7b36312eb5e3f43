package dev.backlight.nn.optim;

import java.util.ArrayList;
import java.util.List;

/// Stochastic gradient descent: `p ← p − rate · g`, with momentum if wanted.
///
/// @param rate the learning rate
/// @param momentum see [Momentum]; 0 for none
/// @param nesterov whether the momentum looks ahead
/// @param decay see [WeightDecay]; 0 for none
public record Sgd(Schedule rate, double momentum, boolean nesterov, double decay)
    implements Optimizer {
  /// With this learning rate, and no momentum.
  public static Sgd of(double rate) {
    return of(Schedule.constant(rate));
  }

  /// With this learning rate, and no momentum.
  public static Sgd of(Schedule rate) {
    return new Sgd(rate, 0, false, 0);
  }

  /// With momentum.
  public Sgd momentum(double momentum) {
    return new Sgd(rate, momentum, nesterov, decay);
  }

  /// With a momentum that looks ahead.
  public Sgd nesterov(double momentum) {
    return new Sgd(rate, momentum, true, decay);
  }

  /// With weight decay, as a penalty on squares.
  public Sgd decay(double decay) {
    return new Sgd(rate, momentum, nesterov, decay);
  }

  @Override
  public List<Transform> transforms() {
    List<Transform> chain = new ArrayList<>();
    if (decay != 0) {
      chain.add(new WeightDecay(decay));
    }
    if (momentum != 0) {
      chain.add(new Momentum(momentum, nesterov));
    }
    chain.add(new LearningRate(rate));
    return chain;
  }
}
