package dev.backlight.core.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void everyPartRunsOnceWhoeverRunsIt(int count) {
    Threads threads = new Threads(count);
    for (int round = 0; round < 2000; round++) {
      int parts = round % 37;
      AtomicIntegerArray runs = new AtomicIntegerArray(40);
      AtomicIntegerArray inside = new AtomicIntegerArray(count);
      threads.share(
          parts,
          (part, worker) -> {
            assertThat(inside.incrementAndGet(worker)).isOne();
            runs.incrementAndGet(part);
            inside.decrementAndGet(worker);
          });
      for (int part = 0; part < 40; part++) {
        assertThat(runs.get(part)).isEqualTo(part < parts ? 1 : 0);
      }
    }
  }

  @Test
  void whoComesWhileOthersAreServedDoesItAlone() throws InterruptedException {
    Threads threads = new Threads(3);
    AtomicIntegerArray sums = new AtomicIntegerArray(8);
    List<Thread> callers = new ArrayList<>();
    for (int c = 0; c < 8; c++) {
      int caller = c;
      callers.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int round = 0; round < 300; round++) {
                  threads.share(20, (part, _) -> sums.addAndGet(caller, part));
                }
              }));
    }
    for (Thread caller : callers) {
      caller.join();
    }
    for (int c = 0; c < 8; c++) {
      assertThat(sums.get(c)).isEqualTo(300 * 190);
    }
  }

  @Test
  void everyPartRunsOnceWhileTasksFollowEachOther() {
    AtomicIntegerArray runs = new AtomicIntegerArray(40);
    Threads.follow();
    for (int round = 0; round < 500; round++) {
      Threads.run(40, (part, _) -> runs.incrementAndGet(part));
    }
    Threads.end();
    for (int part = 0; part < 40; part++) {
      assertThat(runs.get(part)).isEqualTo(500);
    }
  }

  @Test
  void aTaskInsideOfATaskRunsThere() {
    Threads threads = new Threads(2);
    AtomicIntegerArray runs = new AtomicIntegerArray(100);
    threads.share(
        10,
        (outer, _) -> threads.share(10, (inner, _) -> runs.incrementAndGet(10 * outer + inner)));
    for (int i = 0; i < 100; i++) {
      assertThat(runs.get(i)).isOne();
    }
  }

  @Test
  void whatAPartThrowsArrivesAndTheNextTaskRuns() {
    Threads threads = new Threads(2);
    assertThatThrownBy(() ->
            threads.share(
                50,
                (part, _) -> {
                  if (part == 31) {
                    throw new IllegalStateException("part 31");
                  }
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("part 31");
    AtomicIntegerArray runs = new AtomicIntegerArray(4);
    threads.share(4, (part, _) -> runs.incrementAndGet(part));
    assertThat(runs.toString()).isEqualTo("[1, 1, 1, 1]");
  }

  @Test
  void thereIsAtLeastTheCaller() {
    assertThat(Threads.count()).isPositive();
    int[] ran = new int[1];
    Threads.run(1, (part, worker) -> ran[0] = 1 + part + worker);
    assertThat(ran[0]).isOne();
  }
}
