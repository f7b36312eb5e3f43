package dev.backlight.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationTest {
  /// Two images of two channels, 2 by 3.
  private static final Tensor X = Tensor.arange(24, DType.F32).reshape(2, 2, 2, 3);

  private static final Key KEY = Key.of(5);

  @Test
  void allOrNoneAreTurnedAtProbabilityOneAndZero() {
    assertThat(Augmentation.mirror(0).apply(X, KEY).sameAs(X)).isTrue();
    assertThat(Augmentation.mirror(1).apply(X, KEY).sameAs(X.flip(3))).isTrue();
    assertThat(Augmentation.flip(1).apply(X, KEY).sameAs(X.flip(2))).isTrue();
    assertThat(Augmentation.mirror(1).then(Augmentation.flip(1)).apply(X, KEY).sameAs(X.flip(2, 3)))
        .isTrue();
  }

  @Test
  void eachImageIsDrawnForItself() {
    Tensor many = Tensor.arange(2000, DType.F64).reshape(1000, 1, 1, 2);
    Tensor turned = Augmentation.mirror(0.3).apply(many, KEY);
    int count = 0;
    for (int i = 0; i < 1000; i++) {
      boolean whole = turned.at(i, 0, 0, 0) == 2 * i && turned.at(i, 0, 0, 1) == 2 * i + 1;
      boolean mirrored = turned.at(i, 0, 0, 0) == 2 * i + 1 && turned.at(i, 0, 0, 1) == 2 * i;
      assertThat(whole || mirrored).isTrue();
      count += mirrored ? 1 : 0;
    }
    // Four standard deviations of a binomial of 1000 and 0.3 are 58.
    assertThat(count).isBetween(242, 358);
    assertThat(Augmentation.mirror(0.3).apply(many, KEY).sameAs(turned)).isTrue();
    assertThat(Augmentation.mirror(0.3).apply(many, Key.of(6)).sameAs(turned)).isFalse();
  }

  @Test
  void aShiftMovesAllChannelsAlikeAndZerosComeIn() {
    Set<String> seen = new HashSet<>();
    Tensor one = Tensor.arange(12, DType.I32).add(1).reshape(1, 2, 2, 3);
    for (int k = 0; k < 200; k++) {
      Tensor moved = Augmentation.shift(1).apply(one, Key.of(k));
      boolean found = false;
      for (int down = -1; down <= 1; down++) {
        for (int right = -1; right <= 1; right++) {
          if (moved.sameAs(shifted(one, down, right))) {
            seen.add(down + " " + right);
            found = true;
          }
        }
      }
      assertThat(found).isTrue();
    }
    assertThat(seen).hasSize(9);
    assertThat(Augmentation.shift(0).apply(one, KEY).sameAs(one)).isTrue();
    // Moved out of sight, nothing is left and nothing breaks.
    Tensor far = Augmentation.shift(60_000).apply(X, KEY);
    assertThat(far.sameAs(Tensor.zeros(2, 2, 2, 3))).isTrue();
  }

  private static Tensor shifted(Tensor x, int down, int right) {
    int[] to = new int[12];
    for (int c = 0; c < 2; c++) {
      for (int row = 0; row < 2; row++) {
        for (int column = 0; column < 3; column++) {
          int r = row - down;
          int q = column - right;
          if (r >= 0 && r < 2 && q >= 0 && q < 3) {
            to[(c * 2 + row) * 3 + column] = (int) x.at(0, c, r, q);
          }
        }
      }
    }
    return Tensor.of(x.shape(), to);
  }

  @Test
  void aCropIsAnyPartOfItsSize() {
    Set<Integer> corners = new HashSet<>();
    Tensor one = Tensor.arange(12, DType.F32).reshape(1, 1, 3, 4);
    for (int k = 0; k < 100; k++) {
      Tensor part = Augmentation.crop(2, 2).apply(one, Key.of(k));
      int corner = (int) part.at(0, 0, 0, 0);
      corners.add(corner);
      assertThat(
              part.sameAs(
                  one.slice(2, corner / 4, corner / 4 + 2).slice(3, corner % 4, corner % 4 + 2)))
          .isTrue();
    }
    assertThat(corners).containsExactlyInAnyOrder(0, 1, 2, 4, 5, 6);
  }

  @Test
  void whatCannotBeDoneIsRefused() {
    assertThatThrownBy(() -> Augmentation.mirror(1.5))
        .hasMessage("a probability in [0, 1] is needed, got 1.5");
    assertThatThrownBy(() -> Augmentation.shift(-1))
        .hasMessage("a shift needs at most 0 to 65536 pixels, got -1");
    assertThatThrownBy(() -> Augmentation.crop(0, 1))
        .hasMessage("a crop needs a height and a width of at least 1, got 0 and 1");
    assertThatThrownBy(() -> Augmentation.crop(3, 3).apply(X, KEY))
        .hasMessage("a crop of 3 by 3 needs images at least as large, got (2, 2, 2, 3)");
    assertThatThrownBy(
            () -> Augmentation.shift(1).apply(Tensor.zeros(Shape.of(2, 3), DType.F32), KEY))
        .hasMessage("an augmentation needs images (n, c, h, w), got (2, 3)");
  }
}
