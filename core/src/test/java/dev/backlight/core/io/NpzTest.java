package dev.backlight.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void archivesOfNumpyAreReadFromFilesAndStreams(String name) throws Exception {
    Path file = folder.resolve(name);
    Files.write(file, Fixtures.bytes(name));
    check(Npz.read(file));
    check(Npz.read(Fixtures.stream(name), name));
  }

  private static void check(Map<String, Tensor> tensors) {
    assertThat(tensors.keySet()).containsExactly("weight", "layer/bias", "é");
    assertThat(tensors.get("weight"))
        .hasToString("[[ 1.  -2.5  0. ]\n [ nan  inf -0. ]] F32(2, 3)");
    assertThat(tensors.get("layer/bias")).hasToString("[1 2] I64(2)");
    assertThat(tensors.get("é")).hasToString("true");
  }

  @Test
  void aWrittenArchiveIsReadBackInOrderAndAlwaysHasTheSameBytes() throws Exception {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("z", Tensor.arange(1000, DType.F64));
    tensors.put("a", Tensor.scalar(1f));
    tensors.put("é/b", Tensor.of(true));
    Path one = folder.resolve("one.npz");
    Path two = folder.resolve("two.npz");
    Npz.write(one, tensors);
    Npz.write(two, tensors);
    assertThat(one).hasSameBinaryContentAs(two);
    Map<String, Tensor> read = Npz.read(one);
    assertThat(read.keySet()).containsExactly("z", "a", "é/b");
    tensors.forEach((name, tensor) -> assertThat(read.get(name).sameAs(tensor)).isTrue());
    Npz.write(one, Map.of());
    assertThat(Npz.read(one)).isEmpty();
  }

  @Test
  void whatIsNoArchiveIsRefused() throws Exception {
    refused(new byte[0], "an .npz file begins with 50 4b 03 04, got nothing");
    refused(Fixtures.bytes("f4.npy"), "an .npz file begins with 50 4b 03 04, got 93 4e 55 4d");
    refusedFile(
        Arrays.copyOf(Fixtures.bytes("stored.npz"), 100),
        "needs a whole zip archive, got: zip END header not found");
  }

  @Test
  void everyTruncationIsRefused() throws Exception {
    byte[] whole = Fixtures.bytes("deflated.npz");
    Path file = folder.resolve("x.npz");
    for (int n = 0; n < whole.length; n++) {
      Files.write(file, Arrays.copyOf(whole, n));
      assertThatThrownBy(() -> Npz.read(file))
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith(file + ": ");
    }
  }

  @Test
  void otherEntriesAreRefusedByName() throws Exception {
    refused(
        zip("a.npy", new byte[0]),
        "x.npz/a.npy: an .npy file begins with 93 4e 55 4d 50 59, got nothing",
        "");
    refused(zip("readme.txt", new byte[0]), "needs entries that are .npy files, got readme.txt");
    byte[] array = Fixtures.bytes("f4.npy");
    refused(
        zip("a.npy", Arrays.copyOf(array, array.length + 1)),
        "x.npz/a.npy: needs nothing after its data, got more",
        "");
    refusedFile(
        zip("a.npy", Arrays.copyOf(array, array.length + 1)),
        "F32(2, 3) needs 24 bytes of data, got 25",
        "/a.npy: ");
  }

  @Test
  void namesThatOccurTwiceAreRefused() throws Exception {
    byte[] array = Fixtures.bytes("b1.npy");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : new String[] {"a.npy", "b.npy"}) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(array);
      }
    }
    // Java's own writer refuses to write a name twice, so the second is changed in the bytes.
    byte[] twice =
        out.toString(StandardCharsets.ISO_8859_1)
            .replace("b.npy", "a.npy")
            .getBytes(StandardCharsets.ISO_8859_1);
    refused(twice, "needs entries of different names, got a.npy again");
    refusedFile(twice, "needs entries of different names, got a.npy again");
  }

  @Test
  void aWrongChecksumIsRefused() throws Exception {
    byte[] bytes = Fixtures.bytes("stored.npz");
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\u0080?\0\0 \u00c0");
    bytes[at] ^= 1;
    Path file = folder.resolve("x.npz");
    Files.write(file, bytes);
    assertThatThrownBy(() -> Npz.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageMatching(
            "\\Q" + file + "\\E/weight\\.npy: needs the checksum [0-9a-f]{8}, got [0-9a-f]{8}");
    assertThatThrownBy(() -> Npz.read(new ByteArrayInputStream(bytes), "x.npz"))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("x.npz: needs a whole zip archive, got: invalid entry CRC");
  }

  @Test
  void aZipBombIsRefusedAfterTheDeclaredSize() throws Exception {
    // 64 MiB of zeros behind an array of one element.
    byte[] array = NpyTest.npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("a.npy"));
      zip.write(array);
      for (int i = 0; i < 64; i++) {
        zip.write(new byte[1 << 20]);
      }
    }
    refused(out.toByteArray(), "x.npz/a.npy: needs nothing after its data, got more", "");
    refusedFile(out.toByteArray(), "F32(1) needs 4 bytes of data, got 67108864", "/a.npy: ");
  }

  @Test
  void anArchiveThatClaimsMoreThanItCanHoldIsRefused() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npz.write(out, Map.of("a", Tensor.zeros(Shape.of(10), DType.F32)));
    byte[] bytes = out.toByteArray();
    // The unpacked size in the central directory, 24 bytes behind its signature.
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\1\2") + 24;
    bytes[at + 3] = 0x7f;
    refusedFile(
        bytes,
        "an archive of "
            + bytes.length
            + " bytes can hold at most "
            + bytes.length * 1032L
            + ", got entries of more");
  }

  private static byte[] zip(String name, byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
    }
    return out.toByteArray();
  }

  private static void refused(byte[] bytes, String problem) {
    refused(bytes, problem, "x.npz: ");
  }

  private static void refused(byte[] bytes, String problem, String prefix) {
    assertThatThrownBy(() -> Npz.read(new ByteArrayInputStream(bytes), "x.npz"))
        .isInstanceOf(FormatException.class)
        .hasMessage(prefix + problem);
  }

  private void refusedFile(byte[] bytes, String problem) throws IOException {
    refusedFile(bytes, problem, ": ");
  }

  private void refusedFile(byte[] bytes, String problem, String separator) throws IOException {
    Path file = folder.resolve("x.npz");
    Files.write(file, bytes);
    assertThatThrownBy(() -> Npz.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(file + separator + problem);
  }
}
