package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhiloxTest {
  // The known answers of philox4x32-10 in the file kat_vectors of Random123.
  @ParameterizedTest
  @CsvSource({
    "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1"
  })
  void theKnownAnswersOfThePaperComeOut(String counter, String key, String answer) {
    int[] c = words(counter);
    int[] k = words(key);
    Philox philox = new Philox();
    philox.block(pair(k[0], k[1]), pair(c[0], c[1]), pair(c[2], c[3]));
    int[] a = words(answer);
    assertThat(philox.low).isEqualTo(pair(a[0], a[1]));
    assertThat(philox.high).isEqualTo(pair(a[2], a[3]));
  }

  private static int[] words(String hex) {
    return java.util.Arrays.stream(hex.trim().split(" "))
        .mapToInt(word -> Integer.parseUnsignedInt(word, 16))
        .toArray();
  }

  private static long pair(int low, int high) {
    return low & 0xFFFFFFFFL | (long) high << 32;
  }
}
