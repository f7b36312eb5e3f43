package dev.backlight.onnx;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.onnx.op.NotConstant;
import dev.backlight.onnx.proto.ElementType;
import dev.backlight.onnx.proto.ExternalData;
import dev.backlight.onnx.proto.TensorData;
import dev.backlight.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Runs the test cases of the ONNX project: folders with a `model.onnx` and
/// `test_data_set_*/{input,output}_*.pb`.
///
/// An answer is right if it has the expected shapes and element types, and every number differs by
/// at most `1e-7 + 1e-3 |expected|`, as in the project's own runner; for `float16` the factor is
/// 2e-3 and for `bfloat16` 1e-2, two units in their last places. In addition, four units in the
/// last place of the largest number are allowed, as sums that cancel have them. Each case is
/// recorded as a tape on the inputs of its data set and then replayed.
public final class Conformance {
  /// How a case ended.
  public enum Verdict {
    /// All answers are right.
    PASSED,
    /// An answer is wrong, or an error came where an answer should.
    FAILED,
    /// The model was refused at import, with a reason.
    UNSUPPORTED
  }

  /// A case with its end.
  ///
  /// @param name of its folder
  /// @param verdict how it ended
  /// @param reason why, if it did not pass
  /// @param error the largest absolute difference of a number
  public record Result(String name, Verdict verdict, String reason, double error) {}

  private Conformance() {}

  /// The cases of a folder, in order: all folders in it that have a model, or itself.
  public static List<Path> cases(Path folder) throws IOException {
    if (Files.isRegularFile(folder.resolve("model.onnx"))) {
      return List.of(folder);
    }
    try (Stream<Path> inside = Files.list(folder)) {
      return inside
          .filter(path -> Files.isRegularFile(path.resolve("model.onnx")))
          .sorted()
          .toList();
    }
  }

  /// Runs one case.
  public static Result run(Path folder) throws IOException {
    String name = String.valueOf(folder.getFileName());
    List<Path> sets = numbered(folder, "test_data_set_", "");
    double worst = 0;
    try {
      OnnxModel model = OnnxModel.read(folder.resolve("model.onnx"));
      if (sets.isEmpty()) {
        return new Result(name, Verdict.FAILED, "needs a test_data_set_0, got none", 0);
      }
      for (Path set : sets) {
        worst = Math.max(worst, compare(model, set));
      }
      return new Result(name, Verdict.PASSED, "", worst);
    } catch (OnnxException | FormatException e) {
      return new Result(name, Verdict.UNSUPPORTED, String.valueOf(e.getMessage()), worst);
    } catch (Random e) {
      return new Result(name, Verdict.UNSUPPORTED, String.valueOf(e.getMessage()), worst);
    } catch (Wrong e) {
      return new Result(name, Verdict.FAILED, String.valueOf(e.getMessage()), e.error);
    } catch (RuntimeException e) {
      return new Result(name, Verdict.FAILED, e.toString(), worst);
    }
  }

  private static double compare(OnnxModel model, Path set) throws IOException {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    List<Path> files = numbered(set, "input_", ".pb");
    List<Port> ports = model.inputs();
    for (int i = 0; i < ports.size() && i < files.size(); i++) {
      Port port = ports.get(i);
      if (port.dtype().isEmpty()) {
        throw new OnnxException("input '" + port.name() + "' needs numbers, got " + port);
      }
      inputs.put(port.name(), TensorData.read(proto(files.get(i)), ExternalData.NONE));
    }
    for (Port port : model.outputs()) {
      if (port.dtype().isEmpty()) {
        throw new OnnxException("output '" + port.name() + "' needs numbers, got " + port);
      }
    }
    List<Tensor> outputs = new ArrayList<>(answers(model, inputs).values());
    List<Path> expected = numbered(set, "output_", ".pb");
    double worst = 0;
    for (int i = 0; i < expected.size(); i++) {
      TensorProto proto = proto(expected.get(i));
      Tensor wanted = TensorData.read(proto, ExternalData.NONE);
      String name = model.outputs().get(i).name();
      try {
        worst = Math.max(worst, compare(name, outputs.get(i), wanted, TensorData.type(proto)));
      } catch (Wrong e) {
        if (model.drawing().isEmpty() || !outputs.get(i).spec().equals(wanted.spec())) {
          throw e;
        }
        throw new Random(
            "output '%s' is drawn at random, here as %s, as needed, with other numbers"
                .formatted(name, wanted.spec()));
      }
    }
    return worst;
  }

