package dev.backlight.nn.train;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Struct;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Block;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Loss and metric of models on the same examples, in batches, with memory that is kept.
final class Judge<M> {
  private final Tensor x;
  private final Tensor y;
  private final int[] order;
  private final int parameters;
  private final boolean measured;
  private final List<Player<Sample<M>, Marks>> players = new ArrayList<>();

  /// A model and examples.
  record Sample<M>(M model, Tensor x, Tensor y) {}

  /// What they come to.
  record Marks(Tensor loss, Tensor metric) {}

  Judge(
      BiFunction<M, Tensor, Tensor> forward,
      BinaryOperator<Tensor> loss,
      @Nullable Metric metric,
      M model,
      Tensor x,
      Tensor y,
      int batch) {
    this.x = x;
    this.y = y;
    measured = metric != null;
    int n = x.size(0);
    order = IntStream.range(0, n).toArray();
    parameters = Struct.leaves(java.util.Objects.requireNonNull(model)).size();
    int full = Math.min(n, batch);
    for (int rows : n % full == 0 ? new int[] {full} : new int[] {full, n % full}) {
      Sample<M> example = new Sample<>(model, Inputs.head(x, rows), Inputs.head(y, rows));
      Tape<Sample<M>, Marks> tape =
          Tape.record(
              in -> {
                Tensor prediction = forward.apply(in.model(), in.x());
                Tensor mark =
                    metric == null ? Tensor.scalar(0f) : metric.of().apply(prediction, in.y());
                return new Marks(loss.apply(prediction, in.y()), mark);
              },
              example);
      Player<Sample<M>, Marks> player = tape.player();
      player.set(example);
      players.add(player);
    }
  }

  Tensor x() {
    return x;
  }

  Tensor y() {
    return y;
  }

  /// The score of the model with these parameters.
  Score judge(IntFunction<Block> parameter) {
    for (Player<Sample<M>, Marks> player : players) {
      for (int leaf = 0; leaf < parameters; leaf++) {
        player.input(leaf).copyFrom(parameter.apply(leaf));
      }
    }
    return score();
  }

  /// The score of the model that came last.
  Score score() {
    int full = players.getFirst().input(parameters).shape().size(0);
    double loss = 0;
    double metric = 0;
    for (int from = 0; from < order.length; from += full) {
      int rows = Math.min(full, order.length - from);
      Player<Sample<M>, Marks> player = rows == full ? players.getFirst() : players.getLast();
      Gather.rows(Inputs.block(x), order, from, player.input(parameters));
      Gather.rows(Inputs.block(y), order, from, player.input(parameters + 1));
      player.play();
      loss += rows * player.output(0).get(0);
      metric += rows * player.output(1).get(0);
    }
    return new Score(loss / order.length, measured ? metric / order.length : Double.NaN);
  }
}
