package dev.backlight.explain;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// Models that end inside of a model: at a layer, or at one neuron, by the label that
/// `Tensor.named` gave it. Whatever explains an answer explains them: the gradient of a neuron, its
/// integrated gradients, its Shapley values.
///
/// ```java
/// Attribution a =
///     IntegratedGradients.from(Baseline.zeros())
///         .explain(Inside.neuron(mlp::apply, "hidden", 3), x, Target.only());
/// ```
public final class Inside {
  private Inside() {}

  /// What a layer answers, (n, …).
  ///
  /// @throws IllegalArgumentException when it is asked, if the model has no such layer
  public static Function<Tensor, Tensor> layer(Function<Tensor, Tensor> model, String label) {
    return x -> {
      Tape<Tensor, Tensor> tape = Tape.record(model, x);
      return tape.at(List.of(Layers.labelled(tape, label))).run(x).getFirst();
    };
  }

  /// What one neuron answers, (n, 1).
  ///
  /// @param label the label of its layer
  /// @param place where in the layer's output it is, without the batch axis
  /// @throws ShapeException when it is asked, if the layer has no such place
  public static Function<Tensor, Tensor> neuron(
      Function<Tensor, Tensor> model, String label, int... place) {
    Function<Tensor, Tensor> layer = layer(model, label);
    int[] where = place.clone();
    return x -> {
      Tensor all = layer.apply(x);
      int at = place(all.shape(), label, where);
      return all.reshape(all.size(0), all.shape().elements(1, all.rank())).slice(1, at, at + 1);
    };
  }

  /// The layers of a model that have a label, in the order of computation.
  public static List<String> labels(Function<Tensor, Tensor> model, Tensor x) {
    return Tape.record(model, x).dependents(Function.identity()).stream()
        .map(Node::label)
        .filter(label -> label != null)
        .distinct()
        .toList();
  }

  /// The number of a place in one example of a layer's output (n, …).
  static int place(Shape output, String layer, int... neuron) {
    boolean fits = output.rank() == neuron.length + 1;
    int place = 0;
    for (int axis = 0; fits && axis < neuron.length; axis++) {
      fits = neuron[axis] >= 0 && neuron[axis] < output.size(axis + 1);
      place += neuron[axis] * output.stride(axis + 1);
    }
    if (!fits) {
      throw new ShapeException(
          "a neuron needs a place in "
              + Arrays.toString(output.without(0).sizes())
              + " of layer "
              + layer
              + ", got "
              + Arrays.toString(neuron));
    }
    return place;
  }
}
