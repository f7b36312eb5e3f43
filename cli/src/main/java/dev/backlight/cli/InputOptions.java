package dev.backlight.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How files become the inputs of an ONNX model, by options or by a file of JSON.
final class InputOptions {
  @Option(
      names = "--mean",
      paramLabel = "R,G,B",
      description =
          "What is taken from the colours of an image (0 to 1), or from the columns of a table; 0"
              + " otherwise.")
  private @Nullable String mean;

  @Option(
      names = "--std",
      paramLabel = "R,G,B",
      description = "What the colours or columns are then divided by; 1 otherwise.")
  private @Nullable String std;

  @Option(
      names = "--resize",
      paramLabel = "N|H,W",
      description =
          "The size that an image is brought to first: its shorter side, or height and width.")
  private @Nullable String resize;

  @Option(
      names = "--crop",
      paramLabel = "N|H,W",
      description = "The size of the part that is then taken from its middle.")
  private @Nullable String crop;

  @Option(
      names = "--columns",
      paramLabel = "NAME,...",
      description = "The columns of a table that are the inputs, in this order (default: all).")
  private @Nullable String columns;

  @Option(
      names = "--prepare",
      paramLabel = "FILE",
      description =
          "JSON with these settings: mean, std, resize, crop, columns, also order (rgb or bgr),"
              + " scale (a colour's largest value) and classes (names of outputs); options win"
              + " over it (default: MODEL.prepare.json beside the model, if there is one).")
  private @Nullable Path file;

  /// What the file of a model's settings says, with the options in its place where they are given.
  Preparation of(Path model) throws IOException {
    Map<String, Object> settings = new LinkedHashMap<>();
    Path beside =
        model.resolveSibling(
            model.getFileName().toString().replaceFirst("(?i)\\.onnx$", "") + ".prepare.json");
    if (file != null) {
      if (!Files.isRegularFile(file)) {
        throw new BadInput(file + ": a file of settings is needed, got none");
      }
      settings.putAll(Preparation.settings(file));
    } else if (Files.isRegularFile(beside)) {
      settings.putAll(Preparation.settings(beside));
    }
    put(settings, "mean", mean == null ? null : numbers("--mean", mean));
    put(settings, "std", std == null ? null : numbers("--std", std));
    put(settings, "resize", resize == null ? null : numbers("--resize", resize));
    put(settings, "crop", crop == null ? null : numbers("--crop", crop));
    put(settings, "columns", columns == null ? null : List.of(columns.split(",", -1)));
    return Preparation.of(settings);
  }

  private static void put(Map<String, Object> settings, String name, @Nullable Object value) {
    if (value != null) {
      settings.put(name, value);
    }
  }

  private static List<Double> numbers(String option, String text) {
    try {
      return List.of(text.split(",", -1)).stream()
          .map(part -> Double.valueOf(part.strip()))
          .toList();
    } catch (NumberFormatException e) {
      throw new BadInput(option + " needs numbers with commas between, got '" + text + "'", e);
    }
  }
}
