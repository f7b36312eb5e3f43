package dev.backlight.explain.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// A text file that lies beside these classes in the jar.
final class Resource {

  private Resource() {}

  static String text(String name) {
    try (var in = Resource.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(
            "needed the file " + name + " in the jar of backlight-explain, got none");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read " + name + " from the jar of backlight-explain", e);
    }
  }
}
