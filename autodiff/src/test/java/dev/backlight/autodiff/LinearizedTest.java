package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LinearizedTest {
  private static final Tensor X = Key.of(1).normal(Shape.of(2, 3), DType.F64);
  private static final Tensor W = Key.of(2).normal(Shape.of(3, 4), DType.F64);
  private static final Tensor DX = Key.of(3).normal(Shape.of(2, 3), DType.F64);
  private static final Tensor DW = Key.of(4).normal(Shape.of(3, 4), DType.F64);

  record In(Tensor x, Tensor w) {}

  private static final In AT = new In(X, W);

  private static final Tape<In, Tensor> LAYER =
      Tape.record(in -> in.x().matmul(in.w()).tanh().softmax(1), AT);

  @Test
  void theLinearMapIsTheJvpAtThePoint() {
    Linearized<Tensor, In, Tensor> at = LAYER.linearize(AT);
    assertThat(at.value().sameAs(LAYER.run(AT))).isTrue();
    In direction = new In(DX, DW);
    Tensor want = LAYER.jvp(Function.identity()).run(new WithTangent<>(AT, direction));
    assertThat(at.map().run(direction).sameAs(want)).isTrue();
    assertThat(at.map().player().play(direction).sameAs(want)).isTrue();
  }

  @Test
  void thePullbackIsTheVjpAtThePoint() {
    Linearized<Tensor, Tensor, Tensor> at = LAYER.pullback(AT, In::w);
    Tensor g = Key.of(5).normal(Shape.of(2, 4), DType.F64);
    assertThat(at.value().sameAs(LAYER.run(AT))).isTrue();
    assertThat(at.map().run(g).sameAs(LAYER.vjp(In::w).run(new WithCotangent<>(AT, g)))).isTrue();
    assertThat(Struct.leaves(LAYER.pullback(AT).map().run(g))).hasSize(2);
  }

  @Test
  void nothingOfTheForwardPassIsLeftInTheMaps() {
    List<String> forward =
        LAYER.linearize(AT).map().nodes().stream().map(n -> n.op().name()).toList();
    List<String> backward =
        LAYER.pullback(AT).map().nodes().stream().map(n -> n.op().name()).toList();
    assertThat(forward).isNotEmpty().doesNotContain("tanh", "softmax");
    assertThat(backward).isNotEmpty().doesNotContain("tanh", "softmax");
    // One product for each direction, one back to each input.
    assertThat(forward).filteredOn("matmul"::equals).hasSize(2);
    assertThat(backward).filteredOn("matmul"::equals).hasSize(2);
  }

  @Test
  void theMapOfAPartIsLinearAndPassesTheGradientCheck() {
    Tape<Tensor, Tensor> map = LAYER.linearize(AT, In::x).map();
    GradCheck.standard().order(1).check(map::run, DX);
    Tensor twice = map.run(DX.mul(2));
    assertThat(twice.sameAs(map.run(DX).mul(2))).isTrue();
  }

  @Test
  void aLinearMapMadeInsideARecordingIsDifferentiableInItsPoint() {
    GradCheck.standard().check((In in) -> LAYER.linearize(in, In::x).map().run(DX), AT);
  }

  @Test
  void whatIsBoundBecomesConstant() {
    Tape<Tensor, Tensor> inX = LAYER.bind(AT, In::x);
    assertThat(inX.run(DX).sameAs(LAYER.run(new In(DX, W)))).isTrue();
    assertThat(inX.inputSpecs()).hasSize(1);
    Tape<In, Tensor> halves = Tape.record(in -> in.w().exp().log1p().mul(in.x().sum()), AT);
    assertThat(halves.bind(AT, In::x).nodes())
        .extracting(n -> n.op().name())
        .containsExactly("sum", "expand", "mul");
  }

  @Test
  void guardsOnWhatIsBoundAreAskedAtOnceAndTheOthersLater() {
    record Two(Tensor a, Tensor b) {}
    Tape<Two, Tensor> tape =
        Tape.record(
            in -> in.a().test(v -> v > 0) && in.b().test(v -> v > 0) ? in.a().mul(in.b()) : in.a(),
            new Two(Tensor.scalar(1.), Tensor.scalar(2.)));
    assertThatThrownBy(() -> tape.bind(new Two(Tensor.scalar(-1.), Tensor.scalar(2.)), Two::b))
        .isInstanceOf(StaleTape.class);
    Tape<Tensor, Tensor> open = tape.bind(new Two(Tensor.scalar(3.), Tensor.scalar(2.)), Two::b);
    assertThat(open.run(Tensor.scalar(5.)).item()).isEqualTo(15);
    assertThat(open.validity()).isEqualTo(Validity.GUARDED);
    assertThatThrownBy(() -> open.run(Tensor.scalar(-5.))).isInstanceOf(StaleTape.class);
  }

  @Test
  void aScanIsLinearized() {
    Tape<Tensor, Tensor> scan =
        Tape.record(
            (Tensor x) -> Tape.scan(c -> new Scanned<>(c.sin().add(x), c), x, 4).carry(), X);
    Tensor want = scan.jvp(Function.identity()).run(new WithTangent<>(X, DX));
    Linearized<Tensor, Tensor, Tensor> at = scan.linearize(X);
    assertThat(at.map().run(DX).sameAs(want)).isTrue();
    assertThat(at.map().nodes()).filteredOn(n -> n.op() instanceof Scan).hasSize(1);
  }
}
