package dev.backlight.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BracketsTest {
  private static int[] row(Tensor rows, int i) {
    return rows.slice(0, i, i + 1).toInts();
  }

  @Test
  void wordsAreBalancedAndTheSameForTheSameKey() {
    Brackets brackets = new Brackets(3, 10);
    Tensor words = brackets.words(50, Key.of(1));
    assertThat(words.shape()).isEqualTo(Shape.of(50, 10));
    for (int i = 0; i < 50; i++) {
      assertThat(brackets.balanced(row(words, i))).isTrue();
    }
    assertThat(brackets.words(50, Key.of(1)).sameAs(words)).isTrue();
    assertThat(brackets.words(50, Key.of(2)).sameAs(words)).isFalse();
  }

  @Test
  void everySecondWordIsSpoiltByExchangingTwoOfItsBrackets() {
    Brackets brackets = new Brackets(1, 8);
    Brackets.Examples judged = brackets.judged(40, Key.of(1));
    for (int i = 0; i < 40; i++) {
      int[] word = row(judged.x(), i);
      assertThat(brackets.balanced(word)).isEqualTo(i % 2 == 0);
      assertThat((int) judged.y().at(i)).isEqualTo(1 - i % 2);
      assertThat(Arrays.stream(word).sum()).as("closing ones").isEqualTo(4);
    }
  }

  @Test
  void theNextTokenIsThatOfTheWordItself() {
    Brackets brackets = new Brackets(2, 6);
    Brackets.Examples next = brackets.next(5, Key.of(3));
    for (int i = 0; i < 5; i++) {
      int[] x = row(next.x(), i);
      int[] y = row(next.y(), i);
      assertThat(x[0]).isEqualTo(brackets.start()).isEqualTo(4);
      assertThat(Arrays.copyOfRange(x, 1, 6)).isEqualTo(Arrays.copyOf(y, 5));
      assertThat(brackets.balanced(y)).isTrue();
    }
  }

  /// The entropy against that of the words' frequencies, of which there are few enough to count.
  @ParameterizedTest
  @CsvSource({"1, 2", "1, 6", "2, 4", "3, 2"})
  void theEntropyIsThatOfTheWords(int kinds, int length) {
    Brackets brackets = new Brackets(kinds, length);
    Map<String, Integer> counts = new HashMap<>();
    Tensor words = brackets.words(20000, Key.of(5));
    int[] all = words.toInts();
    for (int i = 0; i < 20000; i++) {
      String word = brackets.text(Arrays.copyOfRange(all, i * length, (i + 1) * length));
      counts.merge(word, 1, Integer::sum);
    }
    double counted = 0;
    for (int count : counts.values()) {
      counted -= count / 20000.0 * Math.log(count / 20000.0);
    }
    assertThat(brackets.entropy()).isCloseTo(counted / length, within(0.01));
  }

  @Test
  void brackets() {
    Brackets brackets = new Brackets(2, 4);
    assertThat(brackets.text(4, 0, 1, 3, 2)).isEqualTo("^([])");
    assertThat(brackets.balanced(0, 1, 2, 3)).as("([)]").isFalse();
    assertThat(brackets.balanced(0)).isFalse();
    assertThat(brackets.balanced(2, 0)).isFalse();
    assertThat(brackets.balanced(4)).isFalse();
    assertThat(brackets.balanced()).isTrue();
    assertThatThrownBy(() -> brackets.text(5)).hasMessage("brackets need tokens in 0..4, got 5");
    assertThatThrownBy(() -> brackets.words(0, Key.of(1)))
        .hasMessage("brackets need at least 1 word, got 0");
    assertThatThrownBy(() -> new Brackets(5, 4))
        .hasMessage("brackets need 1 to 4 kinds and an even length of at least 2, got 5 and 4");
    assertThatThrownBy(() -> new Brackets(2, 7))
        .hasMessage("brackets need 1 to 4 kinds and an even length of at least 2, got 2 and 7");
  }
}
