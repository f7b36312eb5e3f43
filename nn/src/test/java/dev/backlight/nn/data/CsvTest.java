package dev.backlight.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvTest {
  private static void fails(String text, String message) {
    assertThatThrownBy(() -> Csv.parse("x.csv", text))
        .isInstanceOf(DataException.class)
        .hasMessage(message);
  }

  private static void fails(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable what, String message) {
    assertThatThrownBy(what).isInstanceOf(DataException.class).hasMessage(message);
  }

  @Test
  void columnTypesAreInferred() {
    Table table =
        Csv.parse("x.csv", "size, colour ,\"big, or not\"\n1, red,yes\n2.5e0,\"blue\",no\n");
    assertThat(table.columns()).containsExactly("size", "colour", "big, or not");
    assertThat(table.rows()).isEqualTo(2);
    assertThat(table.isNumeric("size")).isTrue();
    assertThat(table.isNumeric("colour")).isFalse();
    assertThat(table.numbers("size")).containsExactly(1, 2.5);
    assertThat(table.text("colour")).containsExactly("red", "blue");
    assertThat(table).hasToString("x.csv: 2 rows of size, colour, big, or not");
  }

  @Test
  void everySpellingOfANumberIsOneAndNoOther() {
    for (String yes : List.of("1", "-1", "+1", "1.", ".5", "-.5e-3", "1E+05", "007")) {
      assertThat(Csv.parse("x", "a\n" + yes + "\n").numbers("a"))
          .containsExactly(Double.parseDouble(yes));
    }
    for (String no : List.of("1f", "1d", "0x1p3", "1_000", "1 000", "--1", "e5", ".", "NA", "?")) {
      assertThat(Csv.parse("x", "a\n" + no + "\n").isNumeric("a")).as(no).isFalse();
    }
  }

  @Test
  void valuesAreOrderedBySizeOrAlphabet() {
    Table table = Csv.parse("x", "n,t\n10,b\n9,a\n10,c\n");
    assertThat(table.distinct("n")).containsExactly("9", "10");
    assertThat(table.distinct("t")).containsExactly("a", "b", "c");
  }

  @Test
  void byteOrderMarkWindowsLineEndsAndBlankLinesAreNoMatter(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("excel.csv");
    Files.writeString(file, "\uFEFFa;b\r\n1;\"two\r\nlines\"\r\n\r\n3;x\r\n");
    Table table = Csv.read(file, ';');
    assertThat(table.columns()).containsExactly("a", "b");
    assertThat(table.text("b")).containsExactly("two\r\nlines", "x");
    assertThat(table.line(0)).isEqualTo(2);
    assertThat(table.line(1)).isEqualTo(5);
  }

  @Test
  void anEmptyFileAndAFileOfOnlyAHeaderAreRefused() {
    fails("", "x.csv: a header and rows are needed, got nothing");
    fails("\n\n", "x.csv: a header and rows are needed, got nothing");
    fails("a,b\n", "x.csv: rows are needed, got only a header");
  }

  @Test
  void headersNeedNamesThatDiffer() {
    fails("a,b, a\n1,2,3\n", "x.csv, line 1: column names that differ are needed, got 'a' twice");
    fails(
        "a,,c\n1,2,3\n", "x.csv, line 1: a name for every column is needed, got none for column 2");
  }

  @Test
  void raggedRowsAreRefused() {
    fails("a,b\n1,2\n3\n", "x.csv, line 3: 2 values are needed, as in the header, got 1");
    fails("a,b\n1,2\n\n3,4,5\n", "x.csv, line 4: 2 values are needed, as in the header, got 3");
  }

  @Test
  void brokenQuotesAreRefused() {
    fails(
        "a,b\n1,2\n3,\"4\n5,6\n",
        "x.csv, line 3: a closing quote is needed, got the end of the text");
    fails("a,b\n1,\"2\"x\n", "x.csv, line 2: a separator is needed after a closing quote, got 'x'");
  }

  @Test
  void aMillionColumnsAreRefusedAtTheFirstTooMany() {
    StringBuilder header = new StringBuilder("c");
    for (int i = 1; i < 1_000_000; i++) {
      header.append(",c").append(i);
    }
    fails(header + "\n1\n", "x.csv, line 1: at most 16384 columns are needed, got more");
    fails(
        "a,b\n1" + ",2".repeat(1_000_000) + "\n",
        "x.csv, line 2: at most 16384 columns are needed, got more");
  }

  @Test
  void aQuoteThatSwallowsTheFileIsToldByItsLine() {
    String rows = "3,4\n".repeat(1_000_000);
    fails(
        "a,b\n1,\"2\n" + rows, "x.csv, line 2: a closing quote is needed, got the end of the text");
    fails(
        "a,b\n1,\"2\n" + rows + "\"\n5,6\n",
        "x.csv, line 2: values of at most 1048576 characters are needed, got a longer one");
  }

  @Test
  void filesBeyondAnArrayAreRefusedUnread(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("big.csv");
    try (FileChannel sparse =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      sparse.write(ByteBuffer.wrap(new byte[1]), 3_000_000_000L);
    }
    fails(() -> Csv.read(file), file + ": at most 2147483639 bytes are needed, got 3000000001");
  }

  @Test
  void otherEncodingsAreRefused(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("latin.csv");
    Files.write(file, "name,age\ncafé,3\n".getBytes(StandardCharsets.ISO_8859_1));
    fails(() -> Csv.read(file), file + ", line 2: UTF-8 is needed, got the byte 0xE9");
    Files.write(file, new byte[] {'a', '\n', (byte) 0xC3});
    fails(() -> Csv.read(file), file + ", line 2: UTF-8 is needed, got the byte 0xC3");
  }

  @Test
  void filesThatAreNoneAreRefused(@TempDir Path dir) {
    Path none = dir.resolve("none.csv");
    fails(() -> Csv.read(none), none + ": a file is needed, got none of this name");
    fails(() -> Csv.read(dir), dir + ": a file is needed, got a directory");
  }

  @Test
  void aMissingColumnIsNamed() {
    Table table = Csv.parse("x.csv", "a,b\n1,2\n");
    fails(() -> table.numbers("c"), "x.csv: a column 'c' is needed, got a, b");
    fails(() -> Dataset.of(table, "c"), "x.csv: a column 'c' is needed, got a, b");
    StringBuilder wide = new StringBuilder("a0");
    for (int i = 1; i < 30; i++) {
      wide.append(",a").append(i);
    }
    Table many = Csv.parse("x.csv", wide + "\n" + "1,".repeat(29) + "1\n");
    fails(
        () -> many.numbers("c"),
        "x.csv: a column 'c' is needed, got a0, a1, a2, a3, a4, a5, a6, a7, a8, a9 and 20 more");
  }

  @Test
  void textAmongNumbersIsFoundWithItsLine() {
    Table table = Csv.parse("x.csv", "radius,kind\n1.5,a\n\nabc,b\n");
    fails(
        () -> Dataset.of(table, "kind"),
        "x.csv, line 4, column radius: a number is needed, got 'abc'");
  }

  @Test
  void missingValuesAndNumbersThatAreNoneAreFoundWithTheirLine() {
    Table empty = Csv.parse("x.csv", "radius,kind\n1.5,a\n ,b\n");
    fails(
        () -> Dataset.of(empty, "kind"),
        "x.csv, line 3, column radius: a number is needed, got an empty cell");
    for (String value : List.of("NaN", "inf", "-Infinity", "1e999")) {
      Table table = Csv.parse("x.csv", "radius,kind\n1.5,a\n" + value + ",b\n");
      assertThat(table.isNumeric("radius")).isTrue();
      fails(
          () -> Dataset.of(table, "kind"),
          "x.csv, line 3, column radius: a finite number is needed, got '" + value + "'");
    }
    Table wide = Csv.parse("x.csv", "radius,kind\n1.5,a\n1e39,b\n");
    fails(
        () -> Dataset.of(wide, "kind"),
        "x.csv, line 3, column radius: a number in the range of F32 is needed, got 1.0E39");
    assertThat(wide.numbers(List.of("radius"), DType.F64).shape()).isEqualTo(Shape.of(2, 1));
    Table unlabelled = Csv.parse("x.csv", "radius,kind\n1.5,a\n2,\n");
    fails(
        () -> Dataset.of(unlabelled, "kind"),
        "x.csv, line 3, column kind: a value is needed, got an empty cell");
  }

  @Test
  void aClassThatIsNotAmongTheKnownIsNamed() {
    Table table = Csv.parse("x.csv", "a,kind\n1,cat\n2,dog\n3,cow\n");
    fails(
        () -> Dataset.of(table, "kind", List.of("a"), List.of("cat", "dog"), DType.F32),
        "x.csv, line 4, column kind: one of cat, dog is needed, got 'cow'");
  }

  @Test
  void targetsThatAreNoClassesAreRefused() {
    fails(
        () -> Dataset.of(Csv.parse("x.csv", "a,kind\n1,cat\n2,cat\n"), "kind"),
        "x.csv, column kind: at least two classes are needed, got only 'cat'");
    fails(
        () -> Dataset.of(Csv.parse("x.csv", "a,price\n1,1.5\n2,3\n"), "price"),
        "x.csv, column price: classes are needed, got numbers such as 1.5");
    fails(
        () -> Dataset.of(Csv.parse("x.csv", "kind\ncat\ndog\n"), "kind"),
        "x.csv: columns beside 'kind' are needed, got none");
  }

  @Test
  void theDataOfTheProjectAreRead() {
    Dataset iris = Dataset.of(Csv.read(Path.of("../data/iris.csv")), "species");
    assertThat(iris.x().shape()).isEqualTo(Shape.of(150, 4));
    assertThat(iris.classes()).containsExactly("setosa", "versicolor", "virginica");
    assertThat(iris.counts()).containsExactly(50, 50, 50);
    assertThat(iris.features().getFirst()).isEqualTo("sepal_length_cm");
    Dataset digits = Dataset.of(Csv.read(Path.of("../data/digits.csv")), "label");
    assertThat(digits.x().shape()).isEqualTo(Shape.of(1797, 64));
    assertThat(digits.classes()).startsWith("0", "1").endsWith("9").hasSize(10);
    Dataset cancer = Dataset.of(Csv.read(Path.of("../data/breast_cancer.csv")), "diagnosis");
    assertThat(cancer.counts()).containsExactly(357, 212);
  }

  @Test
  void withoutTheLibraryTheErrorNamesIt() throws Exception {
    List<URL> without = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.contains("fastcsv")) {
        without.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(without.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      var parse =
          loader.loadClass(Csv.class.getName()).getMethod("parse", String.class, String.class);
      assertThatThrownBy(() -> parse.invoke(null, "x.csv", "a\n1\n"))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "reading CSV needs the library de.siegmar:fastcsv, got a program without it; add it"
                  + " to the dependencies, and on the module path say --add-modules"
                  + " de.siegmar.fastcsv");
    }
  }
}
