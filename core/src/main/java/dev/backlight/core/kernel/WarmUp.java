package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

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

  /// Examples until the first compiler has seen enough: short ones, since the interpreter takes
  /// microseconds for each vector.
  static final int SHORT = 220;

  /// Examples before which C2 compiles nothing.
  private static final int LEAST = SHORT + 600;

  /// Time in which examples that are long have gone round their loops as often.
  private static final long LONG = TimeUnit.MILLISECONDS.toNanos(300);

  /// Examples until C2 has seen enough.
  private static final int ENOUGH = SHORT + 900;

  /// So many looks in a row have to find the loop fast: one may be the scheduler's doing, and each
  /// has another example.
  private static final int WINS = 4;

  /// How long C2 has for a loop, once it has seen enough, before others get their turn. Not in
  /// pieces, since C2 turns to what runs most at the time.
  private static final long TURN = TimeUnit.SECONDS.toNanos(2);

  /// Turns after which a loop has to wait until there is nothing else to warm.
  private static final int TURNS = 2;

  /// How long between two looks.
  private static final long BURST = TimeUnit.MILLISECONDS.toNanos(1);

  /// Processors are needed for compiling, too: rests once there have been enough examples.
  private static final long REST = TimeUnit.MILLISECONDS.toNanos(1);

  /// What is not urgent runs for so long, and then rests so many times as long.
  private static final long LITTLE_BURST = TimeUnit.MICROSECONDS.toNanos(250);

  private static final int RESTS = 9;

  /// Time of running after which a loop is not tried any more.
  private static final long GIVE_UP = TimeUnit.SECONDS.toNanos(10);

  /// What is measured of short examples is not exact.
  private static final long CLOCK = 100;

  /// C2 compiles what has gone round loops often enough, and before it does, each operation on a
  /// vector costs some hundred times what it costs then. So a kernel goes round an empty loop
  /// first, so many times: 0 in earnest, where nothing is left of it.
  static int laps;

  private static final int LAPS = 26;

  /// So few elements (or multiplications) in a second are little of the work.
  private static final double FEW = 2e6;

  private static final List<WarmUp> WAITING = new ArrayList<>();
  // Made beforehand and never ended, as the call that asks shall allocate nothing.
  private static final Thread THREAD =
      Thread.ofPlatform().name("backlight-warm-up").daemon().unstarted(WarmUp::work);

  // Plain fields: a thread that sees them late only works the old way for a little longer.
  private boolean done;
  private boolean asked;
  private long seen;
  private long since;

  // Of the thread aside.
  private int rounds;
  private int turns;
  private int wins;
  private long spent;
  private boolean urgent;
  private long due;

  /// Runs an example by the vector loops or by the plain ones. All rounds together take every
  /// branch that real work may take: what C2 has never seen taken, it leaves to the interpreter.
  ///
  /// @param round how many came before; below [#SHORT] an example has a few vectors only
  abstract void run(boolean vectors, int round);

  /// Whether the vector loop shall run, now that there is `work` to do.
  boolean done(long work) {
    if (work < LITTLE) {
      return false;
    }
    if (!done) {
      if (seen == 0) {
        since = System.nanoTime();
      }
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
        due = System.nanoTime();
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
        WarmUp next = next();
        next.turn();
        if (next.done || next.isHopeless()) {
          synchronized (WAITING) {
            WAITING.remove(next);
          }
        }
      }
    } catch (InterruptedException e) {
      // Nobody interrupts it; whoever does wants it to end, and the plain loops go on.
      Thread.currentThread().interrupt();
    }
  }

  /// The one to run now: what the program needs most.
  private static WarmUp next() throws InterruptedException {
    synchronized (WAITING) {
      while (true) {
        long now = System.nanoTime();
        long soonest = Long.MAX_VALUE;
        @Nullable WarmUp best = null;
        for (WarmUp each : WAITING) {
          each.urgent = each.turns < TURNS && each.seen > FEW * 1e-9 * (now - each.since);
          if (each.due - now > 0) {
            soonest = Math.min(soonest, each.due - now);
          } else if (best == null || each.isBefore(best)) {
            best = each;
          }
        }
        // What is little of the work, or not compiled for long, shall not hold up the program.
        Threads.spareOne(best != null && best.urgent);
        if (best != null) {
          return best;
        }
        WAITING.wait(WAITING.isEmpty() ? 0 : TimeUnit.NANOSECONDS.toMillis(soonest) + 1);
      }
    }
  }

  private boolean isBefore(WarmUp other) {
    return urgent == other.urgent ? seen > other.seen : urgent;
  }

  /// Runs examples until the vector loop is the faster one, or the turn is over.
  private void turn() {
    long begin = System.nanoTime();
    if (!urgent) {
      look(LITTLE_BURST);
      long now = System.nanoTime();
      due = now + RESTS * (now - begin);
      return;
    }
    long ready = begin;
    while (!done && System.nanoTime() - ready < TURN) {
      look(BURST);
      if (rounds < ENOUGH && spent < TURN) {
        ready = System.nanoTime();
      } else if (wins == 0) {
        LockSupport.parkNanos(this, REST);
      }
    }
    turns++;
  }

  private void look(long nanos) {
    if (wins == 0) {
      burst(nanos);
    }
    wins = isFaster() ? wins + 1 : 0;
    done = wins == WINS;
  }

  private void burst(long nanos) {
    laps = rounds < ENOUGH ? LAPS : 0;
    long begin = System.nanoTime();
    do {
      // What the plain loop takes says nothing while that is interpreted.
      if (rounds % 4 == 0) {
        run(false, rounds);
      }
      run(true, rounds++);
    } while (System.nanoTime() - begin < nanos);
    laps = 0;
    spent += System.nanoTime() - begin;
  }

  /// Whether the vector loop is the faster one by now, or as fast: it reads and writes less than
  /// several plain ones do.
  private boolean isFaster() {
    if (rounds < LEAST && spent < LONG) {
      return false;
    }
    rounds++;
    long plain = fastest(false);
    return fastest(true) < plain + plain / 4 + CLOCK;
  }

  private long fastest(boolean vectors) {
    long fastest = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long begin = System.nanoTime();
      run(vectors, rounds);
      fastest = Math.min(fastest, System.nanoTime() - begin);
    }
    return fastest;
  }

  private boolean isHopeless() {
    boolean hopeless = spent > GIVE_UP;
    if (hopeless) {
      System.getLogger("dev.backlight.core")
          .log(Level.DEBUG, "{0}: the vector loop is no faster here, the plain one stays", this);
    }
    return hopeless;
  }
}
