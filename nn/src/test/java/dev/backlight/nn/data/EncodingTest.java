package dev.backlight.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Classifier;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.Standardizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodingTest {
  private static final String SMALL =
      """
      size,colour,code
      1,red,7
      ,green,12
      4,,7
      7,red,12
      """;

  private static Table small() {
    return Csv.parse("small.csv", SMALL);
  }

  private static Encoder filling() {
    return Encoder.of().numbers(Missing.mean()).categories(Missing.mostFrequent());
  }

  @Test
  void fillingEncodingAndScalingAreThoseOfScikitLearn() throws IOException {
    Table people = Csv.parse("people.csv", resource("people.csv"));
    Map<?, ?> json = (Map<?, ?>) Objects.requireNonNull(Json.parse(resource("encoding.json")));
    int train = ((Long) Objects.requireNonNull(json.get("train"))).intValue();
    Encoding encoding =
        filling()
            .missing("height", Missing.median())
            .categorical("zip")
            .fit(people.select(IntStream.range(0, train).toArray()), "bought");
    assertThat(encoding.features())
        .containsExactly(
            "age",
            "height",
            "zip=999",
            "zip=1010",
            "zip=20095",
            "colour=blue",
            "colour=green",
            "colour=red");
    Tensor x = encoding.apply(people, DType.F64);
    near(x, json.get("encoded"));
    Tensor known = x.slice(0, 0, train);
    near(Standardizer.fit(known).apply(x), json.get("standard"));
    near(Standardizer.minMax(known, -1, 3).apply(x), json.get("minmax"));
  }

  private static void near(Tensor got, Object rows) {
    double[] want =
        ((List<?>) rows)
            .stream()
                .flatMap(row -> ((List<?>) row).stream())
                .mapToDouble(v -> ((Number) v).doubleValue())
                .toArray();
    assertThat(got.toDoubles()).containsExactly(want, within(1e-12));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = EncodingTest.class.getResourceAsStream("/data/" + name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void numbersStayAndNamesBecomeColumnsOfZeroAndOne() {
    Encoding encoding = filling().fit(small(), List.of("colour", "size"));
    assertThat(encoding.features()).containsExactly("colour=green", "colour=red", "size");
    assertThat(encoding.apply(small(), DType.F32).toFloats())
        .containsExactly(0, 1, 1, 1, 0, 4, 0, 1, 4, 0, 1, 7);
  }

  @Test
  void whatWasMeasuredInTrainingIsUsedAfterwards() {
    Encoding encoding = filling().fit(small(), List.of("size", "colour"));
    Table later = Csv.parse("later.csv", "colour,other,size\n,x,100\ngreen,y,\n");
    assertThat(encoding.apply(later, DType.F32).toFloats()).containsExactly(100, 0, 1, 4, 1, 0);
  }

  @Test
  void aGivenValueStandsForEmptyCells() {
    Encoding encoding =
        Encoder.of()
            .missing("size", Missing.value(-1))
            .missing("colour", Missing.value("none"))
            .fit(small(), List.of("size", "colour"));
    assertThat(encoding.features())
        .containsExactly("size", "colour=green", "colour=red", "colour=none");
    assertThat(encoding.apply(small(), DType.F32).toFloats())
        .containsExactly(1, 0, 1, 0, -1, 1, 0, 0, 4, 0, 0, 1, 7, 0, 1, 0);
  }

  @Test
  void theMedianOfAnEvenCountIsTheMeanOfTheMiddleTwo() {
    Table table = Csv.parse("t.csv", "a,b\n1,1\n9,2\n2,3\n4,4\n,5\n");
    Encoding encoding = Encoder.of().numbers(Missing.median()).fit(table, List.of("a"));
    assertThat(encoding.columns()).containsExactly(new Encoding.Numeric("a", 3.0));
  }

  @Test
  void rowsWithEmptyCellsCanBeLeftOut() {
    assertThat(small().complete().text("code")).containsExactly("7", "12");
    assertThat(small().complete(List.of("size")).text("size")).containsExactly("1", "4", "7");
    assertThat(small().complete().line(1)).isEqualTo(5);
    assertThat(small().missing("red").complete(List.of("colour")).text("colour"))
        .containsExactly("green");
  }

  @Test
  void emptyCellsAreRefusedUnlessSomethingStandsForThem() {
    Encoding encoding = Encoder.of().fit(small(), List.of("size", "colour"));
    refused(
        () -> encoding.apply(small(), DType.F32),
        "small.csv, line 3, column size: a number is needed, got an empty cell");
    Encoding names = Encoder.of().fit(small(), List.of("colour"));
    refused(
        () -> names.apply(small(), DType.F32),
        "small.csv, line 4, column colour: a value is needed, got an empty cell");
  }

  @Test
  void aClassNeverSeenIsRefusedOrNoneOfTheKnown() {
    Table later = Csv.parse("later.csv", "code,colour\n1,pink\n");
    refused(
        () -> filling().fit(small(), List.of("colour")).apply(later, DType.F32),
        "later.csv, line 2, column colour: one of green, red is needed, got 'pink'");
    assertThat(
            filling()
                .others(true)
                .fit(small(), List.of("colour"))
                .apply(later, DType.F32)
                .toFloats())
        .containsExactly(0, 0);
    refused(
        () -> filling().fit(small(), List.of("size")).apply(later, DType.F32),
        "later.csv: a column 'size' is needed, got code, colour");
  }

  @Test
  void aTextAmongNumbersIsNoClassUnlessSaid() {
    Table typo = Csv.parse("t.csv", "age,y\n31,a\n,a\n3o,b\n40,b\n");
    refused(
        () -> Encoder.of().numbers(Missing.mean()).fit(typo, "y"),
        "t.csv, line 4, column age: a number is needed, as in other rows, got '3o'; if all of them"
            + " are names, say categorical(\"age\")");
    assertThat(
            Encoder.of()
                .categories(Missing.mostFrequent())
                .categorical("age")
                .fit(typo, "y")
                .features())
        .containsExactly("age=31", "age=3o", "age=40");
  }

  @Test
  void whatCannotBeMeasuredIsRefused() {
    refused(
        () -> Encoder.of().categories(Missing.mean()).fit(small(), List.of("colour")),
        "small.csv, column colour: a class for empty cells is needed, by mostFrequent() or"
            + " value(...), got MEAN");
    refused(
        () -> Encoder.of().numbers(Missing.value("none")).fit(small(), List.of("size")),
        "small.csv, column size: a number for empty cells is needed, got 'none'");
    refused(
        () -> Encoder.of().most(1).fit(small(), List.of("colour")),
        "small.csv, column colour: at most 1 classes are needed, got 2");
    refused(
        () -> Encoder.of().fit(Csv.parse("t.csv", "a,b\n,1\n"), List.of("a")),
        "t.csv, column a: a value is needed, got only empty cells");
    refused(
        () -> Encoder.of().categorical("kind").fit(small(), "colour"),
        "small.csv: a column 'kind' is needed, got size, colour, code");
    refused(
        () -> Encoder.of().fit(Csv.parse("t.csv", "a\n1\n"), "a"),
        "t.csv: columns to encode are needed, got none");
  }

  @Test
  void aClassifierKeepsItsEncoding(@TempDir Path dir) throws IOException {
    Encoding encoding =
        filling().others(true).categorical("code").fit(small(), List.of("size", "colour", "code"));
    Tensor x = encoding.apply(small(), DType.F32);
    Classifier saved =
        Classifier.of(
            Sequential.mlp(Key.of(1), Activation.TANH, 5, 3, 2),
            Standardizer.minMax(x),
            encoding,
            List.of("no", "yes"),
            Map.of());
    Path file = dir.resolve("c.safetensors");
    saved.save(file);
    Classifier loaded = Classifier.load(file);
    assertThat(loaded.encoding()).isEqualTo(encoding);
    assertThat(loaded.inputs(small()).sameAs(x)).isTrue();
    assertThat(loaded.apply(loaded.inputs(small())).sameAs(saved.apply(x))).isTrue();
    Table judged = Csv.parse("j.csv", "code,colour,size,y\n7,,,yes\n");
    assertThat(loaded.examples(judged, "y").x().toFloats()).containsExactly(4, 0, 1, 1, 0);
  }

  @Test
  void jsonThatIsNoEncodingIsRefused() {
    assertThat(parsed("[{'name':'a'},{'name':'b','classes':['x'],'others':false,'filled':'x'}]"))
        .hasToString(
            "Encoding[columns=[Numeric[name=a, filled=null], Categorical[name=b, classes=[x],"
                + " filled=x, others=false]]]");
    misfit("{}", "a list of columns, got {}");
    misfit("[1]", "a column with a name, got 1");
    misfit("[{'name':'a','filled':'x'}]", "a number for empty cells, got x");
    misfit(
        "[{'name':'a','classes':['x','x'],'others':true}]",
        "classes of different names, got [x, x]");
    misfit(
        "[{'name':'a','classes':[],'others':true}]",
        "classes, and whether there are others, got {name=a, classes=[], others=true}");
    misfit(
        "[{'name':'a','classes':['x']}]",
        "classes, and whether there are others, got {name=a, classes=[x]}");
    misfit(
        "[{'name':'a','classes':['x'],'others':true,'filled':'y'}]",
        "one of the classes for empty cells, got y");
  }

  private static Encoding parsed(String json) {
    try {
      return Encoding.parse(Json.parse(json.replace('\'', '"')));
    } catch (FormatException e) {
      throw new AssertionError(e);
    }
  }

  private static void misfit(String json, String problem) {
    assertThatThrownBy(() -> Encoding.parse(Json.parse(json.replace('\'', '"'))))
        .isInstanceOf(FormatException.class)
        .hasMessage("an encoding needs " + problem);
  }

  private static void refused(ThrowingCallable call, String problem) {
    assertThatThrownBy(call).isInstanceOf(DataException.class).hasMessage(problem);
  }
}
