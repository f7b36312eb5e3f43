package dev.backlight.onnx.proto;

import dev.backlight.core.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The data of tensors that lie in files beside a model.
///
/// A model names such a file by a path relative to its own folder. Absolute paths, paths that leave
/// the folder, and symbolic links out of it are refused.
///
/// @param folder of the model, or `null` if there is none, as with models from memory
public record ExternalData(@Nullable Path folder) {
  /// No files at all.
  public static final ExternalData NONE = new ExternalData(null);

  /// The bytes of one tensor.
  ///
  /// @param tensor its name, for error messages
  /// @param place `location`, and perhaps `offset` and `length`
  /// @param needed how many bytes the tensor has
  ByteBuffer read(String tensor, Map<String, String> place, long needed) throws IOException {
    Path file = file(tensor, place.getOrDefault("location", ""));
    long offset = number(tensor, place, "offset", 0);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long size = channel.size();
      if (offset > size) {
        throw new FormatException(
            tensor, "external data need an offset of at most " + size + ", got " + offset);
      }
      long length = number(tensor, place, "length", size - offset);
      if (length > size - offset) {
        throw new FormatException(
            tensor,
            "external data need a length of at most " + (size - offset) + ", got " + length);
      }
      if (length != needed) {
        throw new FormatException(
            tensor, "needs " + needed + " bytes of external data, got " + length);
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          throw new FormatException(
              tensor, "needs " + needed + " bytes of external data, got " + bytes.position());
        }
      }
      return bytes.flip();
    }
  }

  private Path file(String tensor, String location) throws IOException {
    if (folder == null) {
      throw new FormatException(
          tensor, "external data need a model that was read from a file, got one from memory");
    }
    if (location.isEmpty()) {
      throw new FormatException(tensor, "external data need a location, got none");
    }
    Path inside;
    try {
      inside = Path.of(location);
    } catch (InvalidPathException e) {
      throw new FormatException(tensor, "external data need a path, got '" + location + "'");
    }
    Path file = folder.resolve(inside).normalize();
    if (inside.isAbsolute()
        || location.contains("\\")
        || !file.startsWith(folder.normalize())
        || file.equals(folder.normalize())) {
      throw outside(tensor, location);
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(file)) {
      throw new FormatException(
          tensor, "external data need the file '" + location + "' beside the model, got none");
    }
    if (!file.toRealPath().startsWith(folder.toRealPath())) {
      throw outside(tensor, location);
    }
    return file;
  }

  private static FormatException outside(String tensor, String location) {
    return new FormatException(
        tensor, "external data need a path within the model's folder, got '" + location + "'");
  }

  private static long number(String tensor, Map<String, String> place, String key, long absent)
      throws FormatException {
    String text = place.get(key);
    if (text == null) {
      return absent;
    }
    long number;
    try {
      number = Long.parseLong(text);
    } catch (NumberFormatException e) {
      number = -1;
    }
    if (number < 0) {
      throw new FormatException(
          tensor, "external data need a whole number as " + key + ", got '" + text + "'");
    }
    return number;
  }
}
