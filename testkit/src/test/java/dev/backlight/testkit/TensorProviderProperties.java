package dev.backlight.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;

class TensorProviderProperties {
  @Property(tries = 300)
  void plainTensorsAreFiniteAndWide(@ForAll Tensor x) {
    assertThat(x.dtype()).isEqualTo(DType.F64);
    assertThat(x.rank()).isBetween(0, 3);
    assertThat(Arrays.stream(x.toDoubles()).allMatch(v -> v >= -3 && v <= 3)).isTrue();
  }

  @Property(tries = 300)
  void whatIsAskedForComes(
      @ForAll @Like(dtype = DType.F32, rank = 2, minSize = 2, maxSize = 3, low = 1, high = 2)
          Tensor x) {
    assertThat(x.dtype()).isEqualTo(DType.F32);
    assertThat(x.rank()).isEqualTo(2);
    assertThat(Arrays.stream(x.shape().sizes()).allMatch(s -> s == 2 || s == 3)).isTrue();
    assertThat(Arrays.stream(x.toDoubles()).allMatch(v -> v >= 1 && v <= 2)).isTrue();
  }

  @Property(tries = 500)
  void specialTensorsHoldWhatBreaksThings(@ForAll @Like(special = true, rank = 1) Tensor x) {
    boolean odd = Arrays.stream(x.toDoubles()).anyMatch(v -> !Double.isFinite(v));
    Statistics.label("not finite")
        .collect(odd)
        .coverage(c -> c.check(true).percentage(p -> p > 10));
  }

  @Property(tries = 300)
  void pairsBroadcast(@ForAll Tensors.Pair pair) {
    Shape both = Shape.broadcast(pair.left().shape(), pair.right().shape());
    assertThat(pair.left().add(pair.right()).shape()).isEqualTo(both);
  }

  @Property(tries = 300)
  void broadcastableShapesDifferOften(@ForAll Shapes.Broadcast shapes) {
    assertThat(shapes.left().expandsTo(shapes.both())).isTrue();
    assertThat(shapes.right().expandsTo(shapes.both())).isTrue();
    Statistics.label("differ")
        .collect(!shapes.left().equals(shapes.right()))
        .coverage(c -> c.check(true).percentage(p -> p > 30));
  }

  @Property(tries = 200)
  void shapesReachScalarsAndNothing(@ForAll Shape shape) {
    Statistics.label("empty")
        .collect(shape.elements() == 0)
        .coverage(c -> c.check(true).percentage(p -> p > 5));
    assertThat(shape.rank()).isLessThanOrEqualTo(3);
  }
}
