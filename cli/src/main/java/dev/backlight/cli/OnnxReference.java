package dev.backlight.cli;

import dev.backlight.autodiff.Tape;
import dev.backlight.cli.Tally.End;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.Target;
import dev.backlight.onnx.OnnxException;
import dev.backlight.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// A model, `NAME.onnx`, with what another library said of it, `NAME.json`: the `shape` of an
/// input, the numbers `x` of one, the outputs `y`, and of output 1 the `gradient` by the inputs and
/// the `integrated` gradients from zeros.
///
/// Everything has to agree to 1e-4 of the largest number. Derivatives are compared with differences
/// of the model itself, too, along random directions: to a hundredth, since those are of floats.
record OnnxReference(Path file) {
  private static final double TOLERANCE = 1e-4;
  private static final double ROUGHLY = 1e-2;
  private static final int DIRECTIONS = 8;
  private static final int FIRST_STEPS = 50;

  /// Networks with kinks need many.
  private static final int MOST_STEPS = 25_600;

  /// The models of a folder that have such a file beside them, in order.
  static List<OnnxReference> in(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside
          .filter(path -> path.toString().endsWith(".onnx") && Files.isRegularFile(told(path)))
          .sorted()
          .map(OnnxReference::new)
          .toList();
    }
  }

  private static Path told(Path file) {
    String name = String.valueOf(file.getFileName());
    return file.resolveSibling(name.substring(0, name.length() - ".onnx".length()) + ".json");
  }

  /// Compares everything.
  void run(Tally tally) throws IOException {
    String name = String.valueOf(file.getFileName());
    try {
      OnnxModel model = OnnxModel.read(file);
      Map<?, ?> told = Json.read(told(file)) instanceof Map<?, ?> map ? map : Map.of();
      DType dtype = model.inputs().getFirst().dtype().orElse(DType.F32);
      double[] sizes = numbers(told, "shape");
      int[] shape = new int[sizes.length];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = (int) sizes[i];
      }
      Tensor x = Tensor.of(Shape.of(shape), numbers(told, "x")).to(dtype);
      UnaryOperator<Tensor> scalar = in -> model.apply(in).slice(1, 1, 2).sum();
      Tensor gradient = Tape.record(scalar, x).gradient().run(x);
      add(tally, name + ": outputs", error(model.tape(x).run(x), numbers(told, "y")), TOLERANCE);
      add(tally, name + ": gradient", error(gradient, numbers(told, "gradient")), TOLERANCE);
      add(
          tally,
          name + ": integrated gradients",
          integrated(model, x, numbers(told, "integrated")),
          TOLERANCE);
      add(tally, name + ": differences", differences(scalar, x, gradient), ROUGHLY);
    } catch (OnnxException | FormatException | ShapeException e) {
      tally.add(name, End.UNSUPPORTED, String.valueOf(e.getMessage()), 0);
    }
  }

  private static void add(Tally tally, String name, double error, double most) {
    tally.add(
        name,
        error <= most ? End.PASSED : End.FAILED,
        "needs to agree to " + Words.magnitude(most) + " of the largest, got " + error,
        error);
  }

  private double[] numbers(Map<?, ?> told, String name) throws FormatException {
    if (!(told.get(name) instanceof List<?> list)
        || !list.stream().allMatch(Number.class::isInstance)) {
      throw new FormatException(told(file) + " needs numbers called " + name + ", got none");
    }
    return list.stream().map(Number.class::cast).mapToDouble(Number::doubleValue).toArray();
  }

  /// The largest difference as a part of the largest number.
  private static double error(Tensor got, double[] wanted) {
    double[] numbers = got.toDoubles();
    if (numbers.length != wanted.length) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    double error = 0;
    for (int i = 0; i < wanted.length; i++) {
      largest = Math.max(largest, Math.abs(wanted[i]));
      error = Math.max(error, Math.abs(numbers[i] - wanted[i]));
    }
    return error / largest;
  }

  /// By as many steps as it takes.
  private static double integrated(OnnxModel model, Tensor x, double[] wanted) {
    double error = Double.POSITIVE_INFINITY;
    for (int steps = FIRST_STEPS; error > TOLERANCE && steps <= MOST_STEPS; steps *= 8) {
      Tensor scores =
          IntegratedGradients.from(Baseline.zeros())
              .with(Quadrature.midpoint(steps))
              .explain(model::apply, x, Target.at(1))
              .scores();
      error = error(scores, wanted);
    }
    return error;
  }

  /// How far the gradient is off differences along random directions, as a part of its length. Of
  /// several steps the one counts that is off least: large ones cross kinks, small ones round.
  private static double differences(UnaryOperator<Tensor> f, Tensor x, Tensor gradient) {
    double worst = 0;
    for (int i = 0; i < DIRECTIONS; i++) {
      Tensor d = Key.of(i).normal(x.shape(), x.dtype());
      double slope = gradient.mul(d).sum().item();
      double least = Double.POSITIVE_INFINITY;
      for (double h :
          x.dtype() == DType.F64 ? new double[] {1e-5} : new double[] {4e-3, 1e-3, 3e-4}) {
        Tensor step = d.mul(h);
        double along = (f.apply(x.add(step)).item() - f.apply(x.sub(step)).item()) / (2 * h);
        least = Math.min(least, Math.abs(along - slope));
      }
      worst = Math.max(worst, least / gradient.norm().item());
    }
    return worst;
  }
}
