package dev.backlight.onnx.proto;

import dev.backlight.core.Block;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// A protobuf message that is being written, field by field.
public final class Message {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private void varint(long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.write((int) (left & 0x7f | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }

  /// A field that is an integer.
  public Message integer(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  /// A field that is a float.
  public Message floating(int field, float value) {
    varint((long) field << 3 | 5);
    byte[] four = new byte[4];
    ByteBuffer.wrap(four).order(ByteOrder.LITTLE_ENDIAN).putFloat(value);
    out.writeBytes(four);
    return this;
  }

  /// A field that is text.
  public Message text(int field, String value) {
    return data(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /// A field that is bytes.
  public Message data(int field, byte[] value) {
    varint((long) field << 3 | 2);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  /// A field that is a message.
  public Message message(int field, Message value) {
    return data(field, value.bytes());
  }

  /// A field that is a list of integers.
  public Message integers(int field, long... values) {
    Message packed = new Message();
    for (long value : values) {
      packed.varint(value);
    }
    return data(field, packed.bytes());
  }

  /// What has been written.
  public byte[] bytes() {
    return out.toByteArray();
  }

  /// A tensor, as `TensorProto`.
  public static Message tensor(String name, Block block) {
    ElementType type = ElementType.of(block.dtype());
    int n = block.size();
    int width = type.bits() / 8;
    ByteBuffer raw = ByteBuffer.allocate(n * width).order(ByteOrder.LITTLE_ENDIAN);
    switch (block.dtype()) {
      case F32 -> raw.asFloatBuffer().put(block.f32(), 0, n);
      case F64 -> raw.asDoubleBuffer().put(block.f64(), 0, n);
      case I32 -> raw.asIntBuffer().put(block.i32(), 0, n);
      case I64 -> raw.asLongBuffer().put(block.i64(), 0, n);
      case BOOL -> {
        for (int i = 0; i < n; i++) {
          raw.put(i, (byte) (block.bool()[i] ? 1 : 0));
        }
      }
    }
    Message tensor = new Message();
    for (int size : Objects.requireNonNull(block.shape()).sizes()) {
      tensor.integer(1, size);
    }
    return tensor.integer(2, type.code()).text(8, name).data(9, raw.array());
  }
}
