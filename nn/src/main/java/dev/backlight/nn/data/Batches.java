package dev.backlight.nn.data;

import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Examples some at a time: in order or shuffled by a key, changed by an [Augmentation], read ahead
/// in the background. For a trainer, for training loops of your own, and for data that do not fit
/// in memory.
///
/// ```java
/// Batches batches = Batches.of(ImageFolder.of(path).size(32, 32)).size(64).shuffled(key).ahead(2);
/// trainer.fit(model, batches);
/// for (int epoch = 0; epoch < 10; epoch++) {
///   for (Batches.Batch batch : batches.epoch(epoch)) { ... }
/// }
/// ```
///
/// Immutable; each setting gives other batches. What is not said: batches of 32, in order, a
/// smaller last one, nothing read ahead. The same settings give the same batches, read ahead or
/// not.
public final class Batches implements Iterable<Batches.Batch> {
  private final Source source;
  private int size = 32;
  private @Nullable Key order;
  private Remainder remainder = Remainder.KEPT;
  private @Nullable Augmentation change;
  private Key draws = Key.of(0);
  private int ahead;

  /// Inputs and targets; the first axis of both counts examples.
  public record Batch(Tensor x, Tensor y) {}

  /// Where examples come from. It may be asked by several threads at once.
  public interface Source {
    /// How many there are.
    int rows();

    /// Those at these places, in this order.
    Batch read(int... rows);
  }

  /// What becomes of the examples that do not fill the last batch.
  public enum Remainder {
    /// They are a smaller batch.
    KEPT,
    /// They are left out of this epoch.
    DROPPED,
    /// They are a batch of full size, filled up with the first of the epoch.
    FILLED
  }

  private Batches(Source source) {
    this.source = source;
  }

  /// Examples from anywhere.
  public static Batches of(Source source) {
    if (source.rows() < 1) {
      throw new IllegalArgumentException("batches need at least one example, got none");
    }
    return new Batches(source);
  }

  /// Examples in memory.
  ///
  /// @param x inputs
  /// @param y targets, as many
  public static Batches of(Tensor x, Tensor y) {
    if (x.rank() == 0 || y.rank() == 0 || x.size(0) != y.size(0)) {
      throw new ShapeException(
          "batches need as many inputs as targets, got " + x.shape() + " and " + y.shape());
    }
    return of(new InMemory(x, y));
  }

  /// The examples of a data set.
  public static Batches of(Dataset data) {
    return of(data.x(), data.y());
  }

  /// The examples of a set of images.
  public static Batches of(Images images) {
    return of(images.x(), images.y());
  }

  private record InMemory(Tensor x, Tensor y) implements Source {
    @Override
    public int rows() {
      return x.size(0);
    }

    @Override
    public Batch read(int... rows) {
      Tensor index = Tensor.of(rows);
      return new Batch(x.take(0, index), y.take(0, index));
    }
  }

  // ---- settings ----

  /// With so many examples in a batch.
  public Batches size(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("a batch needs at least 1 example, got " + rows);
    }
    return with(b -> b.size = rows);
  }

  /// In an order drawn by the key, another one in each epoch.
  public Batches shuffled(Key key) {
    return with(b -> b.order = key);
  }

  /// With this for the examples that do not fill the last batch.
  public Batches remainder(Remainder rule) {
    return with(b -> b.remainder = rule);
  }

  /// With inputs changed, by draws of the key that differ in each batch and epoch.
  public Batches augmented(Augmentation augmentation, Key key) {
    return with(b -> {
      b.change = augmentation;
      b.draws = key;
    });
  }

  /// With so many batches read in the background, each on a thread of its own, while the one before
  /// is worked on; 0 reads when asked.
  public Batches ahead(int batches) {
    if (batches < 0) {
      throw new IllegalArgumentException("reading ahead needs at least 0 batches, got " + batches);
    }
    return with(b -> b.ahead = batches);
  }

  private Batches with(Consumer<Batches> set) {
    Batches other = new Batches(source);
    other.size = size;
    other.order = order;
    other.remainder = remainder;
    other.change = change;
    other.draws = draws;
    other.ahead = ahead;
    set.accept(other);
    return other;
  }

  // ---- work ----

  /// How many examples a batch has, unless it is a smaller last one.
  public int size() {
    return size;
  }

  /// How many examples an epoch has, with what the last batch leaves out or is filled up with.
  public int rows() {
    return remainder == Remainder.KEPT ? source.rows() : Math.multiplyExact(count(), size);
  }

  /// How many batches an epoch has.
  public int count() {
    int rows = source.rows();
    return remainder == Remainder.DROPPED ? rows / size : (rows - 1) / size + 1;
  }

  /// The batches of the first epoch.
  @Override
  public Iterator<Batch> iterator() {
    return epoch(0).iterator();
  }

  /// The batches of an epoch.
  public Iterable<Batch> epoch(int number) {
    int rows = source.rows();
    int[] places =
        order == null ? IntStream.range(0, rows).toArray() : order.fold(number).permutation(rows);
    Key key = draws.fold(number);
    return () -> new Prefetch<>(count(), ahead, batch -> read(places, batch, key));
  }

  private Batch read(int[] places, int number, Key key) {
    int from = Math.multiplyExact(number, size);
    int full = remainder == Remainder.FILLED ? size : Math.min(size, places.length - from);
    int[] rows = IntStream.range(0, full).map(i -> places[(from + i) % places.length]).toArray();
    Batch batch = source.read(rows);
    return change == null ? batch : new Batch(change.apply(batch.x(), key.fold(number)), batch.y());
  }
}
