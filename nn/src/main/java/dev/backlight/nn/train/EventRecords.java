package dev.backlight.nn.train;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Events in the two formats that TensorBoard reads: TFRecord around protocol buffers.
///
/// A record is its length (8 bytes), a checksum of those, the message, a checksum of the message,
/// all little endian. A checksum is CRC-32C, rotated and shifted by a constant.
final class EventRecords {
  private EventRecords() {}

  /// The first event of a file: `{wall_time = 1, file_version = 3}`.
  static byte[] version(double seconds) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    fixed64(event, 1, Double.doubleToRawLongBits(seconds));
    bytes(event, 3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
    return record(event.toByteArray());
  }

  /// A number: `{wall_time = 1, step = 2, summary = 5 {value = 1 {tag = 1, simple_value = 2}}}`.
  static byte[] scalar(double seconds, long step, String tag, double number) {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    bytes(value, 1, tag.getBytes(StandardCharsets.UTF_8));
    value.write(2 << 3 | 5);
    value.writeBytes(little(4).putInt(Float.floatToRawIntBits((float) number)).array());
    ByteArrayOutputStream summary = new ByteArrayOutputStream();
    bytes(summary, 1, value.toByteArray());
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    fixed64(event, 1, Double.doubleToRawLongBits(seconds));
    event.write(2 << 3);
    varint(event, step);
    bytes(event, 5, summary.toByteArray());
    return record(event.toByteArray());
  }

  private static byte[] record(byte[] message) {
    byte[] length = little(8).putLong(message.length).array();
    return little(16 + message.length)
        .put(length)
        .putInt(checksum(length))
        .put(message)
        .putInt(checksum(message))
        .array();
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void fixed64(ByteArrayOutputStream out, int field, long bits) {
    out.write(field << 3 | 1);
    out.writeBytes(little(8).putLong(bits).array());
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] content) {
    out.write(field << 3 | 2);
    varint(out, content.length);
    out.writeBytes(content);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest > 127) {
      out.write((int) (rest & 127 | 128));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
