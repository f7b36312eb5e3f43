package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.io.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
  @TempDir static Path folder;
  private static Path model = Path.of("");
  private static Path data = Path.of("");

  @BeforeAll
  static void train() throws Exception {
    model = Tables.model(folder);
    data = folder.resolve("flowers.csv");
  }

  private static Ran explain(String out, Object... more) {
    Object[] args = new Object[more.length + 6];
    Object[] first = {"explain", "--model", model, data, "--out", folder.resolve(out)};
    System.arraycopy(first, 0, args, 0, 6);
    System.arraycopy(more, 0, args, 6, more.length);
    Ran ran = Ran.of(args);
    assertThat(ran.code()).as(ran.err()).isZero();
    return ran;
  }

  @Test
  void csvHasARowForEveryRowAndAColumnForEveryFeature() throws Exception {
    explain("a.csv");
    List<String> lines = Files.readAllLines(folder.resolve("a.csv"));
    assertThat(lines).hasSize(61);
    assertThat(lines.getFirst())
        .isEqualTo("row,predicted,explained,f(x),residual,width,height,noise");
    assertThat(lines.get(1)).matches("1,(rose|daisy),(rose|daisy)(,-?[0-9.E-]+){5}");
  }

  @Test
  void contributionsAndResidualAddUpToTheAnswerForEveryMethod() throws Exception {
    for (Method method : Method.values()) {
      if (method.measuresShares()) {
        explain("a.json", "--method", method.id);
        for (Map<?, ?> row : rows("a.json")) {
          double sum = 0;
          for (Object score : (List<?>) row.get("scores")) {
            sum += ((Number) score).doubleValue();
          }
          assertThat(sum + number(row, "residual"))
              .as(method.id)
              .isCloseTo(number(row, "output") - number(row, "baselineOutput"), within(1e-4));
        }
      }
    }
  }

  @Test
  void integratedGradientsLeaveAThousandthUnexplainedAtMost() throws Exception {
    for (String baseline : List.of("mean", "zeros")) {
      explain("a.json", "--baseline", baseline);
      for (Map<?, ?> row : rows("a.json")) {
        double scale =
            Math.max(Math.abs(number(row, "output")), Math.abs(number(row, "baselineOutput")));
        assertThat(Math.abs(number(row, "residual"))).isLessThan(1e-3 * scale);
      }
    }
  }

  @Test
  void theBaselineOfZerosIsARowOfZeros() throws Exception {
    Path zero = Tables.write(folder, "zero.csv", "noise,height,width\n0,0,0\n");
    Path out = folder.resolve("zero.json");
    Ran ran = Ran.of("explain", "--model", model, zero, "--baseline", "zeros", "--out", out);
    assertThat(ran.code()).as(ran.err()).isZero();
    Map<?, ?> row = rows("zero.json").getFirst();
    assertThat((List<?>) row.get("scores"))
        .allSatisfy(s -> assertThat(((Number) s).doubleValue()).isZero());
    assertThat(number(row, "output")).isEqualTo(number(row, "baselineOutput"));
    assertThat(row.containsKey("truth")).isFalse();
  }

  @Test
  void columnsAreFoundByNameInAnyOrder() throws Exception {
    Path one = Tables.write(folder, "one.csv", "width,height,noise,comment\n0.5,10.5,-1,a b\n");
    Path two = Tables.write(folder, "two.csv", "comment,noise,height,width\n?,-1,10.5,0.5\n");
    for (Path table : List.of(one, two)) {
      Ran ran =
          Ran.of(
              "explain",
              "--model",
              model,
              table,
              "--out",
              folder.resolve(table.getFileName() + ".csv"));
      assertThat(ran.code()).as(ran.err()).isZero();
    }
    assertThat(folder.resolve("two.csv.csv"))
        .hasSameTextualContentAs(folder.resolve("one.csv.csv"));
  }

  @Test
  void whatDecidesOutweighsNoise() throws Exception {
    explain("a.json");
    double[] mean = new double[3];
    for (Map<?, ?> row : rows("a.json")) {
      for (int j = 0; j < 3; j++) {
        mean[j] += Math.abs(((Number) ((List<?>) row.get("scores")).get(j)).doubleValue());
      }
    }
    assertThat(mean[0]).isGreaterThan(2 * mean[2]);
    assertThat(mean[1]).isGreaterThan(2 * mean[2]);
  }

  @Test
  void oneClassCanBeExplainedForAllRows() throws Exception {
    explain("a.json", "--target-class", "daisy", "--rows", 7);
    assertThat(rows("a.json"))
        .hasSize(7)
        .allSatisfy(row -> assertThat(row.get("explained")).isEqualTo("daisy"));
  }

  @Test
  void thePageHasTheFiguresOfEveryMethod() throws Exception {
    for (Method method : Method.values()) {
      explain("a.html", "--method", method.id, "--rows", 20);
      assertThat(folder.resolve("a.html"))
          .content()
          .contains("20 rows, every feature", "Ranking of the features", "Row 6:", method.paper)
          .doesNotContain("Row 7:")
          .doesNotContain("NaN");
    }
  }

  @Test
  void slopesHaveTheirOwnUnitAndNoResidual() throws Exception {
    Ran ran = explain("a.json", "--method", "saliency");
    assertThat(ran.out()).doesNotContain("residual");
    assertThat(object("a.json").get("unit")).isEqualTo("logit per standard deviation");
    assertThat(rows("a.json").getFirst().get("residual")).isNull();
  }

  @Test
  void theFormatIsThatOfTheEndingInAnyCase() throws Exception {
    explain("b.HTML", "--rows", 1);
    assertThat(folder.resolve("b.HTML")).content().startsWith("<!DOCTYPE html>");
  }

  private static Map<?, ?> object(String name) throws Exception {
    return (Map<?, ?>) java.util.Objects.requireNonNull(Json.read(folder.resolve(name)));
  }

  private static List<Map<?, ?>> rows(String name) throws Exception {
    return ((List<?>) object(name).get("rows"))
        .stream().<Map<?, ?>>map(row -> (Map<?, ?>) row).toList();
  }

  private static double number(Map<?, ?> row, String key) {
    return ((Number) row.get(key)).doubleValue();
  }
}
