package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import dev.backlight.core.io.AtomicFile;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import dev.backlight.core.io.Safetensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A tape on disk: a text of its nodes, and beside it its constants as safetensors. What is read
/// back is the same program, bit for bit, with labels and source lines.
///
/// ```java
/// TapeFile.write(tape, Path.of("model.tape"));             // and model.tape.safetensors
/// var same = TapeFile.read(Path.of("model.tape"));         // inputs and outputs by name
/// ```
///
/// The text is JSON (`"format": "backlight-tape/1"`) with a line for each node. The Java types of
/// inputs and outputs are not in it: read by name, or with examples of the types. A guarded or
/// pinned tape cannot be saved, because a question in Java is no data; nor an op that holds code.
public final class TapeFile {
  private TapeFile() {}

  /// Writes the text to `file` and the constants, if there are any, to the same name with
  /// `.safetensors` added.
  ///
  /// @throws IllegalArgumentException if the tape is guarded, pinned or open, or an op holds code
  public static void write(Tape<?, ?> tape, Path file) throws IOException {
    if (tape.validity() != Validity.REPLAYABLE) {
      throw new IllegalArgumentException(
          "a tape that is saved needs to hold for all inputs, got one with "
              + String.join(", ", tape.reasons()));
    }
    if (tape.isOpen() || !tape.program().captured.isEmpty()) {
      throw new IllegalArgumentException(
          "a tape that is saved needs to stand alone, got one that reads an enclosing recording");
    }
    Map<String, Tensor> constants = new LinkedHashMap<>();
    TapeText text = new TapeText(constants);
    Map<String, Object> page = text.write(tape.program(), tape.inputNames(), tape.outputNames());
    AtomicFile.requireWritable(file);
    if (constants.isEmpty()) {
      Files.deleteIfExists(beside(file));
    } else {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Safetensors.of(constants).write(bytes);
      AtomicFile.write(beside(file), out -> bytes.writeTo(out));
      page.put("constants", sha256(bytes.toByteArray()));
    }
    AtomicFile.writeString(file, TapeText.lines(page));
  }

  /// Reads a tape whose inputs and outputs are maps by name; a single one is called `x`.
  ///
  /// @param custom the ops of your own that it may hold
  public static Tape<Map<String, Tensor>, Map<String, Tensor>> read(Path file, Class<?>... custom)
      throws IOException {
    TapeText.Saved saved = saved(file, Set.of(custom));
    return Tape.of(
        saved.program(),
        Struct.of(placeholders(saved.inputs())),
        Struct.untied(placeholders(saved.outputs())));
  }

  /// Reads a tape whose inputs and outputs have the form of these examples, which must have the
  /// names of the saved ones.
  ///
  /// @param custom the ops of your own that it may hold
  public static <A, B> Tape<A, B> read(Path file, A inputs, B outputs, Class<?>... custom)
      throws IOException {
    TapeText.Saved saved = saved(file, Set.of(custom));
    Struct<A> in = Struct.of(inputs);
    Struct<B> out = Struct.untied(outputs);
    requireNames(file, "inputs", in.names(), saved.inputs());
    requireNames(file, "outputs", out.names(), saved.outputs());
    return Tape.of(saved.program(), in, out);
  }

  private static void requireNames(Path file, String what, List<String> wanted, List<String> names)
      throws FormatException {
    if (!wanted.equals(names)) {
      throw new FormatException(file + ": needs " + what + " " + wanted + ", got " + names);
    }
  }

  private static Map<String, Tensor> placeholders(List<String> names) {
    Map<String, Tensor> map = new LinkedHashMap<>();
    names.forEach(name -> map.put(name, Tensor.zeros()));
    return map;
  }

  private static TapeText.Saved saved(Path file, Set<Class<?>> custom) throws IOException {
    Map<?, ?> page = page(file);
    Map<String, Tensor> constants = Map.of();
    if (page.get("constants") != null) {
      byte[] bytes = Files.readAllBytes(beside(file));
      if (!sha256(bytes).equals(page.get("constants"))) {
        throw new FormatException(
            file + ": needs the constants it was saved with, got others in " + beside(file));
      }
      constants = Safetensors.read(beside(file)).tensors();
    }
    try {
      return TapeText.read(page, constants, custom);
    } catch (FormatException e) {
      throw new FormatException(file + ": " + e.getMessage());
    }
  }

  private static Map<?, ?> page(Path file) throws IOException {
    Object page = Json.read(file);
    if (!(page instanceof Map<?, ?> map) || !TapeText.FORMAT.equals(map.get("format"))) {
      throw new FormatException(file + ": needs the format " + TapeText.FORMAT + ", got another");
    }
    return map;
  }

  private static Path beside(Path file) {
    return file.resolveSibling(file.getFileName() + ".safetensors");
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
