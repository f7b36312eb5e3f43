package dev.backlight.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchesTest {
  private static final Batches SEVEN =
      Batches.of(Tensor.arange(14, DType.F32).reshape(7, 2), Tensor.arange(7, DType.I32)).size(3);

  private static List<List<Integer>> labels(Iterable<Batches.Batch> batches) {
    List<List<Integer>> all = new ArrayList<>();
    for (Batches.Batch batch : batches) {
      List<Integer> one = Arrays.stream(batch.y().toInts()).boxed().toList();
      for (int i = 0; i < one.size(); i++) {
        assertThat(batch.x().at(i, 1)).isEqualTo(2 * one.get(i) + 1);
      }
      all.add(one);
    }
    return all;
  }

  @Test
  void theRemainderIsKeptDroppedOrFilled() {
    assertThat(labels(SEVEN)).containsExactly(List.of(0, 1, 2), List.of(3, 4, 5), List.of(6));
    assertThat(labels(SEVEN.remainder(Batches.Remainder.DROPPED)))
        .containsExactly(List.of(0, 1, 2), List.of(3, 4, 5));
    assertThat(labels(SEVEN.remainder(Batches.Remainder.FILLED)))
        .containsExactly(List.of(0, 1, 2), List.of(3, 4, 5), List.of(6, 0, 1));
    assertThat(labels(SEVEN.size(20).remainder(Batches.Remainder.FILLED)).getFirst())
        .hasSize(20)
        .startsWith(0, 1, 2, 3, 4, 5, 6, 0);
    assertThat(labels(SEVEN.size(20).remainder(Batches.Remainder.DROPPED))).isEmpty();
    assertThat(labels(SEVEN.size(7))).hasSize(1);
    assertThat(SEVEN.count()).isEqualTo(3);
  }

  @Test
  void everyEpochIsShuffledAnew() {
    Batches shuffled = SEVEN.shuffled(Key.of(2));
    List<Integer> first = labels(shuffled.epoch(0)).stream().flatMap(List::stream).toList();
    List<Integer> second = labels(shuffled.epoch(1)).stream().flatMap(List::stream).toList();
    assertThat(first).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6).isNotEqualTo(second);
    assertThat(second).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
    assertThat(labels(shuffled)).isEqualTo(labels(shuffled.epoch(0)));
  }

  @Test
  void readAheadOrNotTheBatchesAreTheSame() {
    Tensor x = Tensor.arange(400, DType.F32).reshape(25, 1, 4, 4);
    Batches batches =
        Batches.of(x, Tensor.arange(25, DType.I32))
            .size(4)
            .shuffled(Key.of(2))
            .augmented(Augmentation.shift(2).then(Augmentation.mirror(0.5)), Key.of(3));
    for (int ahead : new int[] {1, 3, 100}) {
      Iterator<Batches.Batch> want = batches.epoch(5).iterator();
      for (Batches.Batch got : batches.ahead(ahead).epoch(5)) {
        Batches.Batch one = want.next();
        assertThat(got.x().sameAs(one.x()) && got.y().sameAs(one.y())).isTrue();
      }
      assertThat(want.hasNext()).isFalse();
    }
    Batches.Batch first = batches.epoch(0).iterator().next();
    assertThat(batches.epoch(1).iterator().next().x().sameAs(first.x())).isFalse();
  }

  /// Counts what was asked for.
  private static final class Counting implements Batches.Source {
    final AtomicInteger asked = new AtomicInteger();
    final CountDownLatch three = new CountDownLatch(3);

    @Override
    public int rows() {
      return 10;
    }

    @Override
    public Batches.Batch read(int... rows) {
      asked.incrementAndGet();
      three.countDown();
      if (rows[0] == 8) {
        throw new DataException("row 8: a number is needed, got none");
      }
      return new Batches.Batch(Tensor.of(rows), Tensor.of(rows));
    }
  }

  @Test
  void soManyBatchesAreReadAheadAndNoMore() throws InterruptedException {
    Counting source = new Counting();
    Iterator<Batches.Batch> batches = Batches.of(source).size(2).ahead(2).iterator();
    assertThat(source.asked).hasValue(0);
    batches.next();
    assertThat(source.three.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(source.asked).hasValue(3);
    Counting lazy = new Counting();
    Batches.of(lazy).size(2).iterator().next();
    assertThat(lazy.asked).hasValue(1);
  }

  @Test
  void whatFailsInTheBackgroundFailsWhereItIsAskedFor() {
    for (int ahead : new int[] {0, 2}) {
      Iterator<Batches.Batch> batches = Batches.of(new Counting()).size(2).ahead(ahead).iterator();
      IntStream.range(0, 4).forEach(_ -> batches.next());
      assertThatThrownBy(batches::next)
          .isInstanceOf(DataException.class)
          .hasMessage("row 8: a number is needed, got none");
    }
  }

  @Test
  void anEpochEnds() {
    Iterator<Batches.Batch> batches = SEVEN.size(7).iterator();
    batches.next();
    assertThatThrownBy(batches::next)
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage("an epoch has 1 batches, got asked for more");
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> SEVEN.size(0)).hasMessage("a batch needs at least 1 example, got 0");
    assertThatThrownBy(() -> SEVEN.ahead(-1))
        .hasMessage("reading ahead needs at least 0 batches, got -1");
    assertThatThrownBy(() -> Batches.of(Tensor.ones(3, 2), Tensor.ones(4)))
        .hasMessage("batches need as many inputs as targets, got (3, 2) and (4)");
    assertThatThrownBy(() -> Batches.of(Tensor.ones(0, 2), Tensor.ones(0)))
        .hasMessage("batches need at least one example, got none");
  }
}
