package dev.backlight.nn.train;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Struct;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Block;
import dev.backlight.core.Tensor;
import dev.backlight.nn.optim.Optimizer;
import dev.backlight.nn.optim.OptimizerState;
import dev.backlight.nn.train.TrainingStep.After;
import dev.backlight.nn.train.TrainingStep.Before;
import dev.backlight.nn.train.TrainingStep.Carried;
import java.util.ArrayList;
import java.util.List;

/// The training step for one size of batch, with its memory. A play allocates nothing.
///
/// Inputs are the leaves of model, state and key, then x, then y; outputs those of model, state and
/// key, then the loss and the metric.
final class Stage<M> {
  private final Player<Before<M>, After<M>> player;
  private final Struct<Carried<M>> form;
  private final int models;
  private final int carried;
  private final int loss;
  private final int rows;
  private final List<String> names;

  Stage(Tape<Before<M>, After<M>> tape, Before<M> start) {
    names = tape.inputNames();
    models = (int) names.stream().filter(Stage::ofModel).count();
    carried = names.size() - 2;
    loss = tape.outputSpecs().size() - 2;
    form = Struct.of(start.carried());
    rows = start.x().size(0);
    player = tape.player().feedback(After::carried, Before::carried);
    player.set(start);
  }

  private static boolean ofModel(String name) {
    return name.equals("model") || name.startsWith("model.");
  }

  int rows() {
    return rows;
  }

  /// One step on the next batch.
  void play(Feed.Pass examples) {
    examples.next(player.input(carried), player.input(carried + 1));
    player.play();
  }

  /// The loss of the last step.
  double loss() {
    return player.output(loss).get(0);
  }

  /// The metric of the last step.
  double metric() {
    return player.output(loss + 1).get(0);
  }

  /// Goes on where a stage for another size of batch is now.
  void takeOver(Stage<M> other) {
    for (int leaf = 0; leaf < carried; leaf++) {
      player.input(leaf).copyFrom(other.player.input(leaf));
    }
  }

  /// Lets the optimiser know what loss an epoch came to.
  void judge(Optimizer optimizer, double loss) {
    List<Tensor> live = new ArrayList<>();
    for (int leaf = 0; leaf < carried; leaf++) {
      live.add(Tensor.over(player.input(leaf)));
    }
    Carried<M> now = form.build(live);
    OptimizerState state = optimizer.judged(loss, now.model(), now.state());
    List<Tensor> next = form.flatten(new Carried<>(now.model(), state, now.key()));
    for (int leaf = 0; leaf < carried; leaf++) {
      if (next.get(leaf) != live.get(leaf)) {
        player.input(leaf).copyFrom(Inputs.block(next.get(leaf)));
      }
    }
  }

  /// A copy of what the optimiser remembers now.
  OptimizerState state() {
    List<Tensor> copies = new ArrayList<>();
    for (int leaf = 0; leaf < carried; leaf++) {
      copies.add(Tensor.over(player.input(leaf).copy()));
    }
    return form.build(copies).state();
  }

  /// The memory of the model as it is now; after a play other memory, so ask again.
  Block parameter(int leaf) {
    return player.input(leaf);
  }

  /// The names of the parameters.
  List<String> parameters() {
    return names.subList(0, models);
  }

  /// The names of all that goes from step to step, parameters first.
  List<String> carried() {
    return names.subList(0, carried);
  }

  /// A copy of the model as it is now.
  List<Block> copy() {
    List<Block> blocks = new ArrayList<>();
    for (int leaf = 0; leaf < models; leaf++) {
      blocks.add(player.input(leaf).copy());
    }
    return blocks;
  }
}
