package dev.backlight.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SmallFloatTest {
  /// The largest and the least number above zero, of the specifications.
  @ParameterizedTest
  @CsvSource({
    "F16, 65504, 5.960464477539063e-8",
    "BF16, 3.3895313892515355e38, 9.183549615799121e-41",
    "E4M3FN, 448, 0.001953125",
    "E4M3FNUZ, 240, 0.0009765625",
    "E5M2, 57344, 1.52587890625e-5",
    "E5M2FNUZ, 57344, 7.62939453125e-6",
    "E2M1, 6, 0.5",
    "E8M0, 1.7014118346046923e38, 5.877471754111438e-39"
  })
  void everyFormatReachesAsFarAsItsSpecificationSays(
      SmallFloat format, double largest, double least) {
    assertThat(format.largest()).isEqualTo(largest);
    double smallest = Double.POSITIVE_INFINITY;
    for (int bits = 0;
        bits < (format.name().endsWith("16") ? 1 << 16 : format == SmallFloat.E2M1 ? 16 : 256);
        bits++) {
      float x = format.decode(bits);
      smallest = x > 0 ? Math.min(smallest, x) : smallest;
    }
    assertThat(smallest).isEqualTo(least);
  }

  @ParameterizedTest
  @EnumSource
  void everyNumberOfAFormatIsRoundedToItself(SmallFloat format) {
    int count = format.name().endsWith("16") ? 1 << 16 : format == SmallFloat.E2M1 ? 16 : 256;
    for (int bits = 0; bits < count; bits++) {
      float x = format.decode(bits);
      if (!Float.isNaN(x)) {
        assertThat(format.round(x, false)).as("bits %d", bits).isEqualTo(x);
      }
    }
  }

  /// Java's own conversion to 16 bits is another way to the same numbers.
  @Test
  void halvesAreRoundedAsJavaRoundsThem() {
    for (int i = 0; i < 200_000; i++) {
      float x = Float.intBitsToFloat(i * 21_473);
      if (!Float.isNaN(x)) {
        float wanted = Float.float16ToFloat(Float.floatToFloat16(x));
        assertThat((float) SmallFloat.F16.round(x, false)).as("%s", x).isEqualTo(wanted);
      }
    }
    for (int bits = 0; bits < 1 << 16; bits++) {
      float wanted = Float.float16ToFloat((short) bits);
      assertThat(Float.compare(SmallFloat.F16.decode(bits), wanted)).isZero();
    }
  }

  @Test
  void whatIsTooLargeOverflowsOrIsTheLargestNumber() {
    assertThat(SmallFloat.F16.round(65520, false)).isInfinite();
    assertThat(SmallFloat.F16.round(65519, false)).isEqualTo(65504);
    assertThat(SmallFloat.E4M3FN.round(1e9, false)).isNaN();
    assertThat(SmallFloat.E4M3FN.round(-1e9, true)).isEqualTo(-448);
    assertThat(SmallFloat.E4M3FN.round(Double.NEGATIVE_INFINITY, true)).isEqualTo(-448);
    assertThat(SmallFloat.E5M2.round(1e9, false)).isInfinite();
    assertThat(SmallFloat.E5M2FNUZ.round(1e9, false)).isNaN();
    assertThat(SmallFloat.E4M3FNUZ.round(-1e-9, false)).isEqualTo(0);
    assertThat(SmallFloat.E2M1.round(9, false)).isEqualTo(6);
    assertThat(SmallFloat.E8M0.round(3, false)).isEqualTo(4);
    assertThat(SmallFloat.E8M0.round(2.9, false)).isEqualTo(2);
    assertThat(SmallFloat.E8M0_UP.round(2.1, false)).isEqualTo(4);
    assertThat(SmallFloat.E8M0_UP.round(0, true)).isEqualTo(Math.scalb(1.0, -127));
  }
}
