package dev.backlight.nn.optim;

import java.util.ArrayList;
import java.util.List;

/// Steps of about the learning rate in every parameter, see [RmsScaling], with momentum if wanted.
///
/// @param rate the learning rate
/// @param decay how long the mean square remembers
/// @param epsilon what is added to the root
/// @param momentum see [Momentum]; 0 for none
public record RmsProp(Schedule rate, double decay, double epsilon, double momentum)
    implements Optimizer {
  /// With this learning rate, a decay of 0.99, an epsilon of 1e-8 and no momentum.
  public static RmsProp of(double rate) {
    return of(Schedule.constant(rate));
  }

  /// With this learning rate, a decay of 0.99, an epsilon of 1e-8 and no momentum.
  public static RmsProp of(Schedule rate) {
    return new RmsProp(rate, 0.99, 1e-8, 0);
  }

  /// With this decay of the mean square.
  public RmsProp decay(double decay) {
    return new RmsProp(rate, decay, epsilon, momentum);
  }

  /// With momentum.
  public RmsProp momentum(double momentum) {
    return new RmsProp(rate, decay, epsilon, momentum);
  }

  @Override
  public List<Transform> transforms() {
    List<Transform> chain = new ArrayList<>();
    chain.add(new RmsScaling(decay, epsilon));
    if (momentum != 0) {
      chain.add(new Momentum(momentum, false));
    }
    chain.add(new LearningRate(rate));
    return chain;
  }
}
