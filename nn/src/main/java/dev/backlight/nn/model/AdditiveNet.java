package dev.backlight.nn.model;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Dropout;
import dev.backlight.nn.Init;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Train;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A generalised additive model whose shape functions are small networks: `y = bias + Σⱼ fⱼ(xⱼ)`,
/// from features (n, d) to outputs (n, k).
///
/// Each network sees one feature, so the model is its own explanation: what feature j contributed
/// to an answer is `fⱼ(xⱼ)`, and the curves of all fⱼ are the whole model. R. Agarwal and others,
/// "Neural additive models: interpretable machine learning with neural nets" (2021). What features
/// do only together it cannot learn.
///
/// On a tape the contributions (n, d, k) are labelled `contributions` and the outputs `out`.
///
/// @param layers of all features' networks at once
/// @param bias (k), what is answered when nothing contributes
/// @param activation between layers
/// @param dropout of whole contributions, in training
public record AdditiveNet(List<Dense> layers, Tensor bias, Layer activation, Dropout dropout)
    implements Layer {
  /// One dense layer of every feature's network.
  ///
  /// @param weight (d, in, out)
  /// @param bias (d, 1, out)
  public record Dense(Tensor weight, Tensor bias) {
    Tensor apply(Tensor x) {
      return x.matmul(weight).add(bias);
    }
  }

  public AdditiveNet {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("an additive network needs at least 1 layer, got 0");
    }
  }

  /// A new model of `F32`.
  public static AdditiveNet of(
      Key key, Activation activation, int features, int outputs, int... hidden) {
    return of(key, activation, DType.F32, features, outputs, hidden);
  }

  /// A new model. Hidden units of the first layer bend at places spread over −2 to 2, as suits
  /// standardised features.
  ///
  /// @param features d
  /// @param outputs k
  /// @param hidden widths of each feature's hidden layers
  public static AdditiveNet of(
      Key key, Activation activation, DType dtype, int features, int outputs, int... hidden) {
    Passes.require("additive network: features", features);
    Passes.require("additive network: outputs", outputs);
    List<Dense> layers = new ArrayList<>();
    int in = 1;
    for (int i = 0; i <= hidden.length; i++) {
      boolean last = i == hidden.length;
      int out = last ? outputs : hidden[i];
      Passes.require("additive network: hidden units", out);
      Init init = last ? Init.GLOROT : activation.init();
      Key[] keys = key.fold(i).split(2);
      Tensor weight = init.draw(Shape.of(features, in, out), in, out, dtype, keys[0]);
      Tensor bias = Tensor.zeros(Shape.of(features, 1, out), dtype);
      if (i == 0 && !last) {
        bias = weight.mul(keys[1].uniform(bias.shape(), dtype, -2, 2));
      }
      layers.add(new Dense(weight, bias));
      in = out;
    }
    Tensor bias = Tensor.zeros(Shape.of(outputs), dtype);
    return new AdditiveNet(layers, bias, activation, new Dropout(0));
  }

  /// The same model, which in training does without some of the contributions.
  public AdditiveNet dropout(double rate) {
    return new AdditiveNet(layers, bias, activation, new Dropout(rate));
  }

  /// How many features it reads.
  public int features() {
    return layers.getFirst().weight().size(0);
  }

  /// What each feature contributes to each output, (n, d, k).
  public Tensor contributions(Tensor x) {
    if (x.rank() != 2 || x.size(1) != features()) {
      throw new ShapeException(
          "an additive network needs features (n, " + features() + "), got " + x.shape());
    }
    Tensor y = x.transpose().unsqueeze(2);
    for (Dense layer : layers.subList(0, layers.size() - 1)) {
      y = activation.apply(layer.apply(y));
    }
    return layers.getLast().apply(y).permute(1, 0, 2).named("contributions");
  }

  /// The same function with contributions whose mean over data is 0: each then says what a feature
  /// does beside its average, and the bias is the average answer.
  public AdditiveNet centred(Tensor data) {
    Tensor mean = contributions(data).mean(0);
    Dense last = layers.getLast();
    List<Dense> others = new ArrayList<>(layers.subList(0, layers.size() - 1));
    others.add(new Dense(last.weight(), last.bias().sub(mean.unsqueeze(1))));
    return new AdditiveNet(others, bias.add(mean.sum(0)), activation, dropout);
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
    Tensor parts = contributions(x);
    parts = dropout.differsInTraining() ? Passes.of(dropout, parts, pass) : parts;
    return parts.sum(1).add(bias).named("out");
  }
}
