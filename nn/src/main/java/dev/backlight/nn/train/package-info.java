/// From a model and data to a better model.
///
/// ```java
/// Fitted<Sequential> fitted =
///     Trainer.classification(Sequential::apply)
///         .optimizer(AdamW.of(1e-3))
///         .epochs(30)
///         .batch(32)
///         .holdOut(0.2)
///         .patience(5)
///         .key(Key.of(7))
///         .fit(model, x, labels);
/// fitted.model();                                          // of the best epoch
/// ```
///
/// A [Trainer][dev.backlight.nn.train.Trainer] holds how to train and changes by giving a new one.
/// One step of it (forward, loss, gradient, optimiser, metric) is one tape, whose player feeds the
/// model and the state of the optimiser back by exchanging memory, so a step allocates nothing. The
/// same key gives the same model, bit for bit.
///
/// [Progress][dev.backlight.nn.train.Progress] shows how it goes; any
/// [Listener][dev.backlight.nn.train.Listener] may watch.
///
/// [Checkpoint][dev.backlight.nn.train.Checkpoint]s let training go on bit for bit,
/// [CrossValidation][dev.backlight.nn.train.CrossValidation] judges a way to train by folds, and
/// [RateFinder][dev.backlight.nn.train.RateFinder] looks for a learning rate.
package dev.backlight.nn.train;
