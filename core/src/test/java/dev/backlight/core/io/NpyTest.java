package dev.backlight.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
  private static final Tensor FLOATS =
      Tensor.of(Shape.of(2, 3), 1f, -2.5f, 0f, Float.NaN, Float.POSITIVE_INFINITY, -0f);
  private static final Tensor DOUBLES =
      Tensor.of(Shape.of(2, 3), 1.0, -2.5, 0.0, Double.NaN, Double.POSITIVE_INFINITY, -0.0);

  @TempDir Path folder;

  @Test
  void everyDtypeOfOursIsReadAsNumpyWroteIt() throws Exception {
    same("f4.npy", FLOATS);
    same("f8.npy", DOUBLES);
    same("i4.npy", Tensor.of(Shape.of(2, 2), 1, -2, Integer.MAX_VALUE, Integer.MIN_VALUE));
    same("i8.npy", Tensor.of(1L, -2L, Long.MAX_VALUE, Long.MIN_VALUE));
    same("b1.npy", Tensor.of(true, false, true));
    same("scalar.npy", Tensor.scalar(0.1f));
    same("empty.npy", Tensor.zeros(Shape.of(2, 0, 3), DType.F64));
  }

  @Test
  void bothByteOrdersBothLayoutsAndAllVersionsAreRead() throws Exception {
    same("big-endian.npy", FLOATS);
    same("big-endian-i8.npy", Tensor.of(1L, -2L, 1L << 40));
    same("version2.npy", FLOATS);
    same("version3.npy", FLOATS);
    same("fortran.npy", Tensor.arange(24, DType.I32).reshape(2, 3, 4));
  }

  @Test
  void narrowerAndUnsignedTypesBecomeTheNextThatHoldsThem() throws Exception {
    // 6e-8 as a half is the smallest one, 2^-24.
    same("f2.npy", Tensor.of(1f, -0.3330078125f, 65504f, 0x1p-24f, Float.POSITIVE_INFINITY));
    same("i1.npy", Tensor.of(-128, 127));
    same("u1.npy", Tensor.of(0, 255));
    same("i2.npy", Tensor.of(-32768, 32767));
    same("u2.npy", Tensor.of(0, 65535));
    same("u4.npy", Tensor.of(0L, 4294967295L));
    same("u8.npy", Tensor.of(0L, Long.MAX_VALUE));
    refused(
        Fixtures.bytes("u8-too-big.npy"),
        "unsigned 64-bit integers need to be below 2^63 to be read as I64, got"
            + " 9223372036854775808");
  }

  @ParameterizedTest
  @ValueSource(strings = {"f4", "f8", "i4", "i8", "b1", "scalar", "empty"})
  void whatIsWrittenIsWhatNumpyWrites(String name) throws Exception {
    byte[] bytes = Fixtures.bytes(name + ".npy");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, Npy.read(new ByteArrayInputStream(bytes), name));
    assertThat(out.toByteArray()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "object; '|O' (Python objects, which are pickled and could run code)",
        "text; '<U2' (text)",
        "complex; '<c16' (complex numbers)"
      })
  void whatIsNoNumberIsRefusedByName(String file, String type) throws Exception {
    refused(
        Fixtures.bytes(file + ".npy"),
        "an array needs a dtype of b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8, got " + type);
  }

  @Test
  void aStructuredArrayIsRefused() throws Exception {
    refused(
        Fixtures.bytes("structured.npy"),
        "an array needs one number an element, got a structured dtype");
  }

  @Test
  void aFileIsWrittenAndReadBackAndNamedInErrors() throws Exception {
    Path file = folder.resolve("x.npy");
    Npy.write(file, FLOATS);
    assertThat(Npy.read(file).sameAs(FLOATS)).isTrue();
    Files.write(file, new byte[] {'P', 'K', 3, 4});
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(file + ": an .npy file begins with 93 4e 55 4d 50 59, got 50 4b 03 04");
    Path missing = folder.resolve("no.npy");
    assertThatThrownBy(() -> Npy.read(missing)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void severalTensorsMayFollowEachOtherInAStreamButNotInAFile() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, FLOATS);
    Npy.write(out, DOUBLES);
    InputStream in = new ByteArrayInputStream(out.toByteArray());
    assertThat(Npy.read(in, "x").sameAs(FLOATS)).isTrue();
    assertThat(Npy.read(in, "x").sameAs(DOUBLES)).isTrue();
    assertThat(in.read()).isEqualTo(-1);
    Path file = folder.resolve("two.npy");
    Files.write(file, out.toByteArray());
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(file + ": F32(2, 3) needs 24 bytes of data, got 200");
  }

  @Test
  void everyTruncationIsRefused() throws Exception {
    byte[] whole = Fixtures.bytes("f4.npy");
    Path file = folder.resolve("x.npy");
    for (int n = 0; n < whole.length; n++) {
      byte[] part = Arrays.copyOf(whole, n);
      assertThatThrownBy(() -> Npy.read(new ByteArrayInputStream(part), "x.npy"))
          .isInstanceOf(FormatException.class)
          .hasMessageMatching("x\\.npy: .* got .*");
      Files.write(file, part);
      assertThatThrownBy(() -> Npy.read(file)).isInstanceOf(FormatException.class);
    }
    refused(new byte[0], "an .npy file begins with 93 4e 55 4d 50 59, got nothing");
    refused(Arrays.copyOf(whole, 7), "needs .npy format 1.0, 2.0 or 3.0, got the end");
    refused(Arrays.copyOf(whole, 9), "needs 2 bytes for the length of its header, got 1");
    refused(Arrays.copyOf(whole, 50), "needs 118 bytes for its header, got 40");
    refused(Arrays.copyOf(whole, 149), "F32(2, 3) needs 24 bytes of data, got 21");
  }

  @Test
  void otherVersionsAreRefused() throws Exception {
    byte[] bytes = Fixtures.bytes("f4.npy");
    bytes[6] = 4;
    refused(bytes, "needs .npy format 1.0, 2.0 or 3.0, got 4.0");
    bytes[6] = 1;
    bytes[7] = (byte) 200;
    refused(bytes, "needs .npy format 1.0, 2.0 or 3.0, got 1.200");
  }

  @Test
  void anOversizedHeaderIsRefusedUnread() {
    byte[] bytes =
        ByteBuffer.allocate(12)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0})
            .putInt(-1)
            .array();
    refused(bytes, "needs a header of at most 1048576 bytes, got 4294967295");
  }

  @Test
  void shapesThatCannotBeAreRefused() {
    header("(65536, 65536)", "needs at most 2147483647 elements, got (65536, 65536)");
    header("(2147483648,)", "needs at most 2147483647 elements, got (2147483648)");
    header(
        "(99999999999999999999,)", "needs at most 2147483647 elements, got (9223372036854775807)");
    header("(2, -3)", "needs sizes of at least 0, got (2, -3)");
    header("(3)", "needs a tuple as its shape, got (3)");
    header("(" + "1, ".repeat(65) + ")", "needs a rank of at most 64, got 65");
    header("3", "needs '(' at column 51 of its header, got '3'");
    header("(2.5,)", "needs ',' or ')' at column 53 of its header, got '.'");
    header("(2 3)", "needs ',' or ')' at column 54 of its header, got '3'");
    header("(", "needs a number at column 52 of its header, got ','");
    header("(True,)", "needs a number at column 52 of its header, got 'T'");
  }

  @Test
  void aDeclaredSizeIsNotBelievedBeforeTheDataCame() throws Exception {
    // Eight gigabytes are declared; a stream is read as far as it goes, a file is measured first.
    byte[] bytes = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647,), }");
    refused(bytes, "F32(2147483647) needs 8589934588 bytes of data, got 0");
    Path file = folder.resolve("x.npy");
    Files.write(file, bytes);
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(file + ": F32(2147483647) needs 8589934588 bytes of data, got 0");
  }

  @Test
  void headersThatAreNotTheFormatsAreRefused() {
    String tail = "'fortran_order': False, 'shape': (), }";
    refused(npy(""), "needs '{' at column 1 of its header, got the end");
    refused(npy("[]"), "needs '{' at column 1 of its header, got '['");
    refused(npy("{}"), "needs the keys 'descr', 'fortran_order' and 'shape' in its header, got {}");
    refused(
        npy("{'descr': '<f4', 'descr': '<f8', " + tail),
        "needs the keys 'descr', 'fortran_order' and 'shape' in its header, once each,"
            + " got 'descr' at column 18");
    refused(
        npy("{'extra': '<f4', " + tail),
        "needs the keys 'descr', 'fortran_order' and 'shape' in its header, once each,"
            + " got 'extra' at column 2");
    refused(
        npy("{descr: '<f4', " + tail), "needs a key in quotes at column 2 of its header, got 'd'");
    refused(npy("{'descr' '<f4', " + tail), "needs ':' at column 10 of its header, got '''");
    refused(
        npy("{'descr': 4, " + tail), "needs a dtype in quotes at column 11 of its header, got '4'");
    refused(npy("{'descr': '<f4 "), "needs a dtype in quotes at column 11 of its header, got '''");
    refused(
        npy("{'descr': '<f4', 'fortran_order': 0, 'shape': (), }"),
        "needs True or False at column 35 of its header, got '0'");
    refused(
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': ()} or exit()"),
        "needs the end at column 55 of its header, got 'o'");
    for (String descr : new String[] {"", "f4", "=f4", "|f4", "<f3", "<f16", "<", "<b2"}) {
      refused(
          npy("{'descr': '" + descr + "', " + tail),
          "an array needs a dtype of b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8, got '" + descr + "'");
    }
    byte[] version3 =
        ByteBuffer.allocate(16)
            .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 3, 0, 4, 0, 0, 0})
            .put(new byte[] {'{', '\'', (byte) 0xff, '\''})
            .array();
    refused(version3, "needs a header in UTF-8, got bytes that are not");
  }

  @Test
  void headersOfOtherWritersAreRead() throws Exception {
    Tensor two = Tensor.zeros(2);
    for (String header :
        new String[] {
          "{\"shape\": (2L,), 'descr': \"<f4\", 'fortran_order': True}",
          "{ 'descr' :'<f4','fortran_order':False,'shape':( 2 , )}  \n",
        }) {
      byte[] bytes = npy(header);
      byte[] whole = Arrays.copyOf(bytes, bytes.length + 8);
      assertThat(Npy.read(new ByteArrayInputStream(whole), "x").sameAs(two)).isTrue();
    }
  }

  @Test
  void dataLongerThanAChunkArriveWhole() throws Exception {
    Tensor long_ = Tensor.arange(1_000_003, DType.I64);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, long_);
    assertThat(Npy.read(new ByteArrayInputStream(out.toByteArray()), "x").sameAs(long_)).isTrue();
    Path file = folder.resolve("x.npy");
    Npy.write(file, long_);
    assertThat(Npy.read(file).sameAs(long_)).isTrue();
  }

  @Test
  void aRankThatNumpyCannotReadIsNotWritten() {
    int[] ones = new int[65];
    Arrays.fill(ones, 1);
    assertThatThrownBy(() -> Npy.write(new ByteArrayOutputStream(), Tensor.zeros(ones)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("an .npy file needs a rank of at most 64, got 65");
  }

  private static void header(String shape, String message) {
    refused(npy("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }"), message);
  }

  /// A file of format 1.0 with this header and no data.
  static byte[] npy(String header) {
    return ByteBuffer.allocate(10 + header.length())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) header.length())
        .put(header.getBytes(StandardCharsets.ISO_8859_1))
        .array();
  }

  private static void same(String name, Tensor expected) throws IOException {
    Tensor read = Npy.read(Fixtures.stream(name), name);
    assertThat(read.sameAs(expected)).as("%s: %s", name, read).isTrue();
  }

  private static void refused(byte[] bytes, String problem) {
    assertThatThrownBy(() -> Npy.read(new ByteArrayInputStream(bytes), "x.npy"))
        .isInstanceOf(FormatException.class)
        .hasMessage("x.npy: " + problem);
  }
}
