package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import dev.backlight.onnx.proto.NodeProto;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// Random numbers. They are drawn when the model is recorded and are constants of the tape, so that
/// a tape answers the same each time: by the seed of the node or else by its name, and each time
/// that it runs, as in a loop, anew.
final class Randomness {
  private static final Set<String> OPERATORS =
      Set.of(
          "RandomNormal",
          "RandomNormalLike",
          "RandomUniform",
          "RandomUniformLike",
          "Bernoulli",
          "Multinomial");

  private Randomness() {}

  /// Whether a node draws; one for dropout does if it may be told to be in training.
  static boolean draws(NodeProto node) {
    return OPERATORS.contains(node.operator())
        || node.operator().equals("Dropout") && node.inputs().size() > 2;
  }

  static void addTo(Operators all) {
    all.add("RandomNormal", node -> normal(node, given(node), type(node, ElementType.FLOAT)));
    all.add("RandomUniform", node -> uniform(node, given(node), type(node, ElementType.FLOAT)));
    all.add("RandomNormalLike", node -> normal(node, node.x(0).shape(), type(node, node.type(0))));
    all.add(
        "RandomUniformLike", node -> uniform(node, node.x(0).shape(), type(node, node.type(0))));
    all.add("Bernoulli", Randomness::bernoulli);
    all.add("Multinomial", Randomness::multinomial);
  }

  private static ElementType type(NodeCall node, ElementType absent) {
    ElementType type = node.elementType("dtype", absent);
    if (!type.isFloat()) {
      throw new Refusal("needs a dtype of floats, got " + type);
    }
    return type;
  }

  private static Shape given(NodeCall node) {
    long[] sizes = node.integers("shape");
    if (sizes == null) {
      throw new Refusal("needs attribute shape, got none");
    }
    return Library.room(NodeCall.shape(sizes));
  }

  /// Another key for each draw.
  static Key key(NodeCall node) {
    Key own = Key.of(node.label().hashCode());
    if (node.given("seed")) {
      boolean whole = node.operator().equals("Dropout");
      own =
          Key.of(whole ? node.integer("seed") : Float.floatToIntBits((float) node.real("seed", 0)));
    }
    return own.fold(node.scope().draws());
  }

  private static List<Value> normal(NodeCall node, Shape shape, ElementType type) {
    Tensor drawn = key(node).normal(shape, drawn(type));
    return cast(drawn.mul(node.real("scale", 1)).add(node.real("mean", 0)), type);
  }

  private static List<Value> uniform(NodeCall node, Shape shape, ElementType type) {
    double low = node.real("low", 0);
    double high = node.real("high", 1);
    if (!(low < high)) {
      throw new Refusal("needs low below high, got " + low + " and " + high);
    }
    return cast(key(node).uniform(shape, drawn(type), low, high), type);
  }

  private static DType drawn(ElementType type) {
    return Objects.requireNonNull(type.dtype());
  }

  private static List<Value> cast(Tensor drawn, ElementType type) {
    return List.of(Numbers.cast(Value.of(drawn), type, true));
  }

  private static List<Value> bernoulli(NodeCall node) {
    Tensor p = node.floats(0);
    Tensor drawn = key(node).uniform(p.shape(), p.dtype()).lt(p);
    return cast(drawn, node.elementType("dtype", node.type(0)));
  }

  /// By the largest of `log p + G`, with `G` of Gumbel's distribution.
  private static List<Value> multinomial(NodeCall node) {
    Tensor logits = node.floats(0);
    if (logits.rank() != 2 || logits.size(1) == 0) {
      throw new Refusal("needs unnormalised log-probabilities (n, k), got " + logits.shape());
    }
    int samples = node.size("sample_size", 1);
    if (samples < 1) {
      throw new Refusal("needs a sample_size of at least 1, got " + samples);
    }
    Shape shape = Library.room(NodeCall.shape(logits.size(0), samples, logits.size(1)));
    Tensor uniform = key(node).uniform(shape, logits.dtype(), 1e-30, 1);
    Tensor best = logits.unsqueeze(1).sub(uniform.log().neg().log()).argmax(-1);
    return cast(best, node.elementType("dtype", ElementType.INT32));
  }
}
