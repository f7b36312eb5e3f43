package dev.backlight.cli.demo;

import dev.backlight.core.Tensor;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.Dataset;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// The data sets that come with the command.
final class Samples {
  private Samples() {}

  /// 1,797 scans of 8 × 8 pixels as rows of ink from 0 to 1, and which digit was written.
  static Dataset digits() throws IOException {
    Dataset raw = read("digits.csv", "label");
    Tensor ink = raw.x().div(16);
    return new Dataset(ink, raw.y(), raw.features(), raw.classes());
  }

  /// 569 patients with 30 measurements of cell nuclei, and whether the tumour was malignant (1).
  static Dataset cancer() throws IOException {
    return read("breast_cancer.csv", "diagnosis");
  }

  private static Dataset read(String name, String target) throws IOException {
    try (InputStream in = Samples.class.getResourceAsStream("/dev/backlight/cli/data/" + name)) {
      if (in == null) {
        throw new IllegalStateException(
            "the demo needs its data " + name + ", got a jar without it");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Dataset.of(Csv.parse(name, text), target);
    }
  }
}
