package dev.backlight.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
  /// Two images of 2 by 3 pixels, as MNIST has 60000 of 28 by 28.
  private static final byte[] IMAGES =
      hex("0000 0803 00000002 00000002 00000003 00017f 80fe ff 060708 090a0b");

  @TempDir Path folder;

  @Test
  void imagesAndLabelsAreRead() throws Exception {
    Tensor images = Idx.read(file(IMAGES));
    assertThat(images.shape()).hasToString("(2, 2, 3)");
    assertThat(images.toInts()).containsExactly(0, 1, 127, 128, 254, 255, 6, 7, 8, 9, 10, 11);
    Tensor labels = Idx.read(stream(hex("0000 0801 00000003 070201")), "x");
    assertThat(labels.sameAs(Tensor.of(7, 2, 1))).isTrue();
  }

  @Test
  void everyTypeIsBigEndian() throws Exception {
    assertThat(one("09 01 00000002 ff7f").sameAs(Tensor.of(-1, 127))).isTrue();
    assertThat(one("0b 01 00000002 fffe 0100").sameAs(Tensor.of(-2, 256))).isTrue();
    assertThat(one("0c 01 00000001 80000000").sameAs(Tensor.of(Integer.MIN_VALUE))).isTrue();
    assertThat(one("0d 01 00000001 3fc00000").sameAs(Tensor.of(1.5f))).isTrue();
    assertThat(one("0e 01 00000001 c000000000000000").sameAs(Tensor.of(-2.0))).isTrue();
  }

  @Test
  void aPackedFileIsKnownByItsBytesNotByItsName() throws Exception {
    Tensor plain = Idx.read(file(IMAGES));
    assertThat(Idx.read(file(packed(IMAGES))).sameAs(plain)).isTrue();
    assertThat(Idx.read(stream(packed(IMAGES)), "x").sameAs(plain)).isTrue();
  }

  @Test
  void countsThatAreNotThereAreRefusedBeforeMemoryIsTaken() throws Exception {
    byte[] million = IMAGES.clone();
    ByteBuffer.wrap(million).putInt(4, 100_000_000);
    refused(million, "U8(100000000, 2, 3) needs 600000000 bytes of data, got 12");
    byte[] few = IMAGES.clone();
    ByteBuffer.wrap(few).putInt(4, 1);
    refused(few, "U8(1, 2, 3) needs 6 bytes of data, got 12");
    byte[] all = IMAGES.clone();
    ByteBuffer.wrap(all).putInt(4, -1);
    refused(all, "needs at most 2147483647 elements, got (4294967295, 2, 3)");
    assertThatThrownBy(() -> Idx.read(stream(million), "x"))
        .isInstanceOf(FormatException.class)
        .hasMessage("x: U8(100000000, 2, 3) needs 600000000 bytes of data, got 12");
    assertThatThrownBy(() -> Idx.read(stream(few), "x"))
        .isInstanceOf(FormatException.class)
        .hasMessage("x: needs nothing after its elements, got more");
  }

  @Test
  void aPackedFileMayNotStateMoreThanGzipPacks() throws Exception {
    byte[] million = IMAGES.clone();
    ByteBuffer.wrap(million).putInt(4, 100_000_000);
    byte[] packed = packed(million);
    refused(
        packed,
        "U8(100000000, 2, 3) needs 600000000 bytes of data, got a gzip file of %d bytes, which holds at most %d"
            .formatted(packed.length, packed.length * 1032));
    byte[] few = IMAGES.clone();
    ByteBuffer.wrap(few).putInt(4, 3);
    refused(packed(few), "U8(3, 2, 3) needs 18 bytes of data, got 12");
    refused(
        Arrays.copyOf(packed(IMAGES), 20),
        "needs a whole gzip file, got: Unexpected end of ZLIB input stream");
  }

  @Test
  void whatIsNoIdxIsRefused() throws Exception {
    refused(hex("0000"), "an IDX file begins with 00 00, a type and a rank, got 00 00");
    refused(new byte[0], "an IDX file begins with 00 00, a type and a rank, got nothing");
    refused(hex("89504e47"), "an IDX file begins with 00 00, a type and a rank, got 89 50 4e 47");
    refused(hex("00000a01"), "needs a type of 08, 09, 0b, 0c, 0d or 0e, got 0a");
    refused(hex("00000800"), "needs a rank from 1 to 64, got 0");
    refused(hex("000008ff"), "needs a rank from 1 to 64, got 255");
    refused(hex("00000803 00000001"), "needs 12 bytes for its sizes, got 4");
  }

  @Test
  void everyTruncationIsRefused() throws Exception {
    for (byte[] whole : new byte[][] {IMAGES, packed(IMAGES)}) {
      for (int n = 0; n < whole.length; n++) {
        byte[] part = Arrays.copyOf(whole, n);
        assertThatThrownBy(() -> Idx.read(stream(part), "x")).isInstanceOf(FormatException.class);
        Path file = file(part);
        assertThatThrownBy(() -> Idx.read(file)).isInstanceOf(FormatException.class);
      }
    }
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("x-idx3-ubyte"), bytes);
  }

  private static Tensor one(String code) throws IOException {
    return Idx.read(stream(hex("0000" + code)), "x");
  }

  private void refused(byte[] bytes, String problem) throws IOException {
    Path file = file(bytes);
    assertThatThrownBy(() -> Idx.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(file + ": " + problem);
  }

  private static ByteArrayInputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  private static byte[] packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }
}
