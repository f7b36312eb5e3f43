package dev.backlight.core.kernel;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Working memory that kernel calls borrow and give back.
///
/// Kernels never block, so no more calls run at once than there are processors, however many
/// virtual threads there are: the pool has about that many places, and what finds none is left to
/// the collector. A thread-local would keep megabytes for each thread instead.
final class Pool<T> {
  // Places, not a linked stack: without locks, popping reused nodes off a linked stack suffers from
  // ABA.
  private final AtomicReferenceArray<@Nullable T> places =
      new AtomicReferenceArray<>(Math.min(128, 2 * Runtime.getRuntime().availableProcessors() + 2));

  /// Something that was given back, or null.
  @Nullable T take() {
    for (int i = 0; i < places.length(); i++) {
      if (places.getPlain(i) != null) {
        T found = places.getAndSet(i, null);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  void give(T what) {
    for (int i = 0; i < places.length(); i++) {
      if (places.getPlain(i) == null && places.compareAndSet(i, null, what)) {
        return;
      }
    }
  }
}
