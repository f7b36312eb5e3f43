package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import dev.backlight.onnx.proto.SmallFloat;
import java.util.List;
import java.util.function.UnaryOperator;

/// Functions of single elements: activations, roundings, exponentials, angles.
final class Elementwise {
  private Elementwise() {}

  static void addTo(Operators all) {
    functions(all);
    activations(all);
    clipping(all);
    all.add("Identity", node -> List.of(node.value(0)));
    all.add("Cast", Elementwise::cast);
    all.add(
        "CastLike",
        node ->
            List.of(Numbers.cast(node.value(0), node.type(1), node.integer("saturate", 1) != 0)));
    all.add("BitCast", BitCast::of);
    all.one("IsNaN", node -> node.floats(0).isNan());
    all.one("IsInf", Elementwise::isInf);
  }

  private static void functions(Operators all) {
    floats(all, "Ceil", Tensor::ceil);
    floats(all, "Floor", Tensor::floor);
    floats(all, "Round", Tensor::round);
    floats(all, "Sqrt", Tensor::sqrt);
    floats(all, "Exp", Tensor::exp);
    floats(all, "Log", Tensor::log);
    floats(all, "Sin", Tensor::sin);
    floats(all, "Cos", Tensor::cos);
    floats(all, "Tan", Tensor::tan);
    floats(all, "Asin", Tensor::asin);
    floats(all, "Acos", Tensor::acos);
    floats(all, "Atan", Tensor::atan);
    floats(all, "Sinh", Tensor::sinh);
    floats(all, "Cosh", Tensor::cosh);
    floats(all, "Tanh", Tensor::tanh);
    floats(all, "Asinh", Tensor::asinh);
    floats(all, "Acosh", Tensor::acosh);
    floats(all, "Atanh", Tensor::atanh);
    floats(all, "Erf", Tensor::erf);
    floats(all, "Reciprocal", Tensor::reciprocal);
    all.one("Abs", node -> node.type(0).isUnsigned() ? node.x(0) : node.x(0).abs());
    all.one("Neg", node -> node.x(0).neg());
    all.one("Sign", node -> sign(node.value(0)));
  }

  private static void activations(Operators all) {
    floats(all, "Sigmoid", Tensor::sigmoid);
    floats(all, "Softplus", Tensor::softplus);
    floats(all, "Softsign", Tensor::softsign);
    floats(all, "HardSwish", x -> x.mul(x.mul(1.0 / 6).add(0.5).clamp(0, 1)));
    floats(all, "Mish", Tensor::mish);
    all.one("Relu", node -> relu(node.x(0)));
    all.one("LeakyRelu", node -> node.floats(0).leakyRelu(node.real("alpha", 0.01f)));
    all.one("Elu", node -> node.floats(0).elu(node.real("alpha", 1)));
    all.one("Celu", node -> node.floats(0).celu(node.real("alpha", 1)));
    all.one(
        "Selu",
        node ->
            node.floats(0)
                .elu(node.real("alpha", 1.67326319217681884765625f))
                .mul(node.real("gamma", 1.05070102214813232421875f)));
    all.one(
        "HardSigmoid",
        node ->
            node.floats(0).mul(node.real("alpha", 0.2f)).add(node.real("beta", 0.5)).clamp(0, 1));
    all.one("ThresholdedRelu", node -> node.floats(0).threshold(node.real("alpha", 1), 0));
    all.one("Swish", node -> swish(node.floats(0), node.real("alpha", 1)));
    all.one("SwiGLU", node -> swish(node.floats(0), node.real("alpha", 1)).mul(node.x(1)));
    all.one(
        "Gelu",
        node ->
            NodeCall.oneOf("approximate", node.text("approximate", "none"), "none", "tanh")
                    .equals("tanh")
                ? node.floats(0).geluTanh()
                : node.floats(0).gelu());
    all.one("PRelu", node -> prelu(node, node.x(0), node.x(1)));
    all.one("Shrink", Elementwise::shrink);
  }

  private static void clipping(Operators all) {
    all.add(
        "Clip",
        node -> {
          ElementType type = node.type(0);
          Tensor x = Numbers.ordered(node.value(0));
          if (node.has(1)) {
            x = x.maximum(Numbers.ordered(node.value(1)));
          } else if (node.given("min")) {
            x = x.maximum(node.real("min", 0));
          }
          if (node.has(2)) {
            x = x.minimum(Numbers.ordered(node.value(2)));
          } else if (node.given("max")) {
            x = x.minimum(node.real("max", 0));
          }
          return List.of(new Value(Numbers.unordered(x, type), type));
        });
  }

  private static void floats(Operators all, String name, UnaryOperator<Tensor> function) {
    all.one(name, node -> function.apply(node.floats(0)));
  }

  static Tensor relu(Tensor x) {
    return x.dtype().isFloat() ? x.relu() : x.maximum(0);
  }

  static Tensor swish(Tensor x, double alpha) {
    return x.mul((alpha == 1 ? x : x.mul(alpha)).sigmoid());
  }

  private static Tensor prelu(NodeCall node, Tensor x, Tensor slope) {
    // Before opset 7 a slope of (c) belonged to the channels; later it broadcasts from the right.
    boolean channels = node.opset() < 7 && slope.elements() != 1 && slope.rank() == 1;
    return x.lt(0).where(x.mul(channels ? Convolution.channels(slope, x) : slope), x);
  }

  private static Tensor sign(Value value) {
    Tensor x = value.tensor();
    if (x.dtype().isFloat()) {
      return x.sign();
    }
    return value.type() == ElementType.UINT64
        ? x.ne(0).to(DType.I64)
        : x.gt(0).to(x.dtype()).sub(x.lt(0).to(x.dtype()));
  }

  private static Tensor shrink(NodeCall node) {
    Tensor x = node.x(0);
    double bias = node.real("bias", 0);
    double lambda = node.real("lambd", 0.5);
    if (!x.dtype().isFloat()) {
      throw new Refusal("needs floats as input 0, got " + node.type(0));
    }
    Tensor nothing = NodeCall.scalar(0, x.dtype());
    return x.lt(-lambda).where(x.add(bias), x.gt(lambda).where(x.sub(bias), nothing));
  }

  private static Tensor isInf(NodeCall node) {
    Tensor x = node.floats(0);
    Tensor above = x.eq(Double.POSITIVE_INFINITY);
    Tensor below = x.eq(Double.NEGATIVE_INFINITY);
    boolean up = node.integer("detect_positive", 1) != 0;
    boolean down = node.integer("detect_negative", 1) != 0;
    Tensor none = Tensor.zeros(x.shape(), DType.BOOL);
    return (up ? above : none).or(down ? below : none);
  }

  private static List<Value> cast(NodeCall node) {
    ElementType to = NodeCall.elementType(node.integer("to"));
    boolean saturate = node.integer("saturate", 1) != 0;
    if (to == ElementType.FLOAT8E8M0) {
      String mode = NodeCall.oneOf("round_mode", node.text("round_mode", "up"), "up", "nearest");
      SmallFloat format = mode.equals("up") ? SmallFloat.E8M0_UP : SmallFloat.E8M0;
      Tensor wide = node.x(0).to(DType.F64);
      Tensor rounded = Tensor.apply(new Narrow(format, saturate), wide);
      return List.of(new Value(rounded.to(DType.F32), to));
    }
    return List.of(Numbers.cast(node.value(0), to, saturate));
  }
}
