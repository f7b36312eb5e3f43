package dev.backlight.nn.train;

import dev.backlight.core.Block;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.nn.data.Batches;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Rows of two tensors, in an order that a key draws for each epoch, or as they come. A batch
/// allocates nothing.
record RowFeed(Tensor x, Tensor y, int batch, @Nullable Key key) implements Feed {
  /// @param batch at most so many rows at once
  static RowFeed of(Tensor x, Tensor y, int batch, @Nullable Key key) {
    Inputs.require(x, y);
    return new RowFeed(x, y, Math.min(batch, x.size(0)), key);
  }

  @Override
  public int rows() {
    return x.size(0);
  }

  @Override
  public Batches.Batch head(int rows) {
    return new Batches.Batch(Inputs.head(x, rows), Inputs.head(y, rows));
  }

  @Override
  public Pass epoch(int number) {
    int[] order =
        key == null ? IntStream.range(0, rows()).toArray() : key.fold(number).permutation(rows());
    return new Pass() {
      private int from;

      @Override
      public void next(Block toX, Block toY) {
        gather(Inputs.block(x), order, from, toX);
        gather(Inputs.block(y), order, from, toY);
        from += toX.shape().size(0);
      }
    };
  }

  @Override
  public String mark() {
    return "data " + RunMark.sum(x, y);
  }

  /// Rows `order[from]`, `order[from + 1]`, ... of `source`, as many as `target` holds.
  private static void gather(Block source, int[] order, int from, Block target) {
    int count = target.shape().size(0);
    int width = count == 0 ? 0 : target.size() / count;
    Object read = source.array();
    Object write = target.array();
    for (int i = 0; i < count; i++) {
      System.arraycopy(read, order[from + i] * width, write, i * width, width);
    }
  }
}
