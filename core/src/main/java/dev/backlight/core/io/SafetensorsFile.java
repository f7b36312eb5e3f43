package dev.backlight.core.io;

import dev.backlight.core.Block;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// A safetensors file that is open and mapped into memory: its header has been read and checked,
/// its tensors are read one by one when asked for. So a part of a file far larger than memory can
/// be used.
///
/// ```java
/// try (SafetensorsFile file = SafetensorsFile.open(path)) {
///   Tensor weight = file.read("encoder.0.weight");
/// }
/// ```
///
/// Tensors are copies, and stay when the file is closed. Any number of threads may read. Whoever
/// shortens the file meanwhile makes reading fail.
public final class SafetensorsFile implements AutoCloseable {
  // A ByteBuffer counts in ints; a multiple of every element's width.
  private static final long CHUNK = 1L << 26;

  private final String name;
  private final SafetensorsReader.Head head;
  private final Map<String, SafetensorsReader.Entry> entries = new LinkedHashMap<>();
  private final Map<String, Spec> specs = new LinkedHashMap<>();
  private final Arena arena;
  private final MemorySegment bytes;

  private SafetensorsFile(
      String name, SafetensorsReader.Head head, Arena arena, MemorySegment bytes) {
    this.name = name;
    this.head = head;
    this.arena = arena;
    this.bytes = bytes;
    for (SafetensorsReader.Entry entry : head.entries()) {
      entries.put(entry.name(), entry);
      specs.put(entry.name(), Spec.of(entry.shape(), entry.stored().dtype));
    }
  }

  /// Opens a file and reads its header.
  ///
  /// @throws FormatException if the file does not follow the format
  @SuppressWarnings("MustBeClosedChecker") // the channel may go, the mapping stays
  public static SafetensorsFile open(Path file) throws IOException {
    String name = file.toString();
    if (!Files.isRegularFile(file) && Files.exists(file)) {
      throw new FormatException(name, "mapping needs a regular file, got another kind");
    }
    SafetensorsReader.Head head;
    long length = Files.size(file);
    try (InputStream in = Files.newInputStream(file)) {
      head = new SafetensorsReader(in, name, length).head();
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() != length) {
        throw new FormatException(
            name, "needs to stay as it is, got " + channel.size() + " bytes after " + length);
      }
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, length, arena);
      return new SafetensorsFile(name, head, arena, bytes);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /// The tensors by name, as they will be read, in the order of the header; unmodifiable.
  public Map<String, Spec> specs() {
    return Collections.unmodifiableMap(specs);
  }

  /// The notes (`__metadata__`), unmodifiable.
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(head.metadata());
  }

  /// One of the tensors.
  ///
  /// @throws IllegalArgumentException if there is none of this name
  /// @throws IllegalStateException if the file is closed
  public Tensor read(String tensor) throws FormatException {
    SafetensorsReader.Entry entry = entries.get(tensor);
    if (entry == null) {
      throw new IllegalArgumentException(
          name + ": a tensor of the file is needed, got the name " + tensor);
    }
    if (!arena.scope().isAlive()) {
      throw new IllegalStateException(name + ": an open file is needed, got a closed one");
    }
    Stored stored = entry.stored();
    Block block = Block.allocate(Spec.of(entry.shape(), stored.dtype));
    long length = entry.end() - entry.begin();
    try {
      for (long done = 0; done < length; done += CHUNK) {
        long count = Math.min(CHUNK, length - done);
        stored.decode(
            bytes
                .asSlice(head.start() + entry.begin() + done, count)
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN),
            block.array(),
            (int) (done / stored.bytes),
            (int) (count / stored.bytes));
      }
    } catch (FormatException e) {
      throw e.in(name + ": " + tensor);
    } catch (InternalError e) {
      // How the machine tells of a page that is no longer there.
      throw new FormatException(
          name + ": " + tensor, "needs to stay as it is, got less than when it was opened");
    }
    return Tensor.over(block);
  }

  /// Ends the mapping.
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
