package dev.backlight.autodiff;

import static dev.backlight.autodiff.FusionTest.played;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What goes through the cache image by image has the bits of the nodes one after the other, before
/// its loops are compiled and after.
class ImageFusionTest {
  private static final Conv2dOptions SAME = Conv2dOptions.of().padding(1);
  private static final Pool2dOptions HALVES = Pool2dOptions.of(2);

  private static List<Tensor> normal(DType dtype, Shape... shapes) {
    List<Tensor> all = new ArrayList<>();
    for (Shape shape : shapes) {
      all.add(Key.of(all.size() + 1).normal(shape, dtype));
    }
    return all;
  }

  private static List<Tensor> images(DType dtype, int n, int c, int o, int h, int w) {
    return normal(dtype, Shape.of(n, c, h, w), Shape.of(o, c, 3, 3), Shape.of(1, o, 1, 1));
  }

  private static Tensor layer(List<Tensor> v, Conv2dOptions options) {
    return v.get(0).conv2d(v.get(1), options).add(v.get(2)).relu();
  }

  /// Few channels, many, a first layer, odd sizes, bands of a large plane, small planes.
  @ParameterizedTest
  @CsvSource({
    "3, 5, 7, 14, 15",
    "5, 17, 24, 12, 12",
    "2, 1, 26, 28, 28",
    "2, 3, 9, 21, 33",
    "1, 16, 33, 62, 63",
    "1, 4, 6, 30, 900",
    "9, 24, 40, 7, 7"
  })
  void aLayerAndItsPoolAreOneNode(int n, int c, int o, int h, int w) {
    for (DType dtype : new DType[] {DType.F32, DType.F64}) {
      List<Tensor> x = images(dtype, n, c, o, h, w);
      List<String> relu = played(v -> List.of(layer(v, SAME)), x);
      assertThat(relu).containsExactly("conv2d {add relu}");
      List<String> pooled = played(v -> List.of(layer(v, SAME).maxPool2d(HALVES)), x);
      assertThat(pooled)
          .isIn(
              List.of("conv2d {add relu} maxpool2d"), // of whole planes
              List.of("conv2d {add relu}", "maxpool2d")); // of bands
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void windowsOfOneElementAreHandedOverInPieces(DType dtype) {
    List<Tensor> x =
        normal(dtype, Shape.of(2, 70, 40, 41), Shape.of(90, 70, 1, 1), Shape.of(1, 90, 1, 1));
    assertThat(played(v -> List.of(layer(v, Conv2dOptions.of())), x))
        .containsExactly("conv2d {add relu}");
    List<Tensor> few =
        normal(dtype, Shape.of(2, 30, 7, 8), Shape.of(90, 30, 1, 1), Shape.of(1, 90, 1, 1));
    assertThat(played(v -> List.of(layer(v, Conv2dOptions.of()).maxPool2d(HALVES)), few))
        .containsExactly("conv2d {add relu} maxpool2d");
  }

  @Test
  void stridesDilationsAndGroupsAreToo() {
    List<Tensor> x =
        normal(DType.F32, Shape.of(3, 6, 31, 29), Shape.of(8, 3, 3, 3), Shape.of(1, 8, 1, 1));
    for (Conv2dOptions options :
        List.of(SAME.groups(2), SAME.groups(2).stride(2), SAME.groups(2).dilation(2))) {
      assertThat(played(v -> List.of(layer(v, options).maxPool2d(Pool2dOptions.of(3))), x))
          .containsExactly("conv2d {add relu} maxpool2d");
    }
  }

  @Test
  void whatOthersReadIsWrittenToo() {
    List<Tensor> x = images(DType.F32, 3, 5, 7, 20, 20);
    Function<List<Tensor>, List<Tensor>> f =
        v -> {
          Tensor y = layer(v, SAME);
          return List.of(y, y.maxPool2d(HALVES), y.sum(1));
        };
    assertThat(played(f, x)).containsExactly("conv2d {add relu} maxpool2d", "sum");
  }

  @Test
  void aResultThatOthersReadStaysANode() {
    List<Tensor> x = images(DType.F32, 3, 16, 18, 20, 20);
    Function<List<Tensor>, List<Tensor>> f =
        v -> {
          Tensor y = v.get(0).conv2d(v.get(1), SAME);
          return List.of(y.sum(0), y.add(v.get(2)).relu());
        };
    assertThat(played(f, x)).containsExactly("conv2d", "sum", "{add relu}");
  }

  @Test
  void whatIsAddedFromElsewhereIsReadWhereItLies() {
    List<Tensor> x = images(DType.F32, 3, 18, 18, 20, 20);
    Function<List<Tensor>, List<Tensor>> f =
        v -> {
          Tensor y = v.get(0).conv2d(v.get(1), SAME).mul(v.get(2)).add(v.get(0));
          return List.of(y.relu(), y.conv2d(v.get(1), SAME).add(y).tanh().mul(2).maximum(y));
        };
    assertThat(played(f, x))
        .containsExactly("conv2d {mul add relu}", "conv2d {add tanh scale maximum}");
  }

  @Test
  void rowsThatEveryPlaneSharesAreNoPartOfIt() {
    List<Tensor> x = normal(DType.F32, Shape.of(3, 4, 20, 20), Shape.of(8, 4, 3, 3), Shape.of(20));
    assertThat(played(v -> List.of(layer(v, SAME)), x)).containsExactly("conv2d", "{add relu}");
  }

  @Test
  void gradientsAreTheSame() {
    List<Tensor> x = images(DType.F32, 4, 16, 17, 14, 14);
    x.add(Key.of(9).normal(Shape.of(5, 17, 3, 3), DType.F32));
    Function<List<Tensor>, Tensor> loss =
        v ->
            layer(v, SAME)
                .maxPool2d(HALVES)
                .conv2d(v.get(3), SAME)
                .relu()
                .maxPool2d(HALVES)
                .square()
                .sum();
    Tape<List<Tensor>, List<Tensor>> slope = Tape.record(loss, x).gradient();
    assertThat(played(slope, x)).contains("conv2d {add relu} maxpool2d");
  }

  @Test
  void aCheckedPlayComplainsAsIfTheNodesWereApart() {
    List<Tensor> x = images(DType.F32, 2, 4, 6, 20, 20);
    Player<List<Tensor>, Tensor> player =
        Tape.record(
                (List<Tensor> v) ->
                    v.get(0).conv2d(v.get(1), SAME).sub(1e30).exp().maxPool2d(HALVES),
                x)
            .player()
            .checked();
    player.play(x);
    List<Tensor> large = List.of(x.get(0).mul(1e38), x.get(1), x.get(2));
    assertThatThrownBy(() -> player.play(large))
        .isInstanceOf(NotFinite.class)
        .hasMessageContaining("conv2d at ImageFusionTest.java:");
  }
}
