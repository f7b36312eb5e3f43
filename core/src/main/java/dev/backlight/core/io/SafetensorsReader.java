package dev.backlight.core.io;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads one safetensors file: first all of its header, then the elements from front to back.
final class SafetensorsReader {
  // The limit of the reference implementation.
  private static final long MAX_HEADER = 100_000_000;

  /// Enough for a hundred thousand tensors.
  static final int MAX_VALUES = 1 << 20;

  private final InputStream in;
  private final String name;
  private final long length;
  private long headerLength;

  /// @param length how long the file is, or -1
  SafetensorsReader(InputStream in, String name, long length) {
    this.in = in;
    this.name = name;
    this.length = length;
  }

  /// One tensor of a file; its bytes are counted from the end of the header.
  record Entry(String name, Stored stored, Shape shape, long begin, long end) {}

  /// All that a file says before its elements.
  ///
  /// @param entries in the order of the header
  /// @param layout the same in the order of their bytes
  /// @param start where the elements begin
  record Head(Map<String, String> metadata, List<Entry> entries, List<Entry> layout, long start) {}

  /// Reads the header, and nothing behind it.
  Head head() throws IOException {
    Map<?, ?> header = header();
    Map<String, String> metadata = metadata(header.get(Safetensors.METADATA));
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<?, ?> member : header.entrySet()) {
      if (!member.getKey().equals(Safetensors.METADATA)) {
        entries.add(entry((String) member.getKey(), member.getValue()));
      }
    }
    return new Head(metadata, entries, layout(entries), 8 + headerLength);
  }

  Safetensors read() throws IOException {
    Head head = head();
    Map<String, Tensor> read = new HashMap<>();
    for (Entry entry : head.layout) {
      String whole = name + ": " + entry.name;
      read.put(
          entry.name,
          Tensor.over(
              Elements.read(
                  in, whole, entry.stored, ByteOrder.LITTLE_ENDIAN, entry.shape, length >= 0)));
    }
    if (in.read() >= 0) {
      throw new FormatException(name, "needs nothing after the elements of its tensors, got more");
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Entry entry : head.entries) {
      tensors.put(entry.name, read.get(entry.name));
    }
    return new Safetensors(tensors, head.metadata);
  }

  private Map<?, ?> header() throws IOException {
    byte[] count = in.readNBytes(8);
    if (count.length < 8) {
      throw new FormatException(
          name, "needs 8 bytes for the length of its header, got " + count.length);
    }
    long n = ByteBuffer.wrap(count).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (n < 0 || n > MAX_HEADER) {
      throw new FormatException(
          name,
          "needs a header of at most "
              + MAX_HEADER
              + " bytes, got a length of "
              + Long.toUnsignedString(n));
    }
    if (length >= 0 && n > length - 8) {
      throw new FormatException(name, "needs " + n + " bytes for its header, got " + (length - 8));
    }
    headerLength = n;
    byte[] bytes = in.readNBytes((int) n);
    if (bytes.length < n) {
      throw new FormatException(name, "needs " + n + " bytes for its header, got " + bytes.length);
    }
    if (n == 0 || bytes[0] != '{') {
      throw new FormatException(
          name,
          "a safetensors header begins with '{', got "
              + Elements.hex(Arrays.copyOf(bytes, (int) Math.min(8, n))));
    }
    try {
      if (Json.parse(bytes, MAX_VALUES) instanceof Map<?, ?> header) {
        return header;
      }
      throw new AssertionError("JSON that begins with '{' is an object");
    } catch (FormatException e) {
      throw new FormatException(name, "in its header, " + e.getMessage());
    }
  }

  private Map<String, String> metadata(@Nullable Object value) throws FormatException {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (value == null) {
      return metadata;
    }
    if (!(value instanceof Map<?, ?> notes)) {
      throw new FormatException(name, "needs an object as __metadata__, got " + shown(value));
    }
    for (Map.Entry<?, ?> note : notes.entrySet()) {
      if (!(note.getValue() instanceof String text)) {
        throw new FormatException(
            name,
            "needs strings in __metadata__, got "
                + shown(note.getValue())
                + " for "
                + note.getKey());
      }
      metadata.put((String) note.getKey(), text);
    }
    return metadata;
  }

  private Entry entry(String tensor, @Nullable Object value) throws FormatException {
    String whole = name + ": " + tensor;
    if (!(value instanceof Map<?, ?> info)) {
      throw new FormatException(
          whole, "needs an object of dtype, shape and data_offsets, got " + shown(value));
    }
    Stored stored = stored(whole, info.get("dtype"));
    Shape shape = Elements.shape(whole, longs(whole, "shape", info.get("shape")));
    long[] offsets = longs(whole, "data_offsets", info.get("data_offsets"));
    if (offsets.length != 2 || offsets[0] < 0 || offsets[1] < offsets[0]) {
      throw new FormatException(
          whole, "needs data_offsets of a begin and an end, got " + Arrays.toString(offsets));
    }
    if (offsets[1] - offsets[0] != Elements.bytes(shape, stored)) {
      throw Elements.wrongLength(whole, stored, shape, offsets[1] - offsets[0]);
    }
    return new Entry(tensor, stored, shape, offsets[0], offsets[1]);
  }

  private static Stored stored(String whole, @Nullable Object value) throws FormatException {
    for (Stored stored : Stored.values()) {
      if (stored.name().equals(value)) {
        return stored;
      }
    }
    throw new FormatException(
        whole, "needs a dtype of " + Arrays.toString(Stored.values()) + ", got " + shown(value));
  }

  private static long[] longs(String whole, String key, @Nullable Object value)
      throws FormatException {
    if (value instanceof List<?> list && list.stream().allMatch(Long.class::isInstance)) {
      return list.stream().mapToLong(item -> (Long) item).toArray();
    }
    throw new FormatException(whole, "needs whole numbers as " + key + ", got " + shown(value));
  }

  /// The tensors in the order of their bytes, which they must cover without gap or overlap.
  private List<Entry> layout(List<Entry> entries) throws FormatException {
    List<Entry> layout = new ArrayList<>(entries);
    layout.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long end = 0;
    for (Entry entry : layout) {
      if (entry.begin != end) {
        throw new FormatException(
            name + ": " + entry.name,
            "needs to begin at byte "
                + end
                + ", where the tensor before it ends, got "
                + entry.begin);
      }
      end = entry.end;
    }
    long there = length - 8 - headerLength;
    if (length >= 0 && end != there) {
      throw new FormatException(
          name, "needs " + end + " bytes of data for all of its tensors, got " + there);
    }
    return layout;
  }

  private static String shown(@Nullable Object value) {
    if (value == null) {
      return "nothing";
    }
    String text = Json.write(value);
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
