package dev.backlight.nn.train;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Losses;
import dev.backlight.nn.data.Batches;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.data.Rows;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.optim.Optimizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// How to train: the model's function, the loss, the optimiser, and how long.
///
/// Immutable; each setting gives a new trainer. What is not said: Adam at 1e-3, 20 epochs, batches
/// of 32, no examples held out, no early stop, key 0, progress shown on the standard error output.
///
/// Every epoch goes through the examples once, in an order drawn by the key. A last batch that is
/// smaller has a tape of its own, to which model and state move over and back.
///
/// @param <M> the type of the model: a structure of tensors of `F32` or `F64`
public final class Trainer<M> {
  final BiFunction<M, Tensor, Tensor> forward;
  final BinaryOperator<Tensor> loss;
  @Nullable Metric metric;
  private @Nullable TrainingForward<M> training;
  private @Nullable Penalty<M> penalty;
  Optimizer optimizer = Adam.of(1e-3);
  int epochs = 20;
  private int batch;
  double holdOut;
  int patience;
  Key key = Key.of(0);
  Predicate<Epoch> enough = _ -> false;
  List<Listener> listeners = List.of();
  Progress progress = Progress.auto();
  @Nullable Path checkpoint;
  @Nullable Path resume;
  @Nullable Path best;

  private Trainer(
      BiFunction<M, Tensor, Tensor> forward, BinaryOperator<Tensor> loss, @Nullable Metric metric) {
    this.forward = forward;
    this.loss = loss;
    this.metric = metric;
  }

  /// For any loss of predictions and targets.
  ///
  /// @param forward from a model and a batch of inputs to predictions, as in `Mlp::apply`
  public static <M> Trainer<M> of(
      BiFunction<M, Tensor, Tensor> forward, BinaryOperator<Tensor> loss) {
    return new Trainer<>(forward, loss, null);
  }

  /// For logits (n, k) and labels (n): cross-entropy and accuracy.
  public static <M> Trainer<M> classification(BiFunction<M, Tensor, Tensor> forward) {
    return new Trainer<>(forward, Losses::crossEntropy, Metric.accuracy());
  }

  /// For logits and targets 0 or 1 of one shape: binary cross-entropy and accuracy.
  public static <M> Trainer<M> binary(BiFunction<M, Tensor, Tensor> forward) {
    return new Trainer<>(forward, Losses::bceWithLogits, Metric.binaryAccuracy());
  }

  /// For predictions and targets of one shape: the mean squared error.
  public static <M> Trainer<M> regression(BiFunction<M, Tensor, Tensor> forward) {
    return new Trainer<>(forward, Losses::mse, null);
  }

  // ---- settings ----

  /// With this forward pass in the steps, as in `Mlp::train`; the other one still judges examples
  /// that are held out. A model with layers that behave differently in training, such as dropout,
  /// needs it.
  public Trainer<M> training(TrainingForward<M> pass) {
    return with(t -> t.training = pass);
  }

  /// With this added to the loss of every step: weights that should be small, or explanations that
  /// should be of a kind. The loss that is told of training includes it, that of examples held out
  /// does not.
  ///
  /// ```java
  /// trainer.penalty((m, x, y, pass) -> prior.of(new Saliency(), m::apply, x, Target.each(y)))
  /// ```
  public Trainer<M> penalty(Penalty<M> added) {
    return with(t -> t.penalty = added);
  }

  /// With this metric beside the loss.
  public Trainer<M> metric(Metric shown) {
    return with(t -> t.metric = shown);
  }

  /// With this optimiser.
  public Trainer<M> optimizer(Optimizer rule) {
    return with(t -> t.optimizer = rule);
  }

  /// With at most so many passes over the examples.
  public Trainer<M> epochs(int count) {
    requirePositive("epochs", count);
    return with(t -> t.epochs = count);
  }

  /// With so many examples a step. [Batches] have their own size.
  public Trainer<M> batch(int rows) {
    requirePositive("examples in a batch", rows);
    return with(t -> t.batch = rows);
  }

