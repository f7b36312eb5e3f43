/// Optimisers as functions: (model, gradient, state) → (model, state), all in Tensor language.
///
/// An [Optimizer][dev.backlight.nn.optim.Optimizer] is a chain of
/// [Transform][dev.backlight.nn.optim.Transform]s, each of which changes the gradient on its way to
/// the parameters: clip, decay, momentum, Adam's scaling, the learning rate. What they remember is
/// a structure of tensors, so a whole step can be recorded on a tape, and replayed, saved or
/// printed.
///
/// ```java
/// Optimizer adam = AdamW.of(1e-3).clipped(1.0);
/// OptimizerState state = adam.start(model);
/// Step<Mlp> next = adam.step(model, gradient, state);       // next.model(), next.state()
/// ```
///
/// [Sgd][dev.backlight.nn.optim.Sgd], [Adam][dev.backlight.nn.optim.Adam] and
/// [AdamW][dev.backlight.nn.optim.AdamW] are the usual chains;
/// [Optimizer.of][dev.backlight.nn.optim.Optimizer#of] makes others.
package dev.backlight.nn.optim;
