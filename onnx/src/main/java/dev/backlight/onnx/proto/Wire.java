package dev.backlight.onnx.proto;

import dev.backlight.core.io.FormatException;
import it.unimi.dsi.fastutil.doubles.DoubleArrayList;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// A reader of one protobuf message: its fields in the order of the file, each of which is then
/// taken by its type or passed over.
///
/// Every length is compared with the bytes that are left before anything is allocated, so that no
/// file takes more memory than a small multiple of its own size. Messages are nested at most
/// [#DEEPEST] deep, as in Google's readers.
final class Wire {
  /// How deep messages may lie in each other.
  static final int DEEPEST = 100;

  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int DELIMITED = 2;
  private static final int FIXED_32 = 5;

  private final String file;
  private final byte[] bytes;
  private final int end;
  private final int depth;
  private int at;
  private int field;
  private int kind;

  private Wire(String file, byte[] bytes, int from, int end, int depth) {
    this.file = file;
    this.bytes = bytes;
    this.at = from;
    this.end = end;
    this.depth = depth;
  }

  /// A reader of a whole file; the name is for error messages.
  static Wire of(String file, byte[] bytes) {
    return new Wire(file, bytes, 0, bytes.length, 0);
  }

  /// Whether there is a further field, which is then the current one.
  boolean next() throws FormatException {
    if (at == end) {
      return false;
    }
    long tag = varint("a field");
    kind = (int) (tag & 7);
    if (tag >>> 3 == 0 || tag >>> 3 > 0x1fffffff) {
      throw bad(
          "a field needs a number of 1 to 536870911, got " + Long.toUnsignedString(tag >>> 3));
    }
    field = (int) (tag >>> 3);
    return true;
  }

  /// The number of the current field.
  int field() {
    return field;
  }

  /// The current field as an integer.
  long integer() throws FormatException {
    need(VARINT);
    return varint("an integer");
  }

  /// The current field as an integer of 32 bits; what needs more is cut as protobuf does.
  int integer32() throws FormatException {
    return (int) integer();
  }

  /// The current field as a float.
  float floating() throws FormatException {
    need(FIXED_32);
    return little(4).getFloat();
  }

  /// The current field as text.
  String text() throws FormatException {
    need(DELIMITED);
    int n = length();
    at += n;
    return new String(bytes, at - n, n, StandardCharsets.UTF_8);
  }

  /// The current field as bytes, which are not copied.
  ByteBuffer data() throws FormatException {
    need(DELIMITED);
    return little(length());
  }

  /// The current field as a message of its own.
  Wire message() throws FormatException {
    need(DELIMITED);
    if (depth == DEEPEST) {
      throw bad("messages need to be nested at most " + DEEPEST + " deep, got more");
    }
    int n = length();
    at += n;
    return new Wire(file, bytes, at - n, at, depth + 1);
  }

  /// Adds the integers of the current field, packed or one alone.
  void integers(LongArrayList list) throws FormatException {
    if (kind == VARINT) {
      list.add(varint("an integer"));
      return;
    }
    Wire packed = message();
    while (packed.at < packed.end) {
      list.add(packed.varint("an integer"));
    }
  }

  /// Adds the bits of the floats of the current field, packed or one alone.
  void floats(IntArrayList list) throws FormatException {
    if (kind == FIXED_32) {
      list.add(little(4).getInt());
      return;
    }
    ByteBuffer packed = data();
    needWhole(packed, 4);
    while (packed.hasRemaining()) {
      list.add(packed.getInt());
    }
  }

  /// Adds the doubles of the current field, packed or one alone.
  void doubles(DoubleArrayList list) throws FormatException {
    if (kind == FIXED_64) {
      list.add(little(8).getDouble());
      return;
    }
    ByteBuffer packed = data();
    needWhole(packed, 8);
    while (packed.hasRemaining()) {
      list.add(packed.getDouble());
    }
  }

  /// The floats of bits.
  static float[] ofBits(IntArrayList bits) {
    float[] floats = new float[bits.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Float.intBitsToFloat(bits.getInt(i));
    }
    return floats;
  }

  /// Passes over the current field.
  void skip() throws FormatException {
    switch (kind) {
      case VARINT -> varint("an integer");
      case FIXED_64 -> little(8);
      case FIXED_32 -> little(4);
      case DELIMITED -> {
        int n = length();
        at += n;
      }
      default -> throw bad("a field needs a type of 0, 1, 2 or 5, got " + kind);
    }
  }

  /// What is wrong here, with the name of the file and the place.
  FormatException bad(String problem) {
    return new FormatException(file, problem + " (byte " + at + ")");
  }

  private void needWhole(ByteBuffer packed, int size) throws FormatException {
    if (packed.remaining() % size != 0) {
      throw bad("packed numbers need a multiple of " + size + " bytes, got " + packed.remaining());
    }
  }

  private void need(int wanted) throws FormatException {
    if (kind != wanted) {
      throw bad("field " + field + " needs type " + wanted + ", got " + kind);
    }
  }

  private int length() throws FormatException {
    long n = varint("a length");
    if (n < 0 || n > end - at) {
      throw bad(
          "field "
              + field
              + " needs "
              + Long.toUnsignedString(n)
              + " bytes, got "
              + (end - at)
              + " to the end");
    }
    return (int) n;
  }

  private ByteBuffer little(int n) throws FormatException {
    if (n > end - at) {
      throw bad("field " + field + " needs " + n + " bytes, got " + (end - at) + " to the end");
    }
    ByteBuffer slice = ByteBuffer.wrap(bytes, at, n).slice().order(ByteOrder.LITTLE_ENDIAN);
    at += n;
    return slice;
  }

  private long varint(String what) throws FormatException {
    long value = 0;
    int from = at;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) {
        throw bad(what + " needs to end, got " + hex(from));
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw bad(what + " needs at most 10 bytes, got " + hex(from) + " and more");
  }

  private String hex(int from) {
    return at == from ? "nothing" : HexFormat.ofDelimiter(" ").formatHex(bytes, from, at);
  }
}
