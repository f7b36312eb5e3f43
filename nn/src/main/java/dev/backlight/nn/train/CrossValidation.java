package dev.backlight.nn.train;

import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.data.Folds;
import dev.backlight.nn.data.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/// How well a way to train does on examples that it has not seen: the data are parted into folds,
/// and each fold is judged by a model trained on the others.
///
/// Of integer labels every fold has its share of each class. What is fitted to inputs, such as a
/// standardizer, is fitted anew without the fold, so that nothing of it leaks.
///
/// @param folds the training of each fold, whose epochs are judged on it
/// @param <M> the type of the models
public record CrossValidation<M>(List<Fitted<M>> folds) {
  public CrossValidation {
    folds = List.copyOf(folds);
  }

  /// Inputs as they are.
  ///
  /// @param model a new model for a key, which is another in each fold
  /// @param k how many folds, at least 2
  public static <M> CrossValidation<M> of(
      Trainer<M> trainer, Function<Key, M> model, Tensor x, Tensor y, int k, Key key) {
    return of(trainer, model, _ -> UnaryOperator.identity(), x, y, k, key);
  }

  /// A data set, prepared.
  ///
  /// @param model a new model for a key, which is another in each fold
  /// @param prepare from inputs to train on to the function that all inputs pass: `x ->
  ///   Standardizer.fit(x)::apply`
  /// @param k how many folds, at least 2
  public static <M> CrossValidation<M> of(
      Trainer<M> trainer,
      Function<Key, M> model,
      Function<Tensor, UnaryOperator<Tensor>> prepare,
      Dataset data,
      int k,
      Key key) {
    return of(trainer, model, prepare, data.x(), data.y(), k, key);
  }

  /// Inputs, prepared.
  ///
  /// @param model a new model for a key, which is another in each fold
  /// @param prepare from inputs to train on to the function that all inputs pass: `x ->
  ///   Standardizer.fit(x)::apply`
  /// @param x inputs; the first axis counts examples
  /// @param y targets, as many
  /// @param k how many folds, at least 2
  public static <M> CrossValidation<M> of(
      Trainer<M> trainer,
      Function<Key, M> model,
      Function<Tensor, UnaryOperator<Tensor>> prepare,
      Tensor x,
      Tensor y,
      int k,
      Key key) {
    Inputs.require(x, y);
    trainer.requireNoFiles("cross-validation");
    List<Rows> parts =
        Inputs.areLabels(y)
            ? Folds.stratified(y.toInts(), k, key)
            : Folds.random(x.size(0), k, key);
    List<Fitted<M>> fitted = new ArrayList<>();
    for (int fold = 0; fold < k; fold++) {
      Tensor train = Tensor.of(parts.get(fold).train());
      Tensor held = Tensor.of(parts.get(fold).held());
      Tensor seen = x.take(0, train);
      UnaryOperator<Tensor> change = prepare.apply(seen);
      Key own = key.fold(fold);
      fitted.add(
          trainer
              .key(own.fold(1))
              .fit(
                  model.apply(own.fold(0)),
                  change.apply(seen),
                  y.take(0, train),
                  change.apply(x.take(0, held)),
                  y.take(0, held)));
    }
    return new CrossValidation<>(fitted);
  }

  /// The loss on the examples held out.
  public Spread loss() {
    return spread(Epoch::loss);
  }

  /// The metric on the examples held out; NaN if there is none.
  public Spread metric() {
    return spread(Epoch::metric);
  }

  private Spread spread(ToDoubleFunction<Epoch> number) {
    return Spread.of(
        folds.stream().mapToDouble(fold -> number.applyAsDouble(fold.epoch())).toArray());
  }

  /// Numbers of several folds in short.
  ///
  /// @param mean over the folds
  /// @param deviation `√(Σ (v − mean)² / (k − 1))`: how far one fold is from another, not how well
  ///   the mean is known
  public record Spread(double mean, double deviation) {
    static Spread of(double... values) {
      double mean = 0;
      for (double value : values) {
        mean += value / values.length;
      }
      double square = 0;
      for (double value : values) {
        square += (value - mean) * (value - mean);
      }
      return new Spread(mean, Math.sqrt(square / (values.length - 1)));
    }

    /// Both, as in `0.9754 ± 0.0124`.
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.4f ± %.4f", mean, deviation);
    }
  }
}
