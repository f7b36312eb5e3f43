/// Neural networks as immutable records.
///
/// A model is any record of tensors and layers with a function from inputs to outputs; the layers
/// here are such records, ready made. Nothing in them changes: training makes new models, and the
/// gradient of a loss with respect to a model is again one of the model's type.
///
/// ```java
/// record Mlp(Linear hidden, Linear out) {
///   Tensor apply(Tensor x) { return out.apply(hidden.apply(x).tanh()); }
/// }
/// Key[] keys = Key.of(7).split(2);
/// Mlp mlp = new Mlp(Linear.of(4, 16, keys[0]), Linear.of(16, 3, keys[1]));
/// Mlp slope = Grad.of((Mlp m) -> Losses.crossEntropy(m.apply(x), labels), mlp).grad();
/// ```
///
/// - [Layer][dev.backlight.nn.Layer] is a function of a batch; [Linear][dev.backlight.nn.Linear],
///   [Conv2d][dev.backlight.nn.Conv2d] and the other layers implement it, and
///   [Sequential][dev.backlight.nn.Sequential] chains them under labels that explanations find.
/// - [Losses][dev.backlight.nn.Losses] say how far predictions are off.
/// - [Parameters][dev.backlight.nn.Parameters] names, counts, converts, saves and loads the tensors
///   of any model; [Classifier][dev.backlight.nn.Classifier] keeps a model together with what its
///   inputs and classes mean, in one file.
/// - `dev.backlight.nn.optim` takes steps downhill, `dev.backlight.nn.train` many of them, and
///   `dev.backlight.nn.data` reads what to train on.
package dev.backlight.nn;
