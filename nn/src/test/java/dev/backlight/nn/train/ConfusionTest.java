package dev.backlight.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfusionTest {
  @Test
  void everyPairIsCounted() {
    Confusion c =
        Confusion.of(Tensor.of(0, 0, 1, 1, 1), Tensor.of(0, 1, 1, 1, 0), List.of("no", "yes"));
    assertThat(c.count(0, 1)).isEqualTo(1);
    assertThat(c.count(1, 1)).isEqualTo(2);
    assertThat(c.accuracy()).isEqualTo(0.6);
    assertThat(c.toString().replace(System.lineSeparator(), "\n"))
        .isEqualTo("      no  yes\nno     1    1\nyes    1    2");
  }

  @Test
  void countsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> Confusion.of(Tensor.of(0, 1), Tensor.of(0), List.of("a", "b")))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a confusion needs labels (n) and predictions (n), got (2) and (1)");
  }
}
