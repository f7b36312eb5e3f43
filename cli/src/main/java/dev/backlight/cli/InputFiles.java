package dev.backlight.cli;

import dev.backlight.core.DType;
import dev.backlight.core.Interpolation;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Npy;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.Table;
import dev.backlight.onnx.Port;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/// Inputs of models from files: arrays as they are, images brought to the model's size, rows of
/// tables.
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

  /// An input.
  ///
  /// @param names of the columns, if there are some
  record Input(Tensor x, List<String> names) {}

  static Input read(Path file, Port port, Preparation prepare) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new BadInput(file + ": an array, image or table is needed, got none");
    }
    String name = file.toString().toLowerCase(Locale.ROOT);
    DType dtype =
        port.dtype()
            .orElseThrow(
                () -> new BadInput("input '" + port.name() + "' needs numbers, got " + port));
    if (name.endsWith(".npy")) {
      Tensor x = Npy.read(file);
      // What NumPy makes by default is F64; a model of F32 means its nearest.
      return new Input(
          x.dtype() == DType.F64 && dtype == DType.F32 ? x.to(dtype) : x, prepare.columns());
    }
    return name.endsWith(".csv")
        ? rows(file, port, dtype, prepare)
        : new Input(image(file, port, dtype, prepare), List.of());
  }

  private static Input rows(Path file, Port port, DType dtype, Preparation prepare) {
    List<String> sizes = port.sizes().orElse(List.of("n", "d"));
    if (sizes.size() != 2 || !dtype.isFloat()) {
      throw new BadInput(file + ": a table needs an input of floats (n, d), got " + port);
    }
    Table table = Csv.read(file);
    List<String> columns = prepare.columns().isEmpty() ? table.columns() : prepare.columns();
    if (isNumber(sizes.get(1)) && !sizes.get(1).equals("" + columns.size())) {
      throw new BadInput(
          "%s: --columns needs %s columns, of %s, got %d"
              .formatted(file, sizes.get(1), String.join(", ", table.columns()), columns.size()));
    }
    return new Input(prepare.rows(table.numbers(columns, dtype)), columns);
  }

  private static Tensor image(Path file, Port port, DType dtype, Preparation prepare)
      throws IOException {
    Shape wanted = port.shape(1).orElse(Shape.SCALAR);
    List<String> sizes = port.sizes().orElse(List.of());
    if (wanted.rank() != 4 || !dtype.isFloat()) {
      throw new BadInput(file + ": an image needs an input of floats (n, c, h, w), got " + port);
    }
    BufferedImage image = ImageIO.read(file.toFile());
    if (image == null) {
      throw new BadInput(
          file + ": an image (.png, .jpg), array (.npy) or table (.csv) is needed, got neither");
    }
    int channels = wanted.size(1) == 1 && sizes.get(1).equals("1") ? 1 : 3;
    Tensor x = prepare.image(colours(image, channels, dtype));
    boolean given = isNumber(sizes.get(2)) && isNumber(sizes.get(3));
    return given && (wanted.size(2) != x.size(2) || wanted.size(3) != x.size(3))
        ? x.resize(Interpolation.LINEAR, wanted.size(2), wanted.size(3))
        : x;
  }

  private static boolean isNumber(String size) {
    return size.chars().allMatch(Character::isDigit);
  }

  private static Tensor colours(BufferedImage image, int channels, DType dtype) {
    int h = image.getHeight();
    int w = image.getWidth();
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
          values[(c * h + y) * w + x] = all[c];
        }
      }
    }
    return Tensor.of(Shape.of(1, channels, h, w), values).to(dtype);
  }
}
