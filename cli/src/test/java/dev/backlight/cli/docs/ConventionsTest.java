package dev.backlight.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every row of the table of conventions is asked of the engine.
///
/// A row reads `| code | x | value | gradient | … |`: the code is a function of the vector `x` in
/// `F64`, the gradient that of the sum of what it makes. `½` and `∞` are numbers, `–` is not asked.
class ConventionsTest {
  @TempDir static Path classes;

  /// One row: a function, a point and what must come out.
  private record Row(String code, String x, String value, String gradient, String rule) {}

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (String line : Pages.lines(Pages.top().resolve("docs/conventions.md"))) {
      if (line.startsWith("| `")) {
        String[] cells = line.split("\\s*\\|\\s*");
        rows.add(new Row(cells[1].replace("`", ""), cells[2], cells[3], cells[4], cells[5]));
      }
    }
    return rows;
  }

  @TestFactory
  Stream<DynamicTest> everyRowIsWhatTheEngineAnswers() throws Exception {
    List<Row> rows = rows();
    assertThat(rows).hasSizeGreaterThan(30);
    StringBuilder source = new StringBuilder();
    source.append("import dev.backlight.core.*;\n");
    source.append("import java.util.*;\nimport java.util.function.*;\n");
    source.append("public final class Rows {\n");
    source.append("  public static List<Function<Tensor, Tensor>> all() {\n");
    source.append("    List<Function<Tensor, Tensor>> all = new ArrayList<>();\n");
    rows.forEach(row -> source.append("    all.add(x -> ").append(row.code()).append(");\n"));
    source.append("    return all;\n  }\n}\n");
    Programs.compile(Map.of("Rows", source.toString()), classes);
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {classes.toUri().toURL()}, getClass().getClassLoader())) {
      Method all = loader.loadClass("Rows").getMethod("all");
      List<?> functions = (List<?>) all.invoke(null);
      List<DynamicTest> tests = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        Row row = rows.get(i);
        Function<Tensor, Tensor> f = function(functions.get(i));
        tests.add(DynamicTest.dynamicTest(row.code() + " at " + row.x(), () -> ask(row, f)));
      }
      return tests.stream();
    }
  }

  @SuppressWarnings("unchecked")
  private static Function<Tensor, Tensor> function(Object made) {
    return (Function<Tensor, Tensor>) made;
  }

  private static void ask(Row row, Function<Tensor, Tensor> f) {
    double[] point = numbers(row.x());
    Tensor x = Tensor.of(Shape.of(point.length), point);
    if (row.value().equals("error")) {
      assertThatThrownBy(() -> f.apply(x)).as(row.code()).hasMessage(row.rule());
      return;
    }
    if (!row.value().equals("–")) {
      assertThat(close(f.apply(x).to(DType.F64).toDoubles(), numbers(row.value())))
          .as("%s at %s is %s", row.code(), row.x(), f.apply(x))
          .isTrue();
    }
    if (!row.gradient().equals("–")) {
      Tensor gradient = Tape.record((Tensor v) -> f.apply(v).sum(), x).gradient().run(x);
      assertThat(close(gradient.toDoubles(), numbers(row.gradient())))
          .as("the gradient of %s at %s is %s", row.code(), row.x(), gradient)
          .isTrue();
    }
  }

  private static boolean close(double[] got, double[] want) {
    if (got.length != want.length) {
      return false;
    }
    for (int i = 0; i < got.length; i++) {
      boolean same = Double.compare(got[i] + 0.0, want[i] + 0.0) == 0;
      if (!same && !(Math.abs(got[i] - want[i]) <= 1e-4 * Math.max(1e-3, Math.abs(want[i])))) {
        return false;
      }
    }
    return true;
  }

  private static double[] numbers(String cell) {
    return Arrays.stream(cell.split(",\\s*")).mapToDouble(ConventionsTest::number).toArray();
  }

  private static double number(String text) {
    String plain = text.strip().replace('−', '-');
    return switch (plain) {
      case "½" -> 0.5;
      case "-½" -> -0.5;
      case "∞" -> Double.POSITIVE_INFINITY;
      case "-∞" -> Double.NEGATIVE_INFINITY;
      case "NaN" -> Double.NaN;
      default -> Double.parseDouble(plain);
    };
  }
}
