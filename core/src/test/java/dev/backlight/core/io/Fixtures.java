package dev.backlight.core.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/// The files that NumPy and safetensors have written, see the README beside them.
final class Fixtures {
  private Fixtures() {}

  static byte[] bytes(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(Fixtures.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    }
  }

  static InputStream stream(String name) throws IOException {
    return new ByteArrayInputStream(bytes(name));
  }
}
