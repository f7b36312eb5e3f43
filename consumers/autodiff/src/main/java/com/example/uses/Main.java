package com.example.uses;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/** Differentiates a model of its own with an op of its own. */
public final class Main {
  record Model(Tensor weight, Tensor bias) {
    Tensor apply(Tensor x) {
      return Tensor.apply(new Softsign(), x.matmul(weight).add(bias));
    }
  }

  record Softsign() implements Op.Elementwise {
    @Override
    public double f(double x) {
      return x / (1 + Math.abs(x));
    }

    @Override
    public Tensor slope(Tensor x, Tensor y) {
      Tensor d = x.abs().add(1);
      return d.mul(d).reciprocal();
    }
  }

  public static void main(String[] args) {
    Model model = new Model(Tensor.of(Shape.of(2, 1), .5, -.3), Tensor.of(.2));
    Tensor x = Tensor.of(Shape.of(3, 2), 1., 2, 3, 4, 5, 6);
    Grad<Model> grad = Grad.of((Model m) -> m.apply(x).sum(), model);
    GradCheck.standard().check((Model m) -> m.apply(x), model);
    if (!grad.grad().weight().shape().equals(Shape.of(2, 1))) {
      throw new AssertionError("a gradient needs the model's shapes, got " + grad.grad());
    }
    System.out.println(grad);
  }
}
