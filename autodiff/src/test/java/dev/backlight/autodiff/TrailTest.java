package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrailTest {
  private static final Tensor X = Tensor.of(.5, 2, -1);

  private static <S> Grad<S> byTape(Function<S, Tensor> f, S at) {
    return Tape.record(f, at).valueAndGrad().run(at);
  }

  private static void same(Function<Tensor, Tensor> f, Tensor at) {
    Grad<Tensor> trail = Objects.requireNonNull(Trail.gradient(f, at), "needs a tape");
    Grad<Tensor> tape = byTape(f, at);
    assertThat(trail.value().sameAs(tape.value())).isTrue();
    assertThat(trail.grad().sameAs(tape.grad())).as("%s, %s", trail, tape).isTrue();
    assertThat(trail.grad().recording()).isNull();
  }

  static List<Long> seeds() {
    List<Long> seeds = new ArrayList<>();
    for (long seed = 0; seed < 100; seed++) {
      seeds.add(seed);
    }
    return seeds;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void randomProgramsHaveTheGradientsOfTheirTapes(long seed) {
    for (DType dtype : List.of(DType.F64, DType.F32)) {
      Key[] keys = Key.of(seed).split(3);
      List<Tensor> at =
          List.of(
              keys[0].normal(Shape.of(3, 3), dtype),
              keys[1].normal(Shape.of(3, 3), dtype),
              keys[2].normal(Shape.of(3, 3), dtype));
      Function<List<Tensor>, Tensor> f = x -> RandomProgramProperties.program(seed, 12, x);
      Grad<List<Tensor>> trail = Objects.requireNonNull(Trail.gradient(f, at), "needs a tape");
      Grad<List<Tensor>> tape = byTape(f, at);
      assertThat(trail.value().sameAs(tape.value())).isTrue();
      for (int i = 0; i < at.size(); i++) {
        double[] got = trail.grad().get(i).toDoubles();
        double[] want = tape.grad().get(i).toDoubles();
        for (int e = 0; e < want.length; e++) {
          // A tape merges what is written twice, so that sums may round in another order.
          double tolerance = (dtype == DType.F64 ? 1e-12 : 2e-4) * Math.max(1, Math.abs(want[e]));
          assertThat(got[e]).isCloseTo(want[e], within(tolerance));
        }
      }
    }
  }

  @Test
  void everyWayToUseATensorIsThatOfATape() {
    same(x -> x.sin().mul(x).sum(), X);
    same(x -> x.get(0).mul(x.get(1)).add(x.max(0).values()), X);
    same(
        x ->
            Tensor.concat(0, x, x.square()).sort(0).values().mul(Tensor.arange(6, DType.F64)).sum(),
        X);
    same(x -> x.gt(0).where(x.sqrt(), x.exp()).sum(), X);
    same(x -> Tensor.scalar(3.0), X);
    same(x -> x.stopGradient().mul(x).sum(), X);
    same(x -> x.argmax(0).to(DType.F64), X);
    same(x -> x.sum().item() > 0 ? x.square().sum() : x.sum(), X);
    same(x -> x.sum().test(v -> v > 5) ? x.square().sum() : x.abs().sum(), X);
    same(x -> x.named("layer").softmax(0).log().sum(), X);
  }

  @Test
  void whatWhereDidNotSelectStaysOut() {
    Tensor zero = Tensor.of(0.0, 4);
    same(x -> x.gt(0).where(x.log(), 0).sum(), zero);
    same(x -> x.gt(0).where(x.sqrt().mul(x).log(), x).sum(), zero);
    assertThat(Grad.of((Tensor x) -> x.gt(0).where(x.log(), 0).sum(), zero).grad().toDoubles())
        .containsExactly(0, .25);
    // Both branches of the first come together in a value that counts everywhere.
    same(x -> x.gt(1).where(x.sqrt(), x.square()).mul(x.add(1)).sum(), zero);
  }

  @Test
  void structuresWithIntegersAndTiedTensorsKeepTheirForm() {
    record In(Tensor w, Tensor again, Tensor index) {}
    Tensor w = Tensor.of(1.0, 2);
    In in = new In(w, w, Tensor.of(1, 0));
    Grad<In> slope = Grad.of((In i) -> i.w().mul(i.again()).take(0, i.index()).sum(), in);
    assertThat(slope.grad().w().toDoubles()).containsExactly(2, 4);
    assertThat(slope.grad().again()).isSameAs(slope.grad().w());
    assertThat(slope.grad().index().toInts()).containsExactly(0, 0);
    assertThat(slope.grad().index().dtype()).isEqualTo(DType.I32);
  }

  @Test
  void aTapeTakesOverWhereMoreIsNeeded() {
    AtomicInteger runs = new AtomicInteger();
    Function<Tensor, Tensor> called =
        x -> {
          runs.incrementAndGet();
          return Tape.call(z -> z.sin(), x).sum();
        };
    assertThat(Trail.gradient(called, X)).isNull();
    assertThat(Grad.of(called, X).grad().toDoubles())
        .containsExactly(Math.cos(.5), Math.cos(2), Math.cos(-1));
    assertThat(runs).hasValue(3);
    // A tensor of a recording around, met on the way.
    Tape<Tensor, Tensor> outer =
        Tape.record(a -> Grad.of((Tensor w) -> w.mul(a).sum(), X).grad().sum(), Tensor.scalar(2.0));
    assertThat(outer.run(Tensor.scalar(5.0)).item()).isEqualTo(15);
    assertThat(outer.gradient().run(Tensor.scalar(5.0)).item()).isEqualTo(3);
    // Gradients of gradients, to the third.
    Function<Tensor, Tensor> first = x -> Grad.of((Tensor z) -> z.pow(4).sum(), x).grad().sum();
    Function<Tensor, Tensor> second = x -> Grad.of(first, x).grad().sum();
    assertThat(Grad.of(second, X).grad().toDoubles()).containsExactly(12, 48, -24);
  }

  private record Wrong() implements Op.Custom {
    @Override
    public Spec[] infer(Spec... in) {
      return new Spec[] {in[0]};
    }

    @Override
    public void run(Block[] in, Block[] out) {
      out[0].copyFrom(in[0]);
    }

    @Override
    public @Nullable Tensor vjp(int i, Site at) {
      return at.g().sum();
    }
  }

  @Test
  void mistakesAreToldAsByATape() {
    assertThatThrownBy(() -> Grad.of((Tensor x) -> Tensor.apply(new Wrong(), x).sum(), X))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("TrailTest.java")
        .hasMessageEndingWith("needs F64(3) for input 0, got F64()");
    assertThatThrownBy(() -> Grad.of((Tensor x) -> x.mul(2), X))
        .isInstanceOf(ShapeException.class)
        .hasMessage("valueAndGrad needs one scalar output, got [(3)]");
    assertThatThrownBy(() -> Grad.of((Tensor x) -> x.sum().to(DType.I32), X))
        .isInstanceOf(DTypeException.class)
        .hasMessage("valueAndGrad needs an output of F32 or F64, got I32");
    List<Tensor> kept = new ArrayList<>();
    Grad.of(
        (Tensor x) -> {
          kept.add(x);
          return x.sum();
        },
        X);
    assertThatThrownBy(() -> kept.getFirst().add(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "a tensor was used after the recording it belongs to had ended; return it from the"
                + " recorded function, or take its value inside with detached()");
    assertThat(kept.getFirst().detached().toDoubles()).containsExactly(.5, 2, -1);
  }

  @Test
  void aSmallOperationTakesLittleMemory() {
    Tensor c = Tensor.of(1.01f, .99f, 1f, .995f);
    Tensor x = Tensor.of(1f, 1f, 1f, 1f);
    Function<Tensor, Tensor> chain =
        z -> {
          for (int i = 0; i < 500; i++) {
            z = z.add(c).mul(c);
          }
          return z.sum();
        };
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 40; attempt++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 50; i++) {
        Grad.of(chain, x);
      }
      least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 50);
    }
    assertThat(least / 1000).as("bytes an operation, forward and back").isLessThan(400);
  }
}
