package dev.backlight.cli.bench;

import dev.backlight.autodiff.Grad;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.util.Locale;

/// A program that makes one gradient of a small network, says how much memory it had, and ends.
public final class FirstGradient {
  private FirstGradient() {}

  /// Writes a JSON line.
  public static void main(String[] args) throws IOException {
    Tensor first = Key.of(1).normal(Shape.of(4, 8), DType.F32);
    Tensor second = Key.of(2).normal(Shape.of(8, 1), DType.F32);
    Tensor x = Key.of(3).normal(Shape.of(2, 4), DType.F32);
    float slope =
        Grad.of((Tensor in) -> in.matmul(first).tanh().matmul(second).sum(), x)
            .grad()
            .toFloats()[0];
    System.out.printf(Locale.ROOT, "{\"slope\": %s, \"mb\": %.1f}%n", slope, Processes.megabytes());
    System.out.flush();
  }
}
