package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Lets the plain loop do the work until C2 has compiled the vector loop.
///
/// Before that, each vector is an object and each operation on it a chain of calls: the first exp
/// of 100,000 floats took 160 ms and garbage to match, where the plain loop takes 1 ms. As both
/// give the same bits, the change may come at any time. So a thread aside runs the vector loop on
/// little examples until it is measured to be the faster one; where that never happens the plain
/// loop stays. A program with little to compute never starts that thread.
abstract class WarmUp {
  /// Elements (or multiplications) after which it pays.
  private static final long WORTH = 1 << 18;

  /// Elements (or multiplications) of one call below which the plain loop takes less than a
  /// microsecond anyway. Such calls come with all kinds of sizes, and each kind that C2 has not
  /// seen sends a vector loop back to the interpreter for a while.
  private static final long LITTLE = 256;

  /// Time in which everything is cold still.
  private static final long COLD = TimeUnit.MILLISECONDS.toNanos(30);

  /// Time after which another one gets its turn, and after which a loop is not tried any more.
  private static final long TURN = TimeUnit.SECONDS.toNanos(1);

  private static final long GIVE_UP = TimeUnit.SECONDS.toNanos(60);

  /// At most so long a rest between two rounds of a loop that is not compiled yet.
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

  private static final List<WarmUp> WAITING = new ArrayList<>();
  // Made beforehand and never ended, as the call that asks shall allocate nothing.
  private static final Thread THREAD =
      Thread.ofPlatform().name("backlight-warm-up").daemon().unstarted(WarmUp::work);

  // Plain fields: a thread that sees them late only works the old way for a little longer.
  private boolean done;
  private boolean asked;
  private long seen;
  private long spent;

  /// Runs an example by the vector loops or by the plain ones, with every branch that real work may
  /// take: what C2 has never seen taken, it leaves to the interpreter.
  abstract void run(boolean vectors);

  /// Whether the vector loop shall run, now that there is `work` to do.
  boolean done(long work) {
    if (work < LITTLE) {
      return false;
    }
    if (!done) {
      seen += work;
      if (!asked && seen > WORTH) {
        ask();
      }
    }
    return done;
  }

  boolean isDone() {
    return done;
  }

  private void ask() {
    synchronized (WAITING) {
      if (!asked) {
        asked = true;
        WAITING.add(this);
        WAITING.notifyAll();
        if (THREAD.getState() == Thread.State.NEW) {
          THREAD.start();
        }
      }
    }
  }

  private static void work() {
    try {
      while (true) {
        WarmUp next;
        synchronized (WAITING) {
          while (WAITING.isEmpty()) {
            WAITING.wait();
          }
          // C2 is the bottleneck, so what the program needs most comes first.
          next = Collections.max(WAITING, Comparator.comparingLong(waiting -> waiting.seen));
          WAITING.remove(next);
        }
        // Who is not compiled after a turn shall not hold up the program.
        Threads.spareOne(next.spent == 0);
        boolean ended = next.warm();
        Threads.spareOne(false);
        if (!ended) {
          synchronized (WAITING) {
            // Behind those that have not had a turn.
            next.seen = 0;
            WAITING.add(next);
          }
        }
      }
    } catch (InterruptedException e) {
      // Nobody interrupts it; whoever does wants it to end, and the plain loops go on.
      Thread.currentThread().interrupt();
    }
  }

  /// Whether that was it.
  private boolean warm() {
    long begin = System.nanoTime();
    int wins = 0;
    // Three wins in a row: one may be the scheduler's doing. A whole round, so that no part of it
    // is slow.
    while (wins < 3) {
      long round = System.nanoTime();
      int times = wins == 0 ? 1 : 3;
      boolean faster = fastest(true, times) < fastest(false, times);
      long turn = System.nanoTime() - begin;
      // A race between two interpreted loops says nothing.
      wins = faster && turn > COLD ? wins + 1 : 0;
      if (wins == 0) {
        // C2 works on it meanwhile, and needs a processor.
        LockSupport.parkNanos(Math.min(PAUSE, 2 * (System.nanoTime() - round)));
      }
      if (wins < 3 && turn > TURN) {
        spent += turn;
        if (spent < GIVE_UP) {
          return false;
        }
        System.getLogger("dev.backlight.core")
            .log(Level.DEBUG, "{0}: the vector loop is no faster here, the plain one stays", this);
        return true;
      }
    }
    done = true;
    return true;
  }

  private long fastest(boolean vectors, int times) {
    long fastest = Long.MAX_VALUE;
    for (int i = 0; i < times; i++) {
      long begin = System.nanoTime();
      run(vectors);
      fastest = Math.min(fastest, System.nanoTime() - begin);
    }
    return fastest;
  }
}
