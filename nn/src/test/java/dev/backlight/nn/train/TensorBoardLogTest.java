package dev.backlight.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardLogTest {
  private static final String VERSION =
      "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c";
  private static final String SCALAR =
      "200000000000000029eda95009000000000000f83f10ac022a120a100a0968656c642f6c6f737315cdcccc3dd4080c2e";

  @TempDir Path dir;

  /// CRC-32C bit by bit, from its polynomial, and the mask of the TFRecord format.
  private static int masked(byte[] bytes) {
    int crc = -1;
    for (byte b : bytes) {
      crc ^= b & 255;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ 0x82f63b78;
      }
    }
    crc = ~crc;
    return (crc >>> 15 | crc << 17) + 0xa282ead8;
  }

  /// The messages of a file, after both checksums of each were found right.
  private static List<byte[]> messages(byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> messages = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = new byte[8];
      in.get(length);
      assertThat(in.getInt()).isEqualTo(masked(length));
      int size = (int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
      byte[] message = new byte[size];
      in.get(message);
      assertThat(in.getInt()).isEqualTo(masked(message));
      messages.add(message);
    }
    return messages;
  }

  /// The fields of a protocol buffer in words, as in `2:7 5:{1:{1:"loss" 2:0.5}}`.
  private static String fields(byte[] message, int depth) {
    ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    StringBuilder text = new StringBuilder();
    while (in.hasRemaining()) {
      int key = (int) varint(in);
      text.append(text.isEmpty() ? "" : " ").append(key >>> 3).append(':');
      switch (key & 7) {
        case 0 -> text.append(varint(in));
        case 1 -> text.append(in.getDouble());
        case 5 -> text.append(in.getFloat());
        default -> {
          byte[] part = new byte[(int) varint(in)];
          in.get(part);
          boolean nested = depth == 0 && key >>> 3 == 5 || depth == 1;
          text.append(
              nested
                  ? '{' + fields(part, depth + 1) + '}'
                  : '"' + new String(part, StandardCharsets.UTF_8) + '"');
        }
      }
    }
    return text.toString();
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    int shift = 0;
    byte next;
    do {
      next = in.get();
      value |= (next & 127L) << shift;
      shift += 7;
    } while (next < 0);
    return value;
  }

  private Path only() throws IOException {
    try (var files = Files.list(dir)) {
      return files.sorted().toList().getFirst();
    }
  }

  @Test
  void everyEpochIsReadBackFromTheFile() throws IOException {
    TensorBoardLog log = new TensorBoardLog(dir, () -> Instant.ofEpochMilli(1_700_000_000_500L));
    log.begin(new Listener.Plan(300, 2, Metric.accuracy()));
    log.epoch(new Epoch(1, new Score(0.5, 0.25), new Score(0.75, 0.125)));
    log.epoch(new Epoch(300, new Score(0.5, Double.NaN), null));
    log.end(null);
    assertThat(only()).hasFileName("events.out.tfevents.1700000000.backlight.0");
    String at = "1:1.7000000005E9 ";
    assertThat(messages(Files.readAllBytes(only())).stream().map(m -> fields(m, 0)))
        .containsExactly(
            at + "3:\"brain.Event:2\"",
            at + "2:1 5:{1:{1:\"train/loss\" 2:0.5}}",
            at + "2:1 5:{1:{1:\"train/accuracy\" 2:0.25}}",
            at + "2:1 5:{1:{1:\"held/loss\" 2:0.75}}",
            at + "2:1 5:{1:{1:\"held/accuracy\" 2:0.125}}",
            at + "2:300 5:{1:{1:\"train/loss\" 2:0.5}}");
  }

  @Test
  void theBytesAreThoseOfTensorBoardsOwnWriter() {
    // By src/test/reference/tensorboard_reference.py.
    assertThat(HexFormat.of().formatHex(EventRecords.version(1.5))).isEqualTo(VERSION);
    assertThat(HexFormat.of().formatHex(EventRecords.scalar(1.5, 300, "held/loss", 0.1)))
        .isEqualTo(SCALAR);
  }

  @Test
  void aSecondTrainingInTheSameSecondHasAFileOfItsOwn() throws IOException {
    for (int i = 0; i < 2; i++) {
      TensorBoardLog log = new TensorBoardLog(dir, () -> Instant.ofEpochSecond(9));
      log.begin(new Listener.Plan(1, 1, null));
      log.end(null);
    }
    try (var files = Files.list(dir)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "events.out.tfevents.0000000009.backlight.0",
              "events.out.tfevents.0000000009.backlight.1");
    }
  }

  @Test
  void aFolderThatIsAFileIsToldByName() throws IOException {
    Path file = Files.createFile(dir.resolve("runs"));
    assertThatThrownBy(
            () -> TensorBoardLog.to(file).begin(new Listener.Plan(1, 1, Metric.accuracy())))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("the events in " + file + " could not be written: ");
  }
}
