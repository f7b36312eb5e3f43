package dev.backlight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.GradCheck;
import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.WithTangent;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// What must hold for whatever is recorded.
class ProgramsProperties {
  @Provide
  Arbitrary<Programs.Program> any() {
    return Programs.any(2, 12);
  }

  @Provide
  Arbitrary<Programs.Program> smooth() {
    return Programs.smooth(2, 7);
  }

  private static List<Tensor> point(long seed, int n, DType dtype) {
    List<Tensor> all = new ArrayList<>();
    for (Key key : Key.of(seed).split(2)) {
      all.add(key.normal(Shape.of(n, n), dtype));
    }
    return all;
  }

  // @start region="replay"
  @Property(tries = 200, seed = "21")
  void aReplayAtOtherInputsIsTheEagerRun(@ForAll("any") Programs.Program program) {
    Tape<List<Tensor>, Tensor> tape = Tape.record(program, point(1, 3, DType.F32));
    Player<List<Tensor>, Tensor> player = tape.player();
    for (long seed = 2; seed < 4; seed++) {
      List<Tensor> x = point(seed, 3, DType.F32);
      assertThat(player.play(x).sameAs(program.apply(x))).isTrue();
    }
  }

  // @end

  @Property(tries = 40, seed = "22")
  void derivativesOfSmoothProgramsAgreeWithDifferencesToOrderTwo(
      @ForAll("smooth") Programs.Program program) {
    GradCheck.standard().check(program, point(5, 2, DType.F64));
  }

  @Property(tries = 100, seed = "23")
  void forwardAndReverseAreAdjoint(@ForAll("any") Programs.Program program) {
    List<Tensor> x = point(6, 3, DType.F64);
    List<Tensor> direction = point(7, 3, DType.F64);
    Tape<List<Tensor>, Tensor> tape = Tape.record(program, x);
    double forward = tape.jvp(v -> v).run(new WithTangent<>(x, direction)).item();
    double reverse = dot(tape.gradient().run(x), direction);
    assertThat(forward).isCloseTo(reverse, within(1e-9 * Math.max(1, Math.abs(reverse))));
  }

  private static double dot(List<Tensor> a, List<Tensor> b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      sum += a.get(i).mul(b.get(i)).sum().item();
    }
    return sum;
  }

  /// H v by the jvp of the gradient, and by the gradient of the jvp.
  @Property(tries = 60, seed = "24")
  void forwardOverReverseIsReverseOverForward(@ForAll("smooth") Programs.Program program) {
    List<Tensor> x = point(8, 3, DType.F64);
    List<Tensor> v = point(9, 3, DType.F64);
    Tape<List<Tensor>, Tensor> tape = Tape.record(program, x);
    List<Tensor> forward = tape.gradient().jvp(a -> a).run(new WithTangent<>(x, v));
    Tape<WithTangent<List<Tensor>, List<Tensor>>, Tensor> along = tape.jvp(a -> a);
    List<Tensor> reverse = along.gradient(WithTangent::at).run(new WithTangent<>(x, v));
    for (int i = 0; i < x.size(); i++) {
      double[] a = forward.get(i).toDoubles();
      double[] b = reverse.get(i).toDoubles();
      for (int k = 0; k < a.length; k++) {
        assertThat(a[k]).isCloseTo(b[k], within(1e-8 * Math.max(1, Math.abs(b[k]))));
      }
    }
  }

  @Property(tries = 60, seed = "25")
  void theGradientOfASumIsTheSumOfTheGradients(
      @ForAll("any") Programs.Program f, @ForAll("any") Programs.Program g) {
    List<Tensor> x = point(10, 3, DType.F64);
    Grad<List<Tensor>> both = Grad.of((List<Tensor> v) -> f.apply(v).mul(2).sub(g.apply(v)), x);
    List<Tensor> one = Grad.of(f, x).grad();
    List<Tensor> other = Grad.of(g, x).grad();
    for (int i = 0; i < x.size(); i++) {
      double[] want = one.get(i).mul(2).sub(other.get(i)).toDoubles();
      double[] got = both.grad().get(i).toDoubles();
      for (int k = 0; k < want.length; k++) {
        assertThat(got[k]).isCloseTo(want[k], within(1e-9 * Math.max(1, Math.abs(want[k]))));
      }
    }
  }

  @Property(tries = 100, seed = "26")
  void singlePrecisionFollowsDouble(@ForAll("smooth") Programs.Program program) {
    List<Tensor> x = point(11, 3, DType.F32);
    List<Tensor> wide = x.stream().map(t -> t.to(DType.F64)).toList();
    double got = program.apply(x).item();
    double want = program.apply(wide).item();
    assertThat(got).isCloseTo(want, within(2e-4 * Math.max(1, Math.abs(want))));
  }
}
