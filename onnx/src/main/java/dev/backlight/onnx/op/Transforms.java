package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Linear models and transformations of tables, as scikit-learn's are exported.
final class Transforms {
  /// What may be done with scores, in the order of their numbers.
  static final List<String> NAMES =
      List.of("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT");

  private Transforms() {}

  static void addTo(Operators all) {
    all.one("ai.onnx.ml.LinearRegressor", Transforms::regressor);
    all.add("ai.onnx.ml.LinearClassifier", Transforms::classifier);
    all.one("ai.onnx.ml.Scaler", Transforms::scaler);
    all.one("ai.onnx.ml.Normalizer", Transforms::normalizer);
    all.one(
        "ai.onnx.ml.Binarizer",
        node -> node.x(0).gt(node.real("threshold", 0)).to(node.x(0).dtype()));
    all.one("ai.onnx.ml.ArrayFeatureExtractor", Transforms::extracted);
    all.one("ai.onnx.ml.Imputer", Transforms::imputed);
  }

  /// Scores after a transformation by name.
  static Tensor apply(String name, Tensor scores) {
    return switch (name) {
      case "NONE" -> scores;
      case "SOFTMAX" -> scores.softmax(1);
      case "LOGISTIC" -> scores.sigmoid();
      default -> throw new Refusal("needs post_transform of NONE, SOFTMAX, LOGISTIC, got " + name);
    };
  }

  /// Class labels that are whole numbers.
  static long[] labels(NodeCall node, String name) {
    long[] labels = node.integers(name);
    if (labels == null || labels.length < 2) {
      throw new Refusal(
          "needs "
              + name
              + ", two or more, got "
              + (labels == null ? "labels that are text or none" : "" + labels.length));
    }
    return labels;
  }

  /// The label of the greatest score.
  static Value label(Tensor scores, long[] labels) {
    return Value.of(Tensor.of(Shape.of(labels.length), labels).take(0, scores.argmax(1)));
  }

  private static Tensor floats(NodeCall node) {
    Tensor x = node.x(0);
    Tensor rows = x.dtype().isFloat() ? x : x.to(DType.F32);
    if (rows.rank() != 2) {
      throw new Refusal("needs rows (n, features), got " + x.shape());
    }
    return rows;
  }

  private static Tensor linear(NodeCall node, int outputs) {
    Tensor x = floats(node);
    float[] given = node.reals("coefficients");
    if (given == null || given.length != (long) outputs * x.size(1)) {
      throw new Refusal(
          "needs "
              + outputs
              + " times "
              + x.size(1)
              + " coefficients, got "
              + (given == null ? 0 : given.length));
    }
    Tensor w = Tensor.of(Shape.of(outputs, x.size(1)), given).to(x.dtype());
    Tensor y = x.matmul(w, false, true);
    float[] intercepts = node.reals("intercepts");
    if (intercepts == null || intercepts.length == 0) {
      return y;
    }
    if (intercepts.length != outputs) {
      throw new Refusal("needs " + outputs + " intercepts, got " + intercepts.length);
    }
    return y.add(Tensor.of(intercepts).to(x.dtype()));
  }

  private static Tensor regressor(NodeCall node) {
    return apply(node.text("post_transform", "NONE"), linear(node, node.size("targets", 1)));
  }

  private static List<Value> classifier(NodeCall node) {
    long[] labels = labels(node, "classlabels_ints");
    Tensor x = floats(node);
    float[] given = node.reals("coefficients");
    boolean single = labels.length == 2 && given != null && given.length == x.size(1);
    Tensor scores = linear(node, single ? 1 : labels.length);
    if (single) {
      scores = Tensor.concat(1, scores.neg(), scores);
    }
    Tensor done = apply(node.text("post_transform", "NONE"), scores);
    return List.of(label(done, labels), Value.of(done));
  }

  private static Tensor scaler(NodeCall node) {
    Tensor x = floats(node);
    return x.sub(row(node, "offset", x, 0)).mul(row(node, "scale", x, 1));
  }

  private static Tensor row(NodeCall node, String name, Tensor x, double absent) {
    float[] given = node.reals(name);
    if (given == null) {
      return NodeCall.scalar(absent, x.dtype());
    }
    if (given.length != 1 && given.length != x.size(1)) {
      throw new Refusal("needs " + x.size(1) + " numbers as " + name + ", got " + given.length);
    }
    return Tensor.of(given).to(x.dtype());
  }

  private static Tensor normalizer(NodeCall node) {
    Tensor x = floats(node);
    Tensor norm =
        switch (node.text("norm", "MAX")) {
          case "L1" -> x.abs().sumKeep(1);
          case "L2" -> x.normKeep(1);
          default -> throw new Refusal("needs norm of L1 or L2, got " + node.text("norm", "MAX"));
        };
    return norm.eq(0).where(x, x.div(norm));
  }

  private static Tensor extracted(NodeCall node) {
    Tensor x = node.atLeast(1, 0);
    Tensor picked = x.take(x.rank() - 1, NodeCall.index(node.x(1).flatten(), x.size(-1)));
    return x.rank() == 1 ? picked.unsqueeze(0) : picked;
  }

  private static Tensor imputed(NodeCall node) {
    Tensor x = floats(node);
    float @Nullable [] by = node.reals("imputed_value_floats");
    if (by == null || (by.length != 1 && by.length != x.size(1))) {
      throw new Refusal("needs " + x.size(1) + " imputed_value_floats, got " + Arrays.toString(by));
    }
    double replaced = node.real("replaced_value_float", 0);
    Tensor gone = Double.isNaN(replaced) ? x.isNan() : x.eq(replaced);
    return gone.where(Tensor.of(by).to(x.dtype()).expand(x.shape()), x);
  }
}
