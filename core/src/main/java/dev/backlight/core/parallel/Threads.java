package dev.backlight.core.parallel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The threads that kernels share the parts of one task among.
///
/// There is one for each processor, or as many as `-Ddev.backlight.threads` says; the caller is one
/// of them. How many there are changes no bit of a result: which parts a task has is its own
/// affair, each is computed by one thread, and only who runs which is decided as they come free.
/// When the others are busy for somebody else, or still asleep, the caller does everything. So
/// players on many threads, virtual ones too, may run at the same time. A call allocates nothing.
///
/// They look for the next task for some microseconds and then sleep, because waking takes longer
/// than most tasks; longer while somebody has said that tasks will [follow][#follow()] each other.
public final class Threads {
  /// A task in parts.
  @FunctionalInterface
  public interface Task {
    /// Runs one part.
    ///
    /// @param part which, from 0
    /// @param worker who runs it, in `[0, count())`: no two of one task that run at the same time
    ///   have the same number
    void run(int part, int worker);
  }

  private static final long SPIN_NANOS = 30_000;
  private static final long FOLLOWING_NANOS = 300_000;
  private static final long PAUSE_NANOS = 20_000;

  /// So few threads take the processor that C2 needs while kernels are cold.
  private static final int FEW = 2;

  private static final int PAUSES = 4;
  private static final int SPINS = 1_000;
  private static final int YIELDS = 2_000;
  private static final int BITS = 20;
  private static final long MASK = (1L << BITS) - 1;

  /// Those of this JVM: one for each processor, or as many as `-Ddev.backlight.threads` says.
  private static final class Shared {
    static final Threads ALL =
        new Threads(
            Math.max(
                1,
                Integer.getInteger(
                    "dev.backlight.threads", Runtime.getRuntime().availableProcessors())));
  }

  private static volatile boolean spare;

  private final int count;
  private final Thread[] threads;
  private final AtomicBoolean busy = new AtomicBoolean();
  // The number of the task, how many parts it has, and the next of them, as one number: a part is
  // taken by counting up, which fails for whoever still looks at the task before.
  private final AtomicLong ticket = new AtomicLong();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger asleep = new AtomicInteger();
  private final AtomicInteger following = new AtomicInteger();
  private volatile @Nullable Task task;
  private volatile @Nullable Throwable failure;

  Threads(int count) {
    this.count = count;
    threads = new Thread[count - 1];
    for (int w = 1; w < count; w++) {
      int worker = w;
      threads[w - 1] =
          Thread.ofPlatform().name("backlight-worker-" + w).daemon().unstarted(() -> work(worker));
    }
  }

  /// How many there are, the caller among them.
  public static int count() {
    return Shared.ALL.count;
  }

  /// Runs every part once, several at the same time, and returns when all are done. What a part
  /// throws is thrown here. Parts should take some microseconds at least.
  public static void run(int parts, Task task) {
    Shared.ALL.share(parts, task);
  }

  /// Whether few threads leave a processor to somebody else for a while: to a compiler that is
  /// busy.
  public static void spareOne(boolean wanted) {
    spare = wanted;
  }

  /// Says that tasks follow each other from now on, with gaps that are no reason to fall asleep,
  /// until as many calls of [#end()].
  public static void follow() {
    Shared.ALL.following.incrementAndGet();
  }

  /// Takes a [#follow()] back.
  public static void end() {
    Shared.ALL.following.decrementAndGet();
  }

  /// As [#run], by these threads.
  void share(int parts, Task task) {
    boolean alone = parts <= 1 || count == 1 || parts >= MASK || count <= FEW && spare;
    if (alone || !busy.compareAndSet(false, true)) {
      for (int part = 0; part < parts; part++) {
        task.run(part, 0);
      }
      return;
    }
    Throwable thrown;
    try {
      this.task = task;
      done.set(0);
      ticket.set((((ticket.get() >>> 2 * BITS) + 1) << BITS | parts) << BITS);
      wake();
      while (next(0)) {
        Thread.onSpinWait();
      }
      for (int spins = 0; done.get() < parts; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else if (spins < YIELDS) {
          // Whoever has the last part waits for a processor: it shall have this one.
          Thread.yield();
        } else {
          LockSupport.parkNanos(this, PAUSE_NANOS);
        }
      }
    } finally {
      thrown = failure;
      failure = null;
      this.task = null;
      busy.set(false);
    }
    if (thrown instanceof RuntimeException runtime) {
      throw runtime;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
  }

  private void wake() {
    for (Thread thread : threads) {
      if (thread.getState() == Thread.State.NEW) {
        thread.start();
      } else if (asleep.get() > 0) {
        LockSupport.unpark(thread);
      }
    }
  }

  /// Runs the next part, if there is one.
  private boolean next(int worker) {
    long now = ticket.get();
    if (!isOpen(now)) {
      return false;
    }
    if (!ticket.compareAndSet(now, now + 1)) {
      return true;
    }
    try {
      Task current = task;
      if (current != null) {
        current.run((int) (now & MASK), worker);
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      done.incrementAndGet();
    }
    return true;
  }

  /// Whether a part is left.
  private static boolean isOpen(long ticket) {
    return (ticket & MASK) < (ticket >>> BITS & MASK);
  }

  private void work(int worker) {
    long last = System.nanoTime();
    while (true) {
      if (next(worker)) {
        last = System.nanoTime();
      } else if (System.nanoTime() - last < (following.get() > 0 ? FOLLOWING_NANOS : SPIN_NANOS)) {
        // Several at a time: the core may be shared with another thread that works.
        for (int i = 0; i < PAUSES; i++) {
          Thread.onSpinWait();
        }
      } else {
        sleep();
        last = System.nanoTime();
      }
    }
  }

  /// Sleeps until there is something to do; it may have come while going to bed.
  private void sleep() {
    asleep.incrementAndGet();
    if (!isOpen(ticket.get())) {
      LockSupport.park(this);
    }
    asleep.decrementAndGet();
  }
}
