package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.BinaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Arithmetic on `I32` and `I64`, against that of Java on single numbers.
class IntegerArithmeticTest {
  private static final long[] NUMBERS = {0, 1, -1, 7, -7, 3, -3, 100, Integer.MAX_VALUE};

  private static Arguments of(String name, BinaryOperator<Tensor> f, LongBinaryOperator want) {
    return Arguments.of(name, f, want);
  }

  static Stream<Arguments> pairs() {
    return Stream.of(
        of("add", Tensor::add, Long::sum),
        of("sub", Tensor::sub, (x, y) -> x - y),
        of("mul", Tensor::mul, (x, y) -> x * y),
        of("maximum", Tensor::maximum, Math::max),
        of("minimum", Tensor::minimum, Math::min),
        of("floorDiv", Tensor::floorDiv, (x, y) -> (long) Math.floor((double) x / y)),
        of("truncDiv", Tensor::truncDiv, (x, y) -> x / y),
        of("remainder", Tensor::remainder, (x, y) -> (x % y + y) % y),
        of("fmod", Tensor::fmod, (x, y) -> x - x / y * y));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void everyPairIsThatOfJava(String name, BinaryOperator<Tensor> f, LongBinaryOperator want) {
    for (long y : NUMBERS) {
      if (y == 0 && (name.endsWith("Div") || name.equals("remainder") || name.equals("fmod"))) {
        continue;
      }
      Tensor by = Tensor.of(y);
      long[] longs = f.apply(Tensor.of(NUMBERS), by).toLongs();
      long[] ints =
          f.apply(Tensor.of(NUMBERS).to(DType.I32), by.to(DType.I32)).to(DType.I64).toLongs();
      for (int i = 0; i < longs.length; i++) {
        long each = want.applyAsLong(NUMBERS[i], y);
        assertThat(longs[i]).as("%s(%s, %s) in I64", name, NUMBERS[i], y).isEqualTo(each);
        assertThat(ints[i]).as("%s(%s, %s) in I32", name, NUMBERS[i], y).isEqualTo(0L + (int) each);
      }
    }
  }

  @Test
  void numbersAndSumsAreWhole() {
    Tensor x = Tensor.of(Shape.of(2, 3), 1L << 60, -2, 3, 4, -5, 6);
    assertThat(x.add(3).toLongs()).containsExactly((1L << 60) + 3, 1, 6, 7, -2, 9);
    assertThat(x.sub(1).neg().toLongs()).containsExactly(1 - (1L << 60), 3, -2, -3, 6, -5);
    assertThat(x.abs().toLongs()).containsExactly(1L << 60, 2, 3, 4, 5, 6);
    assertThat(x.sum(0).toLongs()).containsExactly((1L << 60) + 4, -7, 9);
    assertThat(x.sum(1).toLongs()).containsExactly((1L << 60) + 1, 5);
    assertThat(x.sumKeep(0, 1).shape()).isEqualTo(Shape.of(1, 1));
    assertThat(x.sum().toLongs()).containsExactly((1L << 60) + 6);
    assertThat(x.slice(1, 1, 3).to(DType.I32).sum(0).mul(-2).toInts()).containsExactly(14, -18);
    assertThat(x.slice(0, 0, 0).sum(0).toLongs()).containsExactly(0, 0, 0);
    assertThat(x.floorDiv(4).slice(0, 1, 2).toLongs()).containsExactly(1, -2, 1);
  }

  @Test
  void whatIntegersCannotDoIsRefused() {
    Tensor x = Tensor.of(1, 2);
    assertThatThrownBy(() -> x.remainder(Tensor.of(3, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("remainder of integers needs divisors other than 0, got 0 at element 1");
    assertThatThrownBy(() -> x.floorDiv(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("floordiv of integers needs divisors other than 0, got 0 at element 0");
    assertThatThrownBy(() -> x.mul(0.5))
        .isInstanceOf(DTypeException.class)
        .hasMessage("scale on I32 needs a number of that type, got 0.5");
    assertThatThrownBy(() -> Tensor.of(1L).add(0x1p63))
        .isInstanceOf(DTypeException.class)
        .hasMessage("shift on I64 needs a number of that type, got 9.223372036854776E18");
    assertThatThrownBy(() -> x.add(Tensor.of(1L, 2)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("add needs one dtype, got I32 and I64");
    assertThatThrownBy(() -> x.gt(1).add(x.gt(0)))
        .isInstanceOf(DTypeException.class)
        .hasMessage("add needs numbers, got BOOL");
    assertThatThrownBy(() -> x.div(x))
        .isInstanceOf(DTypeException.class)
        .hasMessage("div needs F32 or F64, got I32");
  }
}