  /// The answers of the tape, recorded at these inputs and played again. Inputs that decide about
  /// shapes are fixed.
  private static Map<String, Tensor> answers(OnnxModel model, Map<String, Tensor> inputs) {
    OnnxModel now = model;
    Map<String, Tensor> open = new LinkedHashMap<>(inputs);
    while (true) {
      try {
        return now.tape(open).run(open);
      } catch (OnnxException e) {
        if (!(e.getCause() instanceof NotConstant wanted) || open.isEmpty()) {
          throw e;
        }
        Set<String> deciding = now.deciding(wanted);
        for (String name : deciding) {
          Tensor value = open.remove(name);
          if (value == null) {
            throw e;
          }
          now = now.fix(name, value);
        }
        if (deciding.isEmpty()) {
          throw e;
        }
      }
    }
  }

  private static double compare(String name, Tensor got, Tensor wanted, ElementType type) {
    if (got.dtype() != wanted.dtype() || !got.shape().equals(wanted.shape())) {
      throw new Wrong("output '" + name + "' needs " + wanted.spec() + ", got " + got.spec(), 0);
    }
    if (got.dtype() == DType.I64 || got.dtype() == DType.BOOL || got.dtype() == DType.I32) {
      if (!got.sameAs(wanted)) {
        throw new Wrong("output '" + name + "' needs " + wanted + ", got " + got, 1);
      }
      return 0;
    }
    double relative =
        switch (type) {
          case BFLOAT16 -> 1e-2;
          case FLOAT16 -> 2e-3;
          default -> 1e-3;
        };
    double[] a = got.toDoubles();
    double[] b = wanted.toDoubles();
    double largest = 0;
    for (double each : b) {
      largest = Double.isFinite(each) ? Math.max(largest, Math.abs(each)) : largest;
    }
    double noise = 1e-7 + (got.dtype() == DType.F32 ? 4 * Math.ulp(1f) * largest : 0);
    double worst = 0;
    for (int i = 0; i < a.length; i++) {
      if (a[i] == b[i] || (Double.isNaN(a[i]) && Double.isNaN(b[i]))) {
        continue;
      }
      double error = Math.abs(a[i] - b[i]);
      if (!(error <= noise + relative * Math.abs(b[i])) || Double.isInfinite(error)) {
        throw new Wrong(
            "output '" + name + "' needs " + b[i] + " at element " + i + ", got " + a[i], error);
      }
      worst = Math.max(worst, error);
    }
    return worst;
  }

  private static TensorProto proto(Path file) throws IOException {
    return TensorProto.read(file.toString(), Files.readAllBytes(file));
  }

  /// The files `prefix0suffix`, `prefix1suffix` and so on, as far as they go.
  private static List<Path> numbered(Path folder, String prefix, String suffix) {
    List<Path> found = new ArrayList<>();
    while (Files.exists(folder.resolve(prefix + found.size() + suffix))) {
      found.add(folder.resolve(prefix + found.size() + suffix));
    }
    return found;
  }

  /// An answer that nobody can foretell.
  private static final class Random extends RuntimeException {
    private static final long serialVersionUID = 1;

    Random(String message) {
      super(message);
    }
  }

  /// An answer that is not the expected one.
  private static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final double error;

    Wrong(String message, double error) {
      super(message);
      this.error = error;
    }
  }
}
