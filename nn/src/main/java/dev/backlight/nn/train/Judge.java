package dev.backlight.nn.train;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Struct;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Block;
import dev.backlight.core.Tensor;
import dev.backlight.nn.data.Batches;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Loss and metric of models on the same examples, in batches, with memory that is kept.
final class Judge<M> {
  private final Feed feed;
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
      Feed feed) {
    this.feed = feed;
    measured = metric != null;
    parameters = Struct.leaves(java.util.Objects.requireNonNull(model)).size();
    for (int rows : IntStream.of(feed.batch(), feed.last()).distinct().toArray()) {
      Batches.Batch head = feed.head(rows);
      Sample<M> example = new Sample<>(model, head.x(), head.y());
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

  String mark() {
    return feed.mark();
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
    double loss = 0;
    double metric = 0;
    Feed.Pass pass = feed.epoch(1);
    for (int batch = 1; batch <= feed.batches(); batch++) {
      int rows = batch < feed.batches() ? feed.batch() : feed.last();
      Player<Sample<M>, Marks> player =
          rows == feed.batch() ? players.getFirst() : players.getLast();
      pass.next(player.input(parameters), player.input(parameters + 1));
      player.play();
      loss += rows * player.output(0).get(0);
      metric += rows * player.output(1).get(0);
    }
    return new Score(loss / feed.rows(), measured ? metric / feed.rows() : Double.NaN);
  }
}
