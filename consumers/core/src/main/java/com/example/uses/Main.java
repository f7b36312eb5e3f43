package com.example.uses;

import dev.backlight.core.Backend;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/** Multiplies two matrices and checks one number of the product by hand. */
public final class Main {
  public static void main(String[] args) {
    Tensor a = Key.of(1).normal(Shape.of(5, 7), DType.F32);
    Tensor b = Key.of(2).normal(Shape.of(7, 3), DType.F32);
    Tensor c = a.matmul(b);
    double want = 0;
    for (int k = 0; k < 7; k++) {
      want += a.at(4, k) * b.at(k, 2);
    }
    if (Math.abs(c.at(4, 2) - want) > 1e-5) {
      throw new AssertionError("the product needs " + want + ", got " + c.at(4, 2));
    }
    System.out.println(Backend.current() + "\n" + c);
  }
}
