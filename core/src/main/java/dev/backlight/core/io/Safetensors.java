package dev.backlight.core.io;

import dev.backlight.core.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Named tensors and notes in the safetensors format, in which the weights of models are exchanged.
///
/// | in the file | read as | written from |
/// |---|---|---|
/// | `F32`, `F64`, `I32`, `I64`, `BOOL` | the same | the same |
/// | `F16`, `BF16`, `F8_E4M3`, `F8_E5M2`, `F8_E8M0` | `F32` | |
/// | `I8`, `I16`, `U8`, `U16` | `I32` | |
/// | `U32`, and `U64` if all its values are below 2⁶³ | `I64` | |
///
/// A file is a length of 8 bytes, so long a JSON header, and the elements, little endian and
/// row-major. All that the format demands is checked before elements are read: every tensor needs
/// as many bytes as its shape and dtype take, and together they cover the file without gap or
/// overlap. Both maps keep the header's order; the elements of wide dtypes are written first, so
/// that every tensor is aligned.
///
/// The format: <https://github.com/huggingface/safetensors#format>.
///
/// @param tensors the tensors by name, unmodifiable
/// @param metadata the notes (`__metadata__`), unmodifiable
public record Safetensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
  static final String METADATA = "__metadata__";

  /// Copies both maps in their order. `__metadata__` is no name for a tensor.
  public Safetensors {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    if (tensors.containsKey(METADATA)) {
      throw new IllegalArgumentException(
          "safetensors need names of tensors other than " + METADATA + ", got that");
    }
  }

  /// Tensors without notes.
  public static Safetensors of(Map<String, Tensor> tensors) {
    return new Safetensors(tensors, Map.of());
  }

  /// What is in a file; or, if its name ends in `.index.json`, in all the files that this index
  /// lists, which lie beside it. See [SafetensorsFile] for reading only some of it.
  ///
  /// @throws FormatException if a file does not follow the format, or the files do not have the
  ///   tensors that the index promises
  public static Safetensors read(Path file) throws IOException {
    if (file.toString().endsWith(SafetensorsShards.INDEX)) {
      return SafetensorsShards.read(file);
    }
    try (InputStream in = Files.newInputStream(file)) {
      long length = Files.isRegularFile(file) ? Files.size(file) : -1;
      return new SafetensorsReader(in, file.toString(), length).read();
    }
  }

  /// What is in a stream, up to its end. Messages begin with `name`.
  ///
  /// @throws FormatException if what comes does not follow the format
  public static Safetensors read(InputStream in, String name) throws IOException {
    return new SafetensorsReader(in, name, -1).read();
  }

  /// Writes a file, wholly or not at all.
  public void write(Path file) throws IOException {
    AtomicFile.write(file, this::write);
  }

  /// Writes to a stream, which is not closed.
  public void write(OutputStream out) throws IOException {
    SafetensorsWriter.write(this, out);
  }
}
