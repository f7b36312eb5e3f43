package dev.backlight.cli;

import dev.backlight.core.DType;
import dev.backlight.core.Interpolation;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Npy;
import dev.backlight.onnx.Port;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/// Inputs of models from files: arrays as they are, images brought to the model's size.
final class InputFiles {
  private InputFiles() {}

  /// The input that `NAME=FILE` or `FILE` is for.
  static Port port(String text, List<Port> ports) {
    for (Port port : ports) {
      if (text.startsWith(port.name() + "=")) {
        return port;
      }
    }
    if (ports.size() != 1) {
      throw new BadInput(
          "--input needs NAME=FILE with an input of "
              + String.join(", ", ports.stream().map(Port::name).toList())
              + ", got '"
              + text
              + "'");
    }
    return ports.getFirst();
  }

  static Path path(String text, List<Port> ports) {
    String prefix = port(text, ports).name() + "=";
    return Path.of(text.startsWith(prefix) ? text.substring(prefix.length()) : text);
  }

  static Tensor read(Path file, Port port, ImageOptions images) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new BadInput(file + ": an array or image is needed, got none");
    }
    String name = file.toString().toLowerCase(Locale.ROOT);
    DType dtype =
        port.dtype()
            .orElseThrow(
                () -> new BadInput("input '" + port.name() + "' needs numbers, got " + port));
    if (name.endsWith(".npy")) {
      Tensor x = Npy.read(file);
      // What NumPy makes by default is F64; a model of F32 means its nearest.
      return x.dtype() == DType.F64 && dtype == DType.F32 ? x.to(dtype) : x;
    }
    return image(file, port, dtype, images);
  }

  private static Tensor image(Path file, Port port, DType dtype, ImageOptions options)
      throws IOException {
    Shape wanted = port.shape(1).orElse(Shape.SCALAR);
    List<String> sizes = port.sizes().orElse(List.of());
    if (wanted.rank() != 4 || !dtype.isFloat()) {
      throw new BadInput(file + ": an image needs an input of floats (n, c, h, w), got " + port);
    }
    BufferedImage image = ImageIO.read(file.toFile());
    if (image == null) {
      throw new BadInput(file + ": an image (.png, .jpg) or array (.npy) is needed, got neither");
    }
    int channels = wanted.size(1) == 1 && sizes.get(1).equals("1") ? 1 : 3;
    Tensor x = colours(image, channels, dtype, options);
    boolean given = isNumber(sizes.get(2)) && isNumber(sizes.get(3));
    return given && (wanted.size(2) != x.size(2) || wanted.size(3) != x.size(3))
        ? x.resize(Interpolation.LINEAR, wanted.size(2), wanted.size(3))
        : x;
  }

  private static boolean isNumber(String size) {
    return size.chars().allMatch(Character::isDigit);
  }

  private static Tensor colours(
      BufferedImage image, int channels, DType dtype, ImageOptions options) {
    int h = image.getHeight();
    int w = image.getWidth();
    double[] mean = options.numbers("--mean", options.mean, channels, 0);
    double[] std = options.numbers("--std", options.std, channels, 1);
    double[] values = new double[channels * h * w];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int rgb = image.getRGB(x, y);
        double r = (rgb >> 16 & 255) / 255.0;
        double g = (rgb >> 8 & 255) / 255.0;
        double b = (rgb & 255) / 255.0;
        // One channel is the luma of ITU-R BT.601.
        double[] all =
            channels == 1
                ? new double[] {0.299 * r + 0.587 * g + 0.114 * b}
                : new double[] {r, g, b};
        for (int c = 0; c < channels; c++) {
          values[(c * h + y) * w + x] = (all[c] - mean[c]) / std[c];
        }
      }
    }
    return Tensor.of(Shape.of(1, channels, h, w), values).to(dtype);
  }
}
