package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExplainingTest {
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(10, DType.F32, Tensor::relu, true);

  /// Ten batches of 4 rows, and one of 2.
  private static List<Tensor> batches() {
    return IntStream.range(0, 11)
        .mapToObj(k -> Nets.draw(20 + k, DType.F32, k == 10 ? 2 : 4, 5))
        .toList();
  }

  @Test
  void everyBatchIsExplainedInItsPlaceWithItsBits() {
    for (Explainer method :
        List.of(
            new Saliency(),
            IntegratedGradients.from(Baseline.zeros()),
            ShapleySampling.from(Baseline.zeros()).pairs(2))) {
      List<Attribution> all =
          Explaining.of(method, MLP, Target.predicted()).ahead(3).stream(batches().stream())
              .toList();
      assertThat(all).hasSize(11);
      for (int k = 0; k < 11; k++) {
        Tensor x = batches().get(k);
        assertThat(all.get(k).x().sameAs(x)).isTrue();
        assertThat(all.get(k).scores().sameAs(method.explain(MLP, x, Target.predicted()).scores()))
            .isTrue();
      }
    }
  }

  @Test
  void noMoreBatchesAreReadThanAreBeingExplained() {
    AtomicInteger read = new AtomicInteger();
    Iterator<Tensor> endless =
        Stream.generate(() -> Nets.draw(read.getAndIncrement(), DType.F32, 2, 5)).iterator();
    Iterator<Attribution> job =
        Explaining.of(new Saliency(), MLP, Target.at(0)).ahead(3).iterator(endless);
    for (int taken = 1; taken <= 20; taken++) {
      assertThat(job.hasNext()).isTrue();
      job.next();
      assertThat(read.get()).isLessThanOrEqualTo(taken + 3);
    }
  }

  @Test
  void anErrorComesInItsPlaceAndEndsTheJob() {
    List<Tensor> some = new ArrayList<>(batches());
    some.set(2, Nets.draw(1, DType.F32, 4, 6));
    for (int ahead : new int[] {1, 4}) {
      Iterator<Attribution> job =
          Explaining.of(Occlusion.with(Baseline.zeros()), MLP, Target.at(0))
              .ahead(ahead)
              .iterator(some.iterator());
      job.next();
      job.next();
      assertThatThrownBy(job::next)
          .isInstanceOf(ShapeException.class)
          .hasMessageStartingWith("matmul needs");
      assertThat(job.hasNext()).isFalse();
      assertThatThrownBy(job::next)
          .isInstanceOf(NoSuchElementException.class)
          .hasMessage("all batches are explained");
    }
  }

  @Test
  void anErrorOfReadingComesInItsPlace() {
    Iterator<Tensor> torn =
        IntStream.range(0, 9)
            .mapToObj(k -> batches().get(k))
            .map(batch -> {
              if (batch.sameAs(batches().get(2))) {
                throw new IllegalStateException("the file is torn");
              }
              return batch;
            })
            .iterator();
    Iterator<Attribution> job =
        Explaining.of(new Saliency(), MLP, Target.at(0)).ahead(4).iterator(torn);
    job.next();
    job.next();
    assertThatThrownBy(job::next).hasMessage("the file is torn");
    assertThat(job.hasNext()).isFalse();
  }

  @Test
  void anInterruptEndsTheJob() {
    Iterator<Attribution> job =
        Explaining.of(new Saliency(), MLP, Target.at(0)).iterator(batches().iterator());
    job.next();
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(job::next)
          .isInstanceOf(CancellationException.class)
          .hasMessage("the job was cancelled");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(job.hasNext()).isFalse();
    assertThatThrownBy(() -> Explaining.of(new Saliency(), MLP, Target.at(0)).ahead(0))
        .hasMessage("a job needs at least 1 batch at a time, got 0");
  }

  @Test
  void aParallelModelAnswersTheSame() {
    Tensor x = Nets.draw(50, DType.F32, 67, 5);
    ParallelModel parallel = ParallelModel.of(MLP);
    assertThat(parallel.apply(x).sub(MLP.apply(x)).abs().amax().item()).isLessThan(1e-5);
    Tensor once = Occlusion.with(Baseline.zeros()).explain(parallel, x, Target.at(1)).scores();
    assertThat(
            Occlusion.with(Baseline.zeros())
                .explain(parallel, x, Target.at(1))
                .scores()
                .sameAs(once))
        .isTrue();
    assertThat(
            new Saliency()
                .explain(parallel, x, Target.at(1))
                .scores()
                .sameAs(new Saliency().explain(MLP, x, Target.at(1)).scores()))
        .isTrue();
    assertThatThrownBy(() -> new ParallelModel(MLP, 0))
        .hasMessage("a part needs at least 1 row, got 0");
  }
}
