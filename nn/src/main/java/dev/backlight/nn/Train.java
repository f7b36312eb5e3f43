package dev.backlight.nn;

import dev.backlight.core.KeyTensor;
import dev.backlight.core.Tensor;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// One forward pass of training: what layers need that behave differently then.
///
/// It hands out keys to draw from, a new one each time, and takes in new statistics, such as the
/// running mean of a [BatchNorm]. Nothing is a mode that could be forgotten: [Layer#apply] is
/// inference, [Layer#train] is training and cannot be called without one of these.
///
/// A pass belongs to one thread. Whoever runs it reads the statistics afterwards by [#latest]; a
/// trainer puts them into the next model.
public final class Train {
  private final KeyTensor key;
  private final IdentityHashMap<Tensor, Tensor> statistics = new IdentityHashMap<>();
  private long drawn;

  private Train(KeyTensor key) {
    this.key = key;
  }

  /// A pass that draws from this key. With the key of a tape's inputs every replay draws anew.
  public static Train with(KeyTensor key) {
    return new Train(key);
  }

  /// A key that nobody had before: the first call answers `key.fold(0)`, the next `key.fold(1)`.
  public KeyTensor key() {
    return key.fold(drawn++);
  }

  /// Says what a statistic of the model shall be in the next step. No derivative flows through it.
  ///
  /// A statistic that is replaced twice, as by a layer that is used twice, keeps the last value;
  /// [#latest] answers it already within the pass.
  public void replace(Tensor statistic, Tensor value) {
    if (!statistic.spec().equals(value.spec())) {
      throw new IllegalArgumentException(
          "a statistic needs a new value of its own kind, "
              + statistic.spec()
              + ", got "
              + value.spec());
    }
    statistics.put(statistic, value.stopGradient());
  }

  /// What a statistic has become, or itself.
  public Tensor latest(Tensor statistic) {
    @Nullable Tensor value = statistics.get(statistic);
    return value == null ? statistic : value;
  }
}
