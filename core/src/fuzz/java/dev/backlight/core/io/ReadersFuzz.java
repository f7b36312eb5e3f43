package dev.backlight.core.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Whatever bytes come, the binary readers give a tensor or a [FormatException]; run by Jazzer, see
/// the profile `fuzz`.
public final class ReadersFuzz {
  private static final Path FILE = file();

  private ReadersFuzz() {}

  /// One try: the first byte says which reader, the rest is its file.
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    if (data.length == 0) {
      return;
    }
    byte[] file = Arrays.copyOfRange(data, 1, data.length);
    ByteArrayInputStream in = new ByteArrayInputStream(file);
    try {
      switch (data[0] & 7) {
        case 0 -> Safetensors.read(in, "x");
        case 1 -> Npy.read(in, "x");
        case 2 -> Npz.read(in, "x");
        case 3 -> Idx.read(in, "x");
        case 4 -> Safetensors.read(written(file));
        case 5 -> Npz.read(written(file));
        case 6 -> Idx.read(written(file));
        default -> mapped(written(file));
      }
    } catch (FormatException e) {
      if (e.getMessage() == null || !e.getMessage().contains(": ")) {
        throw new AssertionError("a message that names the file is needed, got " + e.getMessage());
      }
    }
  }

  private static void mapped(Path path) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      for (String name : file.specs().keySet()) {
        file.read(name);
      }
    }
  }

  private static Path written(byte[] bytes) throws IOException {
    return Files.write(FILE, bytes);
  }

  private static Path file() {
    try {
      Path file = Files.createTempFile("fuzz", ".bin");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
