package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Asks the JVM how much memory a warm player takes for its plays.
final class Allocation {
  private Allocation() {}

  static void assertNone(Player<?, ?> player, int plays) {
    Runnable play =
        () -> {
          for (int i = 0; i < plays; i++) {
            player.play();
          }
        };
    // Compilation may land mid-measurement on a busy machine; a player that allocates does so every
    // time.
    by(play);
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 20 && least > 0; attempt++) {
      least = Math.min(least, by(play));
    }
    assertThat(least).isZero();
  }

  private static long by(Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
