package dev.backlight.nn.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;

/// Numbered things in order, some of which are made in the background before they are asked for.
/// Whoever stops asking leaves nothing running: what is being made is finished and forgotten.
final class Prefetch<T> implements Iterator<T> {
  private static final Executor BACKGROUND =
      task -> Thread.ofPlatform().daemon().name("backlight-prefetch").start(task);

  private final int count;
  private final int ahead;
  private final IntFunction<T> make;
  private final Deque<CompletableFuture<T>> underway = new ArrayDeque<>();
  private int begun;
  private int given;

  Prefetch(int count, int ahead, IntFunction<T> make) {
    this.count = count;
    this.ahead = ahead;
    this.make = make;
  }

  @Override
  public boolean hasNext() {
    return given < count;
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("an epoch has " + count + " batches, got asked for more");
    }
    if (ahead == 0) {
      return make.apply(given++);
    }
    begin(given + 1);
    T thing;
    try {
      thing = underway.remove().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
    given++;
    begin(given + ahead);
    return thing;
  }

  private void begin(int end) {
    for (; begun < Math.min(end, count); begun++) {
      int number = begun;
      underway.add(CompletableFuture.supplyAsync(() -> make.apply(number), BACKGROUND));
    }
  }
}
