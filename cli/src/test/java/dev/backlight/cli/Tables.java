package dev.backlight.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/// Small tables and models for the tests, in a folder of theirs.
final class Tables {
  private Tables() {}

  static Path write(Path folder, String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  /// 60 rows; the class is decided by the sum of `width` and `height`, and `noise` tells nothing.
  static Path flowers(Path folder) throws IOException {
    Random random = new Random(3);
    StringBuilder text = new StringBuilder("width,height,noise,kind\n");
    for (int i = 0; i < 60; i++) {
      double width = Math.rint(100 * random.nextGaussian()) / 100;
      double height = Math.rint(100 * random.nextGaussian()) / 100;
      double noise = Math.rint(100 * random.nextGaussian()) / 100;
      text.append(width).append(',').append(10 + height).append(',').append(noise);
      text.append(width + height > 0 ? ",rose\n" : ",daisy\n");
    }
    return write(folder, "flowers.csv", text.toString());
  }

  static Path model(Path folder) throws IOException {
    Path model = folder.resolve("flowers.safetensors");
    Ran ran =
        Ran.of("train", flowers(folder), "--target", "kind", "--model", model, "--epochs", 30);
    if (ran.code() != 0) {
      throw new IllegalStateException(ran.err());
    }
    return model;
  }
}
