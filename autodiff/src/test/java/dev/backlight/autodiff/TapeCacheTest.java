package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TapeCacheTest {
  private static Tensor leaky(Tensor x) {
    return x.sum().test(v -> v > 0) ? x.square().sum() : x.sum().mul(.1);
  }

  @Test
  void everyShapeAndDTypeIsRecordedOnce() {
    TapeCache<Tensor, Tensor> cache = TapeCache.of(x -> x.exp().sum(), 8);
    for (int round = 0; round < 3; round++) {
      for (int n = 1; n <= 3; n++) {
        assertThat(cache.run(Tensor.zeros(Shape.of(n), DType.F64)).item()).isEqualTo(n);
      }
      assertThat(cache.run(Tensor.zeros(2)).item()).isEqualTo(2);
    }
    assertThat(cache.recordings()).isEqualTo(4);
    assertThat(cache.hits()).isEqualTo(8);
    assertThat(cache.size()).isEqualTo(4);
  }

  @Test
  void everyOutcomeOfAGuardIsRecordedOnce() {
    TapeCache<Tensor, Tensor> cache = TapeCache.of(TapeCacheTest::leaky, 8);
    for (int round = 0; round < 3; round++) {
      assertThat(cache.run(Tensor.of(1., 2)).item()).isEqualTo(5);
      assertThat(cache.run(Tensor.of(-1., -2)).item())
          .isCloseTo(-.3, org.assertj.core.data.Offset.offset(1e-15));
    }
    assertThat(cache.recordings()).isEqualTo(2);
    assertThat(cache.hits()).isEqualTo(4);
    assertThat(cache.tapeFor(Tensor.of(1., 2)).reasons().toString()).contains("answered true");
    assertThat(cache.tapeFor(Tensor.of(-1., 2 - 4)).reasons().toString())
        .contains("answered false");
  }

  @Test
  void derivedTapesAreKeptWithTheirs() {
    TapeCache<Tensor, Tensor> cache = TapeCache.of(TapeCacheTest::leaky, 8);
    AtomicInteger derived = new AtomicInteger();
    TapeCache<Tensor, Tensor> slope =
        cache.map(
            tape -> {
              derived.incrementAndGet();
              return tape.gradient();
            },
            x -> x);
    for (int round = 0; round < 3; round++) {
      assertThat(slope.run(Tensor.of(1., 2)).toDoubles()).containsExactly(2, 4);
      assertThat(slope.run(Tensor.of(-1., -2)).toDoubles()).containsExactly(.1, .1);
    }
    assertThat(derived).hasValue(2);
    assertThat(cache.recordings()).isEqualTo(2);
    assertThat(slope.recordings()).isEqualTo(2);
    assertThat(cache.valueAndGrad().run(Tensor.of(1., 2)).grad().toDoubles()).containsExactly(2, 4);
    assertThat(cache.gradient().run(Tensor.of(1., 2)).toDoubles()).containsExactly(2, 4);
    TapeCache<WithCotangent<Tensor, Tensor>, Tensor> vjp =
        cache.map(tape -> tape.vjp(x -> x), WithCotangent::at);
    assertThat(vjp.run(new WithCotangent<>(Tensor.of(-1., -2), Tensor.scalar(10.))).toDoubles())
        .containsExactly(1, 1);
    assertThat(cache.recordings()).isEqualTo(2);
  }

  @Test
  void theTapeUsedLongestAgoIsForgotten() {
    TapeCache<Tensor, Tensor> cache = TapeCache.of(x -> x.sum(), 2);
    cache.run(Tensor.zeros(1));
    cache.run(Tensor.zeros(2));
    cache.run(Tensor.zeros(1));
    cache.run(Tensor.zeros(3));
    assertThat(cache.size()).isEqualTo(2);
    assertThat(cache.recordings()).isEqualTo(3);
    cache.run(Tensor.zeros(1));
    assertThat(cache.recordings()).isEqualTo(3);
    cache.run(Tensor.zeros(2));
    assertThat(cache.recordings()).isEqualTo(4);
  }

  record Scaled(Tensor x, int by) {}

  @Test
  void numbersInTheArgumentAndTiedTensorsArePartOfTheForm() {
    TapeCache<Scaled, Tensor> cache = TapeCache.of(s -> s.x().mul(s.by()).sum(), 8);
    assertThat(cache.run(new Scaled(Tensor.of(1.), 2)).item()).isEqualTo(2);
    assertThat(cache.run(new Scaled(Tensor.of(1.), 3)).item()).isEqualTo(3);
    assertThat(cache.run(new Scaled(Tensor.of(4.), 3)).item()).isEqualTo(12);
    assertThat(cache.recordings()).isEqualTo(2);
    TapeCache<List<Tensor>, Tensor> pairs = TapeCache.of(l -> l.get(0).mul(l.get(1)).sum(), 8);
    Tensor x = Tensor.of(3.);
    assertThat(pairs.run(List.of(x, x)).item()).isEqualTo(9);
    assertThat(pairs.run(List.of(x, Tensor.of(2.))).item()).isEqualTo(6);
    assertThat(pairs.recordings()).isEqualTo(2);
  }

  record Own(Tensor x) implements Structured<Own> {
    @Override
    public List<Tensor> tensors() {
      return List.of(x);
    }

    @Override
    public Own with(List<Tensor> tensors) {
      return new Own(tensors.getFirst());
    }
  }

  @Test
  void structuresThatTakeThemselvesApartAreOneForm() {
    TapeCache<Own, Tensor> cache = TapeCache.of(o -> o.x().sum(), 8);
    cache.run(new Own(Tensor.of(1.)));
    cache.run(new Own(Tensor.of(2.)));
    assertThat(cache.recordings()).isEqualTo(1);
  }

  @Test
  void aFunctionThatReadsValuesIsRefusedWithTheReason() {
    TapeCache<Tensor, Tensor> cache = TapeCache.of(x -> x.mul(x.sum().item()), 2);
    assertThatThrownBy(() -> cache.run(Tensor.of(1.)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching(
            "a tape cache replays at other values, so its function cannot be pinned by item\\(\\) at"
                + " TapeCacheTest\\.java:\\d+; ask with test\\(\\.\\.\\.\\), or look with detached\\(\\)");
    assertThat(cache.size()).isZero();
  }

  @Test
  void aFunctionThatReadsAnEnclosingRecordingIsRefused() {
    assertThatThrownBy(() ->
            Tape.record(
                (Tensor w) -> TapeCache.of((Tensor x) -> x.mul(w), 2).run(Tensor.of(1.)),
                Tensor.of(2.)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "a tape cache outlives recordings, so its function cannot read a tensor of one; make it"
                + " part of the argument");
  }

  @Test
  void noRoomIsRefused() {
    assertThatThrownBy(() -> TapeCache.of((Tensor x) -> x, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a tape cache needs room for one tape, got 0");
  }

  @Test
  void aCachedFunctionIsDerivedThroughInsideARecording() {
    TapeCache<Tensor, Tensor> cache = TapeCache.of(TapeCacheTest::leaky, 4);
    cache.run(Tensor.of(-1., -2));
    Tape<Tensor, Tensor> tape = Tape.record(x -> cache.run(x).exp(), Tensor.of(.1, .2));
    assertThat(tape.reasons()).hasSize(1);
    GradCheck.standard().check((Tensor x) -> cache.run(x), Tensor.of(.1, .2));
    assertThat(cache.recordings()).isEqualTo(2);
  }

  @Test
  void sixtyFourThreadsRecordOnceEach() throws InterruptedException, ExecutionException {
    AtomicInteger runs = new AtomicInteger();
    TapeCache<Tensor, Tensor> cache =
        TapeCache.of(
            x -> {
              runs.incrementAndGet();
              return leaky(x);
            },
            8);
    TapeCache<Tensor, Tensor> slope = cache.gradient();
    List<Callable<Tensor>> tasks = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      double sign = i % 2 == 0 ? 1 : -1;
      int n = 1 + i % 3;
      tasks.add(() -> slope.run(Tensor.full(Shape.of(n), DType.F64, sign)));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Tensor>> all = threads.invokeAll(tasks);
      for (int i = 0; i < 64; i++) {
        assertThat(all.get(i).get().at(0)).isEqualTo(i % 2 == 0 ? 2 : .1);
      }
    }
    assertThat(cache.recordings()).isEqualTo(6);
    assertThat(runs).hasValue(6);
  }
}
