package dev.backlight.explain.quality;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/// A model with the parameters of its last layers drawn anew.
///
/// The parameters are the constants of its tape: any function of tensors will do, it need not be
/// made of layers. Each is drawn normally with its own mean and standard deviation, so that answers
/// keep their size; constants whose elements are all equal stay. A layer begins with a weight, a
/// constant that is larger than 1 along at least two axes, and ends before the next.
final class RandomisedModel {
  private RandomisedModel() {}

  /// A tape's constants that vary, with the layer that each belongs to, from 0.
  private record Parameters(List<Integer> values, List<Integer> layers) {
    static Parameters of(Tape<Tensor, Tensor> tape) {
      Map<Integer, Tensor> constants = tape.constants();
      List<Integer> values = new ArrayList<>();
      List<Integer> layers = new ArrayList<>();
      Set<Integer> seen = new HashSet<>();
      int layer = 0;
      for (Node node : tape.nodes()) {
        for (int value : node.inputs()) {
          Tensor constant = constants.get(value);
          if (constant != null && varies(constant) && seen.add(value)) {
            layer += weight(narrow(constant).shape()) && !layers.isEmpty() ? 1 : 0;
            values.add(value);
            layers.add(layer);
          }
        }
      }
      return new Parameters(values, layers);
    }

    private static boolean varies(Tensor constant) {
      return constant.dtype().isFloat() && narrow(constant).elements() > 1;
    }

    int count() {
      return layers.isEmpty() ? 0 : layers.getLast() + 1;
    }
  }

  /// How many layers with parameters a model has.
  static int layers(Function<Tensor, Tensor> model, Tensor x) {
    return Parameters.of(Tape.record(model, x)).count();
  }

  /// The model with its last so many layers drawn anew.
  static Function<Tensor, Tensor> of(Function<Tensor, Tensor> model, int last, Key key) {
    return x -> {
      Tensor like = x.block() == null ? Tensor.zeros(x.shape(), x.dtype()) : x.detached();
      Tape<Tensor, Tensor> tape = Tape.record(model, like);
      Map<Integer, Tensor> values = new HashMap<>(tape.constants());
      Parameters parameters = Parameters.of(tape);
      for (int p = 0; p < parameters.values.size(); p++) {
        if (parameters.layers.get(p) >= parameters.count() - last) {
          values.computeIfPresent(parameters.values.get(p), draw(key.fold(p)));
        }
      }
      values.put(0, x);
      for (Node node : tape.nodes()) {
        Tensor[] in = new Tensor[node.inputs().length];
        for (int k = 0; k < in.length; k++) {
          in[k] = Objects.requireNonNull(values.get(node.inputs()[k]));
        }
        Tensor[] out = Tensor.applyAll(node.op(), in);
        String label = node.label();
        if (label != null) {
          out[0].named(label);
        }
        for (int k = 0; k < node.outputs().size(); k++) {
          values.put(node.output() + k, out[k]);
        }
      }
      return Objects.requireNonNull(values.get(tape.outputValues()[0]));
    };
  }

  private static boolean weight(Shape shape) {
    int wide = 0;
    for (int size : shape.sizes()) {
      wide += size > 1 ? 1 : 0;
    }
    return wide >= 2;
  }

  /// A constant without the axes along which it repeats itself: a tape has a bias as broad as the
  /// batch.
  private static Tensor narrow(Tensor constant) {
    Tensor narrow = constant;
    for (int axis = 0; axis < constant.rank() && constant.elements() > 0; axis++) {
      Tensor first = narrow.slice(axis, 0, 1);
      narrow = first.expand(narrow.shape()).sameAs(narrow) ? first : narrow;
    }
    return narrow;
  }

  private static BiFunction<Integer, Tensor, Tensor> draw(Key key) {
    return (_, parameter) -> {
      Tensor narrow = narrow(parameter).to(DType.F64);
      return key.normal(narrow.shape(), DType.F64)
          .mul(narrow.std(0))
          .add(narrow.mean())
          .to(parameter.dtype())
          .expand(parameter.shape());
    };
  }
}
