package dev.backlight.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void everyKindOfValueIsReadAsItsJavaType() throws Exception {
    assertThat(Json.parse(" {\"a\": [1, -2.5, 1e3, true, false, null], \"b\": {}, \"c\": []} "))
        .isEqualTo(
            Map.of(
                "a",
                Arrays.asList(1L, -2.5, 1000.0, true, false, null),
                "b",
                Map.of(),
                "c",
                List.of()));
  }

  @Test
  void namesKeepTheOrderOfTheText() throws Exception {
    Map<?, ?> map = (Map<?, ?>) Json.parse("{\"z\":1,\"a\":2,\"m\":3}");
    assertThat(new ArrayList<>(map.keySet())).isEqualTo(List.of("z", "a", "m"));
    assertThat(Json.write(map)).isEqualTo("{\"z\":1,\"a\":2,\"m\":3}");
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, 9223372036854775807",
    "-9223372036854775808, -9223372036854775808",
    "9223372036854775808, 9.223372036854775807E18",
    "-0, -0.0",
    "0.1, 0.1",
    "5E-324, 4.9E-324",
    "1E+2, 100.0",
    "1e-400, 0.0"
  })
  void numbersAreLongsWhereTheyFitAndDoublesElsewhere(String text, String printed)
      throws Exception {
    Object expected =
        printed.contains(".") ? (Object) Double.valueOf(printed) : (Object) Long.valueOf(printed);
    assertThat(Json.parse(text)).isEqualTo(expected);
  }

  @Test
  void escapesInStringsAreRead() throws Exception {
    assertThat(Json.parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\\u0000\""))
        .isEqualTo("\"\\/\b\f\n\r\té😀\0");
  }

  @Test
  void whatJsonIsNotIsRefusedWithItsPlace() {
    refused("", "JSON needs a value at line 1, column 1, got the end");
    refused("[1,]", "JSON needs a value at line 1, column 4, got ']'");
    refused("[1 2]", "JSON needs ',' or ']' at line 1, column 4, got '2'");
    refused("{\"a\":1,}", "JSON needs a name in quotes at line 1, column 8, got '}'");
    refused("{a:1}", "JSON needs a name in quotes at line 1, column 2, got 'a'");
    refused("{\"a\" 1}", "JSON needs ':' at line 1, column 6, got '1'");
    refused("{\"a\":1 \"b\":2}", "JSON needs ',' or '}' at line 1, column 8, got '\"'");
    refused("{\n  \"a\": x\n}", "JSON needs a value at line 2, column 8, got 'x'");
    refused("1 2", "JSON needs nothing after its value at line 1, column 3, got '2'");
    refused("01", "JSON needs nothing after its value at line 1, column 2, got '1'");
    refused("-", "JSON needs a digit at line 1, column 2, got the end");
    refused("1.", "JSON needs a digit at line 1, column 3, got the end");
    refused(".5", "JSON needs a value at line 1, column 1, got '.'");
    refused("+1", "JSON needs a value at line 1, column 1, got '+'");
    refused("1e", "JSON needs a digit at line 1, column 3, got the end");
    refused("NaN", "JSON needs a value at line 1, column 1, got 'N'");
    refused("nul", "JSON needs a value at line 1, column 1, got 'n'");
    refused("'a'", "JSON needs a value at line 1, column 1, got '''");
    refused("// a\n1", "JSON needs a value at line 1, column 1, got '/'");
    refused("\"a", "JSON needs '\"' at the end of a string at line 1, column 3, got the end");
    refused(
        "\"\t\"",
        "JSON needs control characters in strings as escapes at line 1, column 2, got U+0009");
    refused(
        "\"\\x\"", "JSON needs one of \" \\ / b f n r t u after '\\' at line 1, column 3, got 'x'");
    refused(
        "\"\\u12G4\"",
        "JSON needs four hexadecimal digits after '\\u' at line 1, column 6, got 'G'");
    refused(
        "\"\\u١٢٣٤\"",
        "JSON needs four hexadecimal digits after '\\u' at line 1, column 4, got U+0661");
    refused("1e999", "JSON needs numbers in the range of doubles, got 1e999 at line 1, column 1");
    refused("\uFEFF1", "JSON needs a value at line 1, column 1, got U+FEFF");
    refused("\u00a01", "JSON needs a value at line 1, column 1, got U+00A0");
  }

  @Test
  void aNameThatOccursTwiceIsRefused() {
    refused(
        "{\"a\": 1,\n \"\\u0061\": 2}",
        "JSON needs names that occur once in an object, got \"a\" again at line 2, column 2");
  }

  @Test
  void nestingIsBounded() throws Exception {
    String deepest = "[".repeat(64) + "]".repeat(64);
    assertThat(Json.write(Json.parse(deepest))).isEqualTo(deepest);
    refused(
        "[".repeat(65) + "]".repeat(65),
        "JSON needs nesting of at most 64 levels, got more at line 1, column 65");
    refused(
        "{\"a\":".repeat(1_000_000),
        "JSON needs nesting of at most 64 levels, got more at line 1, column 321");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    assertThatThrownBy(() -> Json.parse(new byte[] {'"', (byte) 0xc3, '"'}))
        .isInstanceOf(FormatException.class)
        .hasMessage("JSON needs UTF-8, got bytes that are not");
  }

  @Test
  void aBrokenFileIsNamed(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("a.json");
    Files.writeString(file, "[");
    assertThatThrownBy(() -> Json.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(file + ": JSON needs a value at line 1, column 2, got the end");
  }

  @Test
  void aFileIsWrittenWithALineFeedAndReadBack(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("a.json");
    Json.write(file, List.of("é", 1));
    assertThat(Files.readAllBytes(file)).isEqualTo("[\"é\",1]\n".getBytes(StandardCharsets.UTF_8));
    assertThat(Json.read(file)).isEqualTo(List.of("é", 1L));
  }

  @Test
  void arraysEnumsAndAllNumbersAreWritten() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("floats", new float[] {0.1f, 1e10f, -0f});
    map.put("doubles", new double[] {0.1, 1e300});
    map.put("ints", new int[] {1, -2});
    map.put("booleans", new boolean[] {true, false});
    map.put("strings", new String[] {"a", "b"});
    map.put("enum", TimeUnit.DAYS);
    map.put("byte", (byte) -1);
    assertThat(Json.write(map))
        .isEqualTo(
            "{\"floats\":[0.1,1.0E10,-0.0],\"doubles\":[0.1,1.0E300],\"ints\":[1,-2],"
                + "\"booleans\":[true,false],\"strings\":[\"a\",\"b\"],\"enum\":\"DAYS\","
                + "\"byte\":-1}");
  }

  @Test
  void prettyTextKeepsOnALineWhatFitsAndFillsLinesOfNumbers() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("method", "saliency");
    map.put("shape", List.of(2, 3));
    map.put("scores", new int[60]);
    map.put("layers", List.of(Map.of("name", "x".repeat(60)), Map.of("name", "y".repeat(60))));
    assertThat(Json.write(map, Json.Style.PRETTY))
        .isEqualTo(
            """
            {
              "method": "saliency",
              "shape": [2, 3],
              "scores": [
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
              ],
              "layers": [
                {"name": "%s"},
                {"name": "%s"}
              ]
            }\
            """
                .formatted("x".repeat(60), "y".repeat(60)));
  }

  @Test
  void numbersThatJsonLacksAreRefusedWhereTheyStandOrBecomeNull() {
    Map<String, Object> map = Map.of("scores", List.of(1, new double[] {0, Double.NaN}));
    assertThatThrownBy(() -> Json.write(map))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("JSON has no NaN, got it at scores[1][1]");
    assertThatThrownBy(() -> Json.write(Float.NEGATIVE_INFINITY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("JSON has no -Infinity, got it");
    assertThat(Json.write(map, Json.Style.NULL_FOR_NON_FINITE))
        .isEqualTo("{\"scores\":[1,[0.0,null]]}");
  }

  @Test
  void valuesThatJsonLacksAreRefusedByType() {
    assertThatThrownBy(() -> Json.write(Map.of("when", List.of(Thread.State.NEW, new Object()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "JSON holds maps, lists, arrays, strings, numbers, booleans and null,"
                + " got java.lang.Object at when[1]");
    assertThatThrownBy(() -> Json.write(List.of(Map.of(1, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("JSON needs names that are strings, got 1 at [0]");
    List<Object> ring = new ArrayList<>();
    ring.add(ring);
    assertThatThrownBy(() -> Json.write(ring))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("JSON needs nesting of at most 64 levels, got more");
  }

  @Test
  void textForHtmlCannotEndItsScript() throws Exception {
    String tag = "</script><!--&";
    String text = Json.write(tag, Json.Style.INSIDE_HTML);
    assertThat(text).isEqualTo("\"\\u003c/script\\u003e\\u003c!--\\u0026\"");
    assertThat(Json.parse(text)).isEqualTo(tag);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "\udc00", "a\udc00\ud800b", "😀", "\u2028\u2029\u007f\u0001"})
  void oddCharactersSurviveUtf8(String odd) throws Exception {
    byte[] bytes = Json.write(odd).getBytes(StandardCharsets.UTF_8);
    assertThat(Json.parse(bytes)).isEqualTo(odd);
  }

  private static void refused(String text, String message) {
    assertThatThrownBy(() -> Json.parse(text))
        .isInstanceOf(FormatException.class)
        .hasMessage(message);
  }
}
