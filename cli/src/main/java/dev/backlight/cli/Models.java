package dev.backlight.cli;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.OnnxException;
import dev.backlight.onnx.OnnxModel;
import dev.backlight.onnx.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// ONNX models, as commands take them.
final class Models {
  private Models() {}

  static boolean isOnnx(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
  }

  static OnnxModel read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new BadInput(
          file + ": an ONNX file is needed, got " + (Files.exists(file) ? "a directory" : "none"));
    }
    return OnnxModel.read(file);
  }

  /// Inputs of zeros in the declared sizes, with 1 for what the file leaves open.
  ///
  /// @param shapes `NAME=2,3` for inputs of other sizes
  static Map<String, Tensor> examples(OnnxModel model, List<String> shapes) {
    Map<String, Shape> wanted = new LinkedHashMap<>();
    List<String> names = model.inputs().stream().map(Port::name).toList();
    for (String text : shapes) {
      int at = text.lastIndexOf('=');
      String name =
          at < 0 && names.size() == 1 ? names.getFirst() : text.substring(0, Math.max(0, at));
      if (!names.contains(name)) {
        throw new BadInput(
            "--shape needs NAME=SIZES with an input of "
                + String.join(", ", names)
                + ", got '"
                + text
                + "'");
      }
      wanted.put(name, shape(text, text.substring(at + 1)));
    }
    Map<String, Tensor> examples = new LinkedHashMap<>();
    for (Port port : model.inputs()) {
      DType dtype =
          port.dtype()
              .orElseThrow(
                  () -> new BadInput("input '" + port.name() + "' needs numbers, got " + port));
      Shape shape =
          wanted.containsKey(port.name())
              ? wanted.get(port.name())
              : port.shape(1)
                  .orElseThrow(() ->
                      new BadInput(
                          "input '" + port.name() + "' needs a --shape, the file has none"));
      examples.put(port.name(), Tensor.zeros(shape, dtype));
    }
    return examples;
  }

  private static Shape shape(String text, String sizes) {
    try {
      String[] parts = sizes.split(",", -1);
      int[] all = new int[parts.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = Integer.parseInt(parts[i].strip());
      }
      return Shape.of(all);
    } catch (RuntimeException e) {
      throw new BadInput("--shape needs NAME=2,3 with sizes of at least 0, got '" + text + "'", e);
    }
  }

  /// Says what cannot be done with a model as bad input.
  interface Work<T> {
    T run() throws IOException;
  }

  static <T> T asked(Path file, Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (OnnxException e) {
      throw new BadInput(file + ": " + e.getMessage(), e);
    }
  }
}
