package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Layers one after another: each reads what the one before made.
///
/// On a tape the output of every layer carries a label made of its kind and its number among its
/// kind, such as `conv1`, `relu1`, `linear2`, so that explanations find it; a layer of a nested
/// `Sequential` is found as `sequential1.linear1`.
public record Sequential(List<Layer> layers) implements Layer {
  public Sequential {
    layers = List.copyOf(layers);
  }

  /// These layers, in this order.
  public static Sequential of(Layer... layers) {
    return new Sequential(List.of(layers));
  }

  /// A multilayer perceptron of `F32`: dense layers of these widths, with an activation between
  /// them but not after the last. `mlp(key, RELU, 30, 16, 2)` reads 30 numbers and makes 2.
  public static Sequential mlp(Key key, Activation activation, int... widths) {
    return mlp(key, activation, DType.F32, widths);
  }

  /// A multilayer perceptron: dense layers of these widths, with an activation between them but not
  /// after the last.
  public static Sequential mlp(Key key, Activation activation, DType dtype, int... widths) {
    if (widths.length < 2) {
      throw new IllegalArgumentException(
          "a perceptron needs at least two widths, those of input and output, got "
              + widths.length);
    }
    Key[] keys = key.split(widths.length - 1);
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < keys.length; i++) {
      boolean last = i == keys.length - 1;
      Init init = last ? Init.GLOROT : activation.init();
      layers.add(Linear.of(widths[i], widths[i + 1], init, dtype, keys[i]));
      if (!last) {
        layers.add(activation);
      }
    }
    return new Sequential(layers);
  }

  /// The labels of the layers' outputs, in order.
  public List<String> labels() {
    Map<String, Integer> seen = new HashMap<>();
    return layers.stream()
        .map(layer -> layer.kind() + seen.merge(layer.kind(), 1, Integer::sum))
        .toList();
  }

  /// These layers and one more.
  public Sequential then(Layer layer) {
    List<Layer> more = new ArrayList<>(layers);
    more.add(layer);
    return new Sequential(more);
  }

  @Override
  public Tensor apply(Tensor x) {
    return labelled(x, null, "");
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    return labelled(x, pass, "");
  }

  @Override
  public boolean differsInTraining() {
    return layers.stream().anyMatch(Layer::differsInTraining);
  }

  private Tensor labelled(Tensor x, @Nullable Train pass, String prefix) {
    List<String> labels = labels();
    Tensor y = x;
    for (int i = 0; i < layers.size(); i++) {
      String label = prefix + labels.get(i);
      Layer layer = layers.get(i);
      Tensor read = y;
      if (layer instanceof Sequential inner) {
        y = inner.labelled(read, pass, label + ".");
      } else {
        y = pass == null ? layer.apply(read) : layer.train(read, pass);
        if (y != read) {
          y.named(label);
        }
      }
    }
    return y;
  }
}
