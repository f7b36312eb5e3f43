package dev.backlight.onnx;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// What Jazzer runs again and again: bytes are read as a model, listed, and recorded on zeros if
/// its inputs are small. Nothing but the errors of the readers may come out.
public final class ModelFuzz {
  private static final int SMALL = 10_000;

  private ModelFuzz() {}

  /// Called by Jazzer.
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    try {
      OnnxModel model = OnnxModel.read("fuzz.onnx", bytes);
      model.unsupported();
      model.drawing();
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      for (Port port : model.inputs()) {
        if (port.dtype().isEmpty() || port.shape(1).isEmpty()) {
          return;
        }
        Shape shape = port.shape(1).orElseThrow();
        if (shape.elements() > SMALL) {
          return;
        }
        inputs.put(port.name(), Tensor.zeros(shape, port.dtype().orElseThrow()));
      }
      model.tape(inputs);
    } catch (FormatException | OnnxException e) {
      if (e.getMessage() == null || e.getMessage().isBlank()) {
        throw new IllegalStateException("an error needs a message", e);
      }
    }
  }
}
