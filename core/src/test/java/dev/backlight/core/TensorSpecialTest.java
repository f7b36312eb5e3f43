package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.op.Erfcx;
import dev.backlight.core.op.Sinc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Values against those of mpmath, which `src/test/reference/special.py` writes to `special.csv`.
class TensorSpecialTest {

  /// The functions, and how far they may be off in units of 2⁻⁵².
  private record Function(UnaryOperator<Tensor> f, double ulps) {}

  private static final Map<String, Function> FUNCTIONS =
      Map.ofEntries(
          function("asin", Tensor::asin, 1),
          function("acos", Tensor::acos, 1),
          function("atan", Tensor::atan, 1),
          function("sinh", Tensor::sinh, 3),
          function("cosh", Tensor::cosh, 2),
          function("asinh", Tensor::asinh, 2),
          function("acosh", Tensor::acosh, 2),
          function("atanh", Tensor::atanh, 2),
          function("exp2", Tensor::exp2, 1),
          function("log2", Tensor::log2, 2),
          function("log10", Tensor::log10, 2),
          function("cbrt", Tensor::cbrt, 1),
          function("logit", Tensor::logit, 3),
          function("entr", Tensor::entr, 2),
          function("erfc", Tensor::erfc, 6),
          function("erfcx", Tensor::erfcx, 6),
          function("erfcx1", x -> Tensor.apply(new Erfcx(1), x), 20),
          function("erfcx4", x -> Tensor.apply(new Erfcx(4), x), 40),
          function("erfinv", Tensor::erfinv, 6),
          function("lgamma", Tensor::lgamma, 10),
          function("digamma", Tensor::digamma, 20),
          function("polygamma1", x -> x.polygamma(1), 20),
          function("polygamma2", x -> x.polygamma(2), 30),
          function("polygamma9", x -> x.polygamma(9), 40),
          function("ndtr", Tensor::ndtr, 1000),
          function("logNdtr", Tensor::logNdtr, 1000),
          function("sinc", Tensor::sinc, 4),
          function("sinc1", x -> Tensor.apply(new Sinc(1), x), 20),
          function("sinc2", x -> Tensor.apply(new Sinc(2), x), 20),
          function("sinc5", x -> Tensor.apply(new Sinc(5), x), 40));

  private static Map.Entry<String, Function> function(
      String name, UnaryOperator<Tensor> f, double ulps) {
    return Map.entry(name, new Function(f, ulps));
  }

  static List<String[]> values() throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(TensorSpecialTest.class.getResourceAsStream("/special.csv")),
                StandardCharsets.UTF_8))) {
      return in.lines().map(line -> line.split(",")).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("values")
  void valuesAreThoseOfMpmath(String name, double x, double want) {
    Function function = Objects.requireNonNull(FUNCTIONS.get(name));
    double got = function.f().apply(Tensor.of(x)).toDoubles()[0];
    // Where a function crosses 0 its digits are those of the terms that cancel, which are about 1.
    boolean crosses =
        name.equals("digamma") || name.startsWith("sinc") || (name.equals("lgamma") && x < 0);
    double scale = crosses ? Math.max(1, Math.abs(want)) : Math.abs(want);
    assertThat(Math.abs(got - want))
        .as("%s(%s): needed %s, got %s", name, x, want, got)
        .isLessThanOrEqualTo(Math.max(Double.MIN_VALUE, function.ulps() * Math.ulp(1.0) * scale));
    if (name.matches("a?(sin|tan)h?|asin|asinh|cbrt")) {
      assertThat(function.f().apply(Tensor.of(-x)).toDoubles()[0]).as("odd").isEqualTo(-got);
    }
    float single = (float) x;
    float rounded = function.f().apply(Tensor.of(single)).toFloats()[0];
    float wide = (float) function.f().apply(Tensor.of((double) single)).toDoubles()[0];
    boolean composed = name.equals("ndtr") || name.equals("logNdtr");
    if (composed) {
      assertThat((double) rounded)
          .isCloseTo(wide, org.assertj.core.data.Offset.offset(1e-6 * Math.max(1, Math.abs(wide))));
    } else {
      assertThat(Float.valueOf(rounded))
          .as("%s(%s) in F32", name, single)
          .isEqualTo(Float.valueOf(wide));
    }
  }
}
