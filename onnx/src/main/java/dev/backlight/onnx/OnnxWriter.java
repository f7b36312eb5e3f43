package dev.backlight.onnx;

import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Validity;
import dev.backlight.core.io.AtomicFile;
import dev.backlight.onnx.export.TapeGraph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Writes tapes as ONNX models, for other programs to run: opset 17, for the shapes that the tape
/// was recorded on.
///
/// ```java
/// OnnxWriter.write(Path.of("model.onnx"), Tape.record(model::apply, example));
/// ```
///
/// Inputs and outputs are called as [Tape#inputNames()] and [Tape#outputNames()] say, the output of
/// a tape from tensor to tensor `y`. Constants become weights, labels become names of nodes, scans
/// of recurrent layers are written out step by step.
public final class OnnxWriter {
  private OnnxWriter() {}

  /// Writes a tape to a file.
  ///
  /// @throws OnnxException if it has ops that ONNX has not, all of which are named, or answers only
  ///   for some inputs
  public static void write(Path file, Tape<?, ?> tape) throws IOException {
    byte[] bytes = bytes(tape);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /// The bytes of a tape's file.
  public static byte[] bytes(Tape<?, ?> tape) {
    if (tape.isOpen()) {
      throw new OnnxException(
          "a tape that is written needs to stand by itself, got one that reads tensors of another"
              + " recording");
    }
    if (tape.validity() != Validity.REPLAYABLE) {
      throw new OnnxException(
          "a tape that is written needs to hold for all inputs, got one that is "
              + tape.validity()
              + ": "
              + String.join(", ", tape.reasons()));
    }
    Tape<?, ?> flat = tape.unrolled();
    List<String> missing = TapeGraph.unsupported(flat);
    if (!missing.isEmpty()) {
      throw new OnnxException(
          "a tape that is written needs ops that ONNX has, got " + String.join(", ", missing));
    }
    return TapeGraph.bytes(flat);
  }
}
