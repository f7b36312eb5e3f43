package dev.backlight.nn.model;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Dropout;
import dev.backlight.nn.Init;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Train;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A multilayer perceptron: from (n, widths first) to (n, widths last), with an activation behind
/// every dense layer but the last.
///
/// On a tape the activations are labelled `hidden1`, `hidden2`, ... and the outputs `out`.
///
/// @param layers dense, each reading what the one before makes
/// @param activation between them
/// @param dropout of what the activations make, in training
public record Mlp(List<Linear> layers, Layer activation, Dropout dropout) implements Layer {
  public Mlp {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a perceptron needs at least 1 layer, got 0");
    }
  }

  /// A new perceptron of `F32` with layers of these widths, those of input and output included.
  public static Mlp of(Key key, Activation activation, int... widths) {
    return of(key, activation, DType.F32, widths);
  }

  /// A new perceptron with layers of these widths, those of input and output included; the last one
  /// is drawn by [Init#GLOROT], the others as suits the activation.
  public static Mlp of(Key key, Activation activation, DType dtype, int... widths) {
    if (widths.length < 2) {
      throw new IllegalArgumentException(
          "a perceptron needs at least two widths, those of input and output, got "
              + widths.length);
    }
    Key[] keys = key.split(widths.length - 1);
    List<Linear> layers = new ArrayList<>();
    for (int i = 0; i < keys.length; i++) {
      Init init = i == keys.length - 1 ? Init.GLOROT : activation.init();
      layers.add(Linear.of(widths[i], widths[i + 1], init, dtype, keys[i]));
    }
    return new Mlp(layers, activation, new Dropout(0));
  }

  /// The same perceptron, with dropout in training.
  public Mlp dropout(double rate) {
    return new Mlp(layers, activation, new Dropout(rate));
  }

  @Override
  public Tensor apply(Tensor x) {
    return apply(x, null);
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    return apply(x, pass);
  }

  @Override
  public boolean differsInTraining() {
    return dropout.differsInTraining();
  }

  private Tensor apply(Tensor x, @Nullable Train pass) {
    Tensor y = x;
    for (int i = 0; i < layers.size() - 1; i++) {
      y = Passes.of(activation, layers.get(i).apply(y), pass).named("hidden" + (i + 1));
      y = dropout.differsInTraining() ? Passes.of(dropout, y, pass) : y;
    }
    return layers.getLast().apply(y).named("out");
  }
}
