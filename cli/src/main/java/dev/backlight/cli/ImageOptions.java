package dev.backlight.cli;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How images become numbers: each colour of 0 to 1, less a mean, by a standard deviation.
final class ImageOptions {
  @Option(
      names = "--mean",
      paramLabel = "R,G,B",
      description = "What is taken from the colours of an image (0 to 1); 0 otherwise.")
  @Nullable String mean;

  @Option(
      names = "--std",
      paramLabel = "R,G,B",
      description = "What the colours of an image are then divided by; 1 otherwise.")
  @Nullable String std;

  /// Three numbers for the colours, or one for each of so many channels.
  double[] numbers(String option, @Nullable String text, int channels, double absent) {
    double[] all = new double[channels];
    if (text == null) {
      Arrays.fill(all, absent);
      return all;
    }
    String[] parts = text.split(",", -1);
    try {
      for (int i = 0; i < channels; i++) {
        all[i] = Double.parseDouble(parts[parts.length == 1 ? 0 : i].strip());
      }
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new BadInput(option + " needs " + channels + " numbers, got '" + text + "'", e);
    }
    return all;
  }
}