  /// With this part of the examples held out and judged after every epoch; of integer labels each
  /// class gives its share.
  public Trainer<M> holdOut(double fraction) {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new IllegalArgumentException("holding out needs a fraction in [0, 1), got " + fraction);
    }
    return with(t -> t.holdOut = fraction);
  }

  /// Stops when the loss has not been lower for so many epochs, and keeps the model of the best
  /// one. The loss is that of the examples held out, if there are any.
  public Trainer<M> patience(int count) {
    requirePositive("epochs of patience", count);
    return with(t -> t.patience = count);
  }

  /// Stops after an epoch of which this is true.
  public Trainer<M> stopWhen(Predicate<Epoch> reached) {
    return with(t -> t.enough = reached);
  }

  /// With this key for the order of the examples and for which are held out.
  public Trainer<M> key(Key seed) {
    return with(t -> t.key = seed);
  }

  /// With this way to show how it goes.
  public Trainer<M> progress(Progress shown) {
    return with(t -> t.progress = shown);
  }

  /// Without a word.
  public Trainer<M> silent() {
    return progress(Progress.silent());
  }

  /// Writes a [Checkpoint] to this file after every epoch, each in place of the one before; whoever
  /// interrupts it leaves a whole one.
  public Trainer<M> checkpoint(Path file) {
    return with(t -> t.checkpoint = file);
  }

  /// Goes on after the last epoch of this checkpoint, with the bits of a training that was never
  /// interrupted. That needs the same data, key, batch, loss and optimiser; the model given only
  /// says the form. Epochs count from the first one, so a finished training goes on by a larger
  /// number.
  ///
  /// A file that does not fit is an [java.io.UncheckedIOException] that says why.
  public Trainer<M> resume(Path file) {
    return with(t -> t.resume = file);
  }

  /// Writes the model to this file after each epoch with a lower loss than any before, for
  /// [dev.backlight.nn.Parameters#load]. The loss is that of the examples held out, if there are
  /// any.
  public Trainer<M> best(Path file) {
    return with(t -> t.best = file);
  }

  /// With one more watcher.
  public Trainer<M> listener(Listener listener) {
    List<Listener> more = new ArrayList<>(listeners);
    more.add(listener);
    return with(t -> t.listeners = List.copyOf(more));
  }

  private static void requirePositive(String what, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("training needs at least 1 of " + what + ", got " + count);
    }
  }

  private Trainer<M> with(Consumer<Trainer<M>> change) {
    Trainer<M> other = new Trainer<>(forward, loss, metric);
    other.training = training;
    other.penalty = penalty;
    other.optimizer = optimizer;
    other.epochs = epochs;
    other.batch = batch;
    other.holdOut = holdOut;
    other.patience = patience;
    other.key = key;
    other.enough = enough;
    other.listeners = listeners;
    other.progress = progress;
    other.checkpoint = checkpoint;
    other.resume = resume;
    other.best = best;
    change.accept(other);
    return other;
  }

  // ---- work ----

  /// Trains on examples, some of which are held out if that was asked for.
  ///
  /// @param x inputs; the first axis counts examples
  /// @param y targets, as many
  public Fitted<M> fit(M model, Tensor x, Tensor y) {
    Inputs.require(x, y);
    if (holdOut == 0) {
      return run(model, rows(x, y), null);
    }
    Key draw = key.fold(-1);
    Rows rows =
        Inputs.areLabels(y)
            ? Rows.stratified(y.toInts(), holdOut, draw)
            : Rows.random(x.size(0), holdOut, draw);
    Tensor train = Tensor.of(rows.train());
    Tensor held = Tensor.of(rows.held());
    return fit(model, x.take(0, train), y.take(0, train), x.take(0, held), y.take(0, held));
  }

  /// Trains on examples and judges on others after every epoch.
  public Fitted<M> fit(M model, Tensor x, Tensor y, Tensor heldX, Tensor heldY) {
    return run(model, rows(x, y), held(heldX, heldY));
  }

  /// Trains on a data set.
  public Fitted<M> fit(M model, Dataset data) {
    return fit(model, data.x(), data.y());
  }

  /// Trains on one data set and judges on another after every epoch.
  public Fitted<M> fit(M model, Dataset data, Dataset held) {
    return fit(model, data.x(), data.y(), held.x(), held.y());
  }

  /// Trains on batches: epoch `n` goes through `batches.epoch(n - 1)`, in their size and order,
  /// changed and read ahead as they say.
  public Fitted<M> fit(M model, Batches batches) {
    return run(model, feed(batches), null);
  }

  /// Trains on batches and judges on others after every epoch, which should come unchanged.
  public Fitted<M> fit(M model, Batches batches, Batches held) {
    return run(model, feed(batches), BatchFeed.of(held));
  }

  /// Trains on batches and judges on examples in memory after every epoch.
  public Fitted<M> fit(M model, Batches batches, Tensor heldX, Tensor heldY) {
    return run(model, feed(batches), held(heldX, heldY));
  }

  /// Loss and metric of a model on examples, in batches.
  public Score evaluate(M model, Tensor x, Tensor y) {
    return judge(model, held(x, y)).score();
  }

  /// Loss and metric of a model on a data set, in batches.
  public Score evaluate(M model, Dataset data) {
    return evaluate(model, data.x(), data.y());
  }

  /// Loss and metric of a model on batches.
  public Score evaluate(M model, Batches batches) {
    return judge(model, BatchFeed.of(batches)).score();
  }

  private Fitted<M> run(M model, Feed feed, @Nullable Feed held) {
    return new Training<>(this, model, feed, held == null ? null : judge(model, held)).run();
  }

  private RowFeed rows(Tensor x, Tensor y) {
    return RowFeed.of(x, y, batch(), key);
  }

  private RowFeed held(Tensor x, Tensor y) {
    return RowFeed.of(x, y, Math.max(batch(), 256), null);
  }

  private BatchFeed feed(Batches batches) {
    if (batch != 0 && batch != batches.size() || holdOut != 0) {
      throw new IllegalArgumentException(
          "training on batches needs a trainer that leaves their size to them and holds nothing"
              + " out, got batch(%d) and holdOut(%s)".formatted(batch(), holdOut));
    }
    return BatchFeed.of(batches);
  }

  int batch() {
    return batch == 0 ? 32 : batch;
  }

  /// One whole step on a batch like this one, as a tape: what [#fit] replays.
  public Tape<TrainingStep.Before<M>, TrainingStep.After<M>> step(M model, Tensor x, Tensor y) {
    return record(before(model, x, y));
  }

  Tape<TrainingStep.Before<M>, TrainingStep.After<M>> record(TrainingStep.Before<M> example) {
    TrainingForward<M> pass = training;
    if (pass == null) {
      requireSame(example.model());
      pass = (model, x, _) -> forward.apply(model, x);
    }
    return TrainingStep.record(pass, loss, penalty, metric, optimizer, example);
  }

  void requireNoFiles(String who) {
    if (checkpoint != null || resume != null || best != null) {
      throw new IllegalArgumentException(
          who
              + " needs a trainer without checkpoint, resume and best, whose file would be that of"
              + " every run, got one with such a file");
    }
  }

  private static void requireSame(@Nullable Object model) {
    List<String> different = new ArrayList<>();
    Layers.differing(model, "model", different);
    if (!different.isEmpty()) {
      throw new IllegalArgumentException(
          "training needs its own forward pass for "
              + String.join(", ", different)
              + ": give the trainer one with training(...), as in Sequential::train");
    }
  }

  TrainingStep.Before<M> before(M model, Tensor x, Tensor y) {
    return new TrainingStep.Before<>(
        model, optimizer.start(Objects.requireNonNull(model)), KeyTensor.of(key.fold(-2)), x, y);
  }

  private Judge<M> judge(M model, Feed held) {
    return new Judge<>(forward, loss, metric, model, held);
  }
}
