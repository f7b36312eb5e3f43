package dev.backlight.nn.train;

import dev.backlight.core.Block;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.nn.data.Batches;
import java.util.Iterator;

/// What [Batches] read, in their order and size, changed and read ahead as they say. Their epoch 0
/// is the first.
record BatchFeed(Batches source, Batches.Batch first) implements Feed {
  static BatchFeed of(Batches batches) {
    if (batches.count() == 0) {
      throw new IllegalArgumentException(
          "training needs at least one batch, got none of %d: all examples are left out"
              .formatted(batches.size()));
    }
    Batches.Batch first = batches.ahead(0).iterator().next();
    Inputs.require(first.x(), first.y());
    return new BatchFeed(batches, first);
  }

  @Override
  public int rows() {
    return source.rows();
  }

  @Override
  public int batch() {
    return first.x().size(0);
  }

  @Override
  public Batches.Batch head(int rows) {
    return new Batches.Batch(Inputs.head(first.x(), rows), Inputs.head(first.y(), rows));
  }

  @Override
  public Pass epoch(int number) {
    Iterator<Batches.Batch> batches = source.epoch(number - 1).iterator();
    return (x, y) -> {
      Batches.Batch batch = batches.next();
      copy("inputs", batch.x(), x);
      copy("targets", batch.y(), y);
    };
  }

  private static void copy(String what, Tensor from, Block to) {
    Spec needed = Spec.of(to.shape(), to.dtype());
    if (!from.spec().equals(needed)) {
      throw new IllegalArgumentException(
          "training needs batches like the first one, %s %s, got %s"
              .formatted(what, needed, from.spec()));
    }
    to.copyFrom(Inputs.block(from));
  }

  /// The first batch has to do: reading all may take as long as an epoch.
  @Override
  public String mark() {
    return "examples " + rows() + ", first batch " + RunMark.sum(first.x(), first.y());
  }
}
