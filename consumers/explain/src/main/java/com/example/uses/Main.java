package com.example.uses;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Conductance;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.NodeContributions;
import dev.backlight.explain.Target;

/** Explains a function that no network library made, and adds up what the explanations say. */
public final class Main {
  private static final Tensor WEIGHT = Tensor.of(Shape.of(2, 3), .5, -1, .25, 1.5, .75, -.5);

  static Tensor model(Tensor x) {
    return x.matmul(WEIGHT).tanh().named("hidden").sum(1).exp();
  }

  public static void main(String[] args) {
    Tensor x = Tensor.of(Shape.of(1, 2), .8, -.3);
    double want = model(x).item() - model(Tensor.of(Shape.of(1, 2), 0., 0)).item();

    Attribution inputs =
        IntegratedGradients.from(Baseline.zeros()).explain(Main::model, x, Target.only());
    same("the inputs", want, inputs.scores().sum().item());

    NodeContributions nodes =
        Conductance.from(Baseline.zeros()).contributions(Main::model, x, Target.only());
    same("the hidden nodes", want, nodes.layer("hidden").orElseThrow().sums().item());

    System.out.println(inputs);
    System.out.println(nodes);
  }

  private static void same(String what, double want, double got) {
    if (Math.abs(want - got) > 1e-6) {
      throw new AssertionError("the scores of " + what + " need to add up to " + want + ", got " + got);
    }
  }
}
