package dev.backlight.onnx.op;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/// The functions of recurrent layers, as their attributes name them.
final class Activations {
  private final List<UnaryOperator<Tensor>> functions = new ArrayList<>();
  private final int each;

  Activations(NodeCall node, List<String> standard) {
    this.each = standard.size();
    List<String> names = node.texts("activations");
    if (names.isEmpty()) {
      names = new ArrayList<>(standard);
      names.addAll(standard);
    }
    float[] alphas = node.reals("activation_alpha");
    float[] betas = node.reals("activation_beta");
    int alpha = 0;
    int beta = 0;
    for (String name : names) {
      String known = name.toLowerCase(Locale.ROOT);
      double a = standardAlpha(known);
      double b = known.equals("hardsigmoid") ? 0.5 : known.equals("scaledtanh") ? 1 : 0;
      if (!Double.isNaN(a) && alphas != null && alpha < alphas.length) {
        a = alphas[alpha++];
      }
      boolean second = List.of("hardsigmoid", "scaledtanh", "affine").contains(known);
      if (second && betas != null && beta < betas.length) {
        b = betas[beta++];
      }
      functions.add(function(known, a, b));
    }
  }

  private static double standardAlpha(String name) {
    return switch (name) {
      case "leakyrelu" -> 0.01;
      case "thresholdedrelu", "elu", "affine", "scaledtanh" -> 1;
      case "hardsigmoid" -> 0.2;
      default -> Double.NaN;
    };
  }

  private static UnaryOperator<Tensor> function(String name, double a, double b) {
    return switch (name) {
      case "relu" -> Tensor::relu;
      case "tanh" -> Tensor::tanh;
      case "sigmoid" -> Tensor::sigmoid;
      case "softsign" -> Tensor::softsign;
      case "softplus" -> Tensor::softplus;
      case "affine" -> x -> x.mul(a).add(b);
      case "leakyrelu" -> x -> x.leakyRelu(a);
      case "thresholdedrelu" -> x -> x.threshold(a, 0);
      case "scaledtanh" -> x -> x.mul(b).tanh().mul(a);
      case "hardsigmoid" -> x -> x.mul(a).add(b).clamp(0, 1);
      case "elu" -> x -> x.elu(a);
      default -> throw new Refusal("needs an activation of the specification, got '" + name + "'");
    };
  }

  /// The function in this place of a direction.
  UnaryOperator<Tensor> of(int direction, int which) {
    int place = direction * each + which;
    if (place >= functions.size()) {
      throw new Refusal("needs " + (place + 1) + " activations, got " + functions.size());
    }
    return functions.get(place);
  }
}
