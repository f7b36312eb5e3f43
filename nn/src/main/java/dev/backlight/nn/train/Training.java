package dev.backlight.nn.train;

import dev.backlight.autodiff.Struct;
import dev.backlight.core.Block;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Safetensors;
import dev.backlight.nn.data.Batches;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One run of a trainer, from the first epoch to the last.
final class Training<M> {
  private static final String ADVICE =
      "a smaller learning rate, clipping or standardised inputs may help";

  private final Trainer<M> how;
  private final M model;
  private final Feed feed;
  private final @Nullable Judge<M> judge;
  private final Stage<M> full;

  /// The stage of the last batch of an epoch, which has the model then; often the full one.
  private final Stage<M> rest;

  private final List<Epoch> history = new ArrayList<>();
  private @Nullable Epoch best;
  private List<Block> bestModel = List.of();
  private @Nullable String mark;

  Training(Trainer<M> how, M model, Feed feed, @Nullable Judge<M> judge) {
    this.how = how;
    this.model = model;
    this.feed = feed;
    this.judge = judge;
    full = stage(feed.batch());
    rest = feed.last() == feed.batch() ? full : stage(feed.last());
  }

  private Stage<M> stage(int size) {
    Batches.Batch head = feed.head(size);
    TrainingStep.Before<M> start = how.before(model, head.x(), head.y());
    return new Stage<>(how.record(start), start);
  }

  Fitted<M> run() {
    List<Listener> listeners = new ArrayList<>(how.listeners);
    listeners.add(how.progress);
    boolean going = how.resume == null || resume(how.resume);
    listeners.forEach(l -> l.begin(new Listener.Plan(how.epochs, feed.batches(), how.metric)));
    Epoch kept = null;
    try {
      if (!history.isEmpty()) {
        List<Epoch> before = List.copyOf(history);
        listeners.forEach(l -> l.resumed(before));
      }
      for (int number = history.size() + 1; going && number <= how.epochs; number++) {
        Epoch epoch = epoch(number, listeners);
        history.add(epoch);
        keep(epoch);
        rest.judge(how.optimizer, epoch.loss());
        write(epoch);
        listeners.forEach(l -> l.epoch(epoch));
        going = goesOn(epoch);
      }
      kept = how.patience > 0 && best != null ? best : history.getLast();
      return new Fitted<>(built(), kept, history, rest.state());
    } finally {
      Epoch last = kept;
      listeners.forEach(l -> l.end(last));
    }
  }

  private boolean goesOn(Epoch epoch) {
    return !how.enough.test(epoch) && !tired(epoch);
  }

  /// Takes up a checkpoint; whether there is more to do.
  private boolean resume(Path file) {
    try {
      Checkpoint from = Checkpoint.read(file);
      from.restore(mark(), rest.carried(), rest::parameter);
      if (keepsBest()) {
        bestModel = from.bestModel(rest.parameters(), rest::parameter);
        best = from.history().get(from.best() - 1);
      }
      history.addAll(from.history());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    return goesOn(history.getLast());
  }

  @SuppressWarnings("ReferenceEquality") // the best is one of the epochs
  private void write(Epoch epoch) {
    try {
      if (how.best != null && epoch == best) {
        Map<String, String> notes = Map.of("epoch", "" + epoch.number(), "loss", "" + epoch.loss());
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        List<String> names = Struct.of(model).names();
        for (int leaf = 0; leaf < names.size(); leaf++) {
          parameters.put(names.get(leaf), Tensor.over(bestModel.get(leaf)));
        }
        new Safetensors(parameters, notes).write(how.best);
      }
      if (how.checkpoint != null) {
        Checkpoint.write(
            how.checkpoint,
            mark(),
            rest.carried(),
            rest::parameter,
            history,
            best == null ? 0 : best.number(),
            bestModel);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "after epoch " + epoch.number() + ", a file could not be written: " + e.getMessage(), e);
    }
  }

  /// What tells this run from others, made once: it goes through all data.
  private String mark() {
    String own = mark;
    return own == null ? mark = RunMark.of(how.key, feed, judge) : own;
  }

  private boolean keepsBest() {
    return how.patience > 0 || how.best != null;
  }

  private Epoch epoch(int number, List<Listener> listeners) {
    Feed.Pass examples = feed.epoch(number);
    double loss = 0;
    double metric = 0;
    Stage<M> now = full;
    if (rest != full && number > 1) {
      full.takeOver(rest);
    }
    for (int batch = 1; batch <= feed.batches(); batch++) {
      if (rest != full && batch == feed.batches()) {
        rest.takeOver(full);
        now = rest;
      }
      now.play(examples);
      if (!Double.isFinite(now.loss())) {
        throw new TrainingException(
            "training needs a finite loss, got "
                + now.loss()
                + " in epoch "
                + number
                + ", batch "
                + batch
                + "; "
                + ADVICE);
      }
      loss += now.rows() * now.loss();
      metric += now.rows() * now.metric();
      for (int i = 0; i < listeners.size(); i++) {
        listeners.get(i).batch(number, batch);
      }
    }
    Score train =
        new Score(loss / feed.rows(), how.metric == null ? Double.NaN : metric / feed.rows());
    Score held = judge == null ? null : judge.judge(rest::parameter);
    return new Epoch(number, train, held);
  }

  private void keep(Epoch epoch) {
    if (!keepsBest() || (best != null && !(epoch.loss() < best.loss()))) {
      return;
    }
    best = epoch;
    if (bestModel.isEmpty()) {
      bestModel = rest.copy();
    } else {
      for (int leaf = 0; leaf < bestModel.size(); leaf++) {
        bestModel.get(leaf).copyFrom(rest.parameter(leaf));
      }
    }
  }

  private boolean tired(Epoch epoch) {
    return how.patience > 0 && best != null && epoch.number() - best.number() >= how.patience;
  }

  private M built() {
    List<Block> blocks = how.patience > 0 ? bestModel : rest.copy();
    Struct<M> form = Struct.of(model);
    for (int leaf = 0; leaf < blocks.size(); leaf++) {
      Block block = blocks.get(leaf);
      for (int i = 0; i < block.size(); i++) {
        if (!Double.isFinite(block.get(i))) {
          throw new TrainingException(
              "training needs finite parameters, got %s in %s after epoch %d; %s"
                  .formatted(block.get(i), form.names().get(leaf), history.size(), ADVICE));
        }
      }
    }
    return form.build(blocks.stream().map(Tensor::over).toList());
  }
}
