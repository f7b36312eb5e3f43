package dev.backlight.nn.train;

import dev.backlight.core.Block;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Safetensors;
import dev.backlight.nn.Parameters;
import dev.backlight.nn.WeightMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;

/// Training after some epoch, as [Trainer#checkpoint(Path)] wrote it: the model, what the optimiser
/// remembers, the key, the history and, with patience, the best model so far.
///
/// The file is one of safetensors, so Python reads it too: `model.hidden.weight` is a parameter,
/// `state.…` the optimiser's memory, `best.hidden.weight` a parameter of the best epoch, `history`
/// has for each epoch the loss and the metric in training and held out.
public final class Checkpoint {
  private static final String HISTORY = "history";
  private static final String BEST = "best.";
  private static final String KIND = "backlight";
  private static final String HELD = "held";
  private static final String BEST_EPOCH = "best_epoch";
  private static final String RUN = "run";

  private final String file;
  private final Safetensors stored;
  private final List<Epoch> history;
  private final int best;

  private Checkpoint(String file, Safetensors stored, List<Epoch> history, int best) {
    this.file = file;
    this.stored = stored;
    this.history = List.copyOf(history);
    this.best = best;
  }

  /// The checkpoint of a file.
  ///
  /// @throws FormatException if it is no checkpoint, or one that does not fit itself
  public static Checkpoint read(Path file) throws IOException {
    String name = file.toString();
    Safetensors stored = Safetensors.read(file);
    Tensor rows = stored.tensors().get(HISTORY);
    String kind = stored.metadata().get(KIND);
    if (!"checkpoint".equals(kind) || rows == null) {
      throw new FormatException(
          name,
          "a checkpoint of training is needed, got " + (kind == null ? "other tensors" : kind));
    }
    if (rows.rank() != 2 || rows.size(0) < 1 || rows.size(1) != 4 || !rows.dtype().isFloat()) {
      throw new FormatException(name, "a history (epochs, 4) is needed, got " + rows.spec());
    }
    boolean held = Boolean.parseBoolean(stored.metadata().get(HELD));
    List<Epoch> history = new ArrayList<>();
    for (int i = 0; i < rows.size(0); i++) {
      Score train = new Score(rows.at(i, 0), rows.at(i, 1));
      history.add(new Epoch(i + 1, train, held ? new Score(rows.at(i, 2), rows.at(i, 3)) : null));
    }
    return new Checkpoint(name, stored, history, bestOf(name, stored, history.size()));
  }

  private static int bestOf(String name, Safetensors stored, int epochs) throws FormatException {
    String text = stored.metadata().getOrDefault(BEST_EPOCH, "0");
    try {
      int best = Integer.parseInt(text);
      if (best >= 0 && best <= epochs) {
        return best;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new FormatException(
        name, "a best epoch from 0 to " + epochs + " is needed, got '" + text + "'");
  }

  /// The epochs so far, in order.
  public List<Epoch> history() {
    return history;
  }

  /// The model after the last of these epochs.
  ///
  /// @param like of the same form
  /// @throws FormatException if names, shapes or dtypes differ; it lists all that do
  public <M> M model(M like) throws FormatException {
    Map<String, Tensor> own = new LinkedHashMap<>();
    for (String name : Parameters.of(Objects.requireNonNull(like)).keySet()) {
      Tensor found = stored.tensors().get(inFile(name));
      if (found != null) {
        own.put(name, found);
      }
    }
    for (String name : stored.tensors().keySet()) {
      if (name.startsWith("model.")) {
        own.putIfAbsent(name.substring("model.".length()), stored.tensors().get(name));
      }
    }
    return Parameters.from(like, own, WeightMap.of(), file);
  }

  /// A model that is one tensor is called `x` alone, and `model` in a step.
  private static String inFile(String parameter) {
    return parameter.equals("x") ? "model" : "model." + parameter;
  }

  // ---- for the run ----

  /// Writes a checkpoint, wholly or not at all.
  ///
  /// @param run what tells this run from others
  /// @param names of the leaves that go from step to step
  /// @param leaf the memory of each of them
  /// @param best the number of the best epoch, or 0 if that is not kept
  /// @param bestModel its parameters, in the order of the model's leaves
  static void write(
      Path file,
      String run,
      List<String> names,
      IntFunction<Block> leaf,
      List<Epoch> history,
      int best,
      List<Block> bestModel)
      throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      tensors.put(names.get(i), Tensor.over(leaf.apply(i)));
    }
    for (int i = 0; i < bestModel.size(); i++) {
      tensors.put(BEST + names.get(i), Tensor.over(bestModel.get(i)));
    }
    double[] rows = new double[4 * history.size()];
    boolean held = history.getFirst().held() != null;
    for (int i = 0; i < history.size(); i++) {
      Epoch epoch = history.get(i);
      Score judged = Objects.requireNonNullElse(epoch.held(), new Score(Double.NaN, Double.NaN));
      rows[4 * i] = epoch.train().loss();
      rows[4 * i + 1] = epoch.train().metric();
      rows[4 * i + 2] = judged.loss();
      rows[4 * i + 3] = judged.metric();
    }
    tensors.put(HISTORY, Tensor.of(Shape.of(history.size(), 4), rows));
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put(KIND, "checkpoint");
    notes.put(RUN, run);
    notes.put(HELD, String.valueOf(held));
    notes.put(BEST_EPOCH, String.valueOf(best));
    new Safetensors(tensors, notes).write(file);
  }

  int best() {
    return best;
  }

  /// Copies the leaves into memory, after all of them have been found to fit.
  void restore(String run, List<String> names, IntFunction<Block> leaf) throws FormatException {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Tensor found = stored.tensors().get(names.get(i));
      if (found == null) {
        problems.add(names.get(i) + " is missing");
      } else if (!found.spec().equals(leaf.apply(i).spec())) {
        problems.add(names.get(i) + " needs " + leaf.apply(i).spec() + ", got " + found.spec());
      }
    }
    for (String name : stored.tensors().keySet()) {
      if (!name.equals(HISTORY) && !name.startsWith(BEST) && !names.contains(name)) {
        problems.add(name + " is not in this training");
      }
    }
    if (!problems.isEmpty()) {
      throw new FormatException(
          file, "a checkpoint of this training is needed, got " + String.join("; ", problems));
    }
    String other = String.valueOf(stored.metadata().get(RUN));
    if (!run.equals(other)) {
      throw new FormatException(
          file, "a checkpoint of this training is needed, " + run + ", got " + other);
    }
    for (int i = 0; i < names.size(); i++) {
      leaf.apply(i)
          .copyFrom(Inputs.block(Objects.requireNonNull(stored.tensors().get(names.get(i)))));
    }
  }

  /// The parameters of the best epoch, in memory of their own.
  List<Block> bestModel(List<String> names, IntFunction<Block> like) throws FormatException {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = BEST + names.get(i);
      Tensor found = stored.tensors().get(name);
      if (best == 0 || found == null || !found.spec().equals(like.apply(i).spec())) {
        throw new FormatException(
            file,
            "a checkpoint that kept its best epoch is needed, for patience or a best file, got "
                + (found == null ? "none of " + name : found.spec() + " as " + name));
      }
      blocks.add(Inputs.block(found).copy());
    }
    return blocks;
  }
}
