package dev.backlight.cli.bench;

import static dev.backlight.cli.bench.Answers.require;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import dev.backlight.explain.TensorExplainer;
import dev.backlight.onnx.Conformance;
import dev.backlight.onnx.Conformance.Verdict;
import dev.backlight.onnx.OnnxModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/// A ResNet-50 from an ONNX file on one image of 224 x 224: its answer, the gradient of a logit and
/// integrated gradients with 32 nodes.
///
/// The file is not ours to keep: a folder with it is named by [#FOLDER], and without one these
/// cases are left out.
final class OnnxCases {
  /// The variable with the folder of a test case, `model.onnx` and `test_data_set_0`, for us and
  /// for peers.
  static final String FOLDER = "BACKLIGHT_BENCH_ONNX";

  private static final String NAME = "onnx_resnet50_";
  private static final Target TARGET = Target.at(3);

  /// Plays of one pass until everything is compiled: large nodes are few, and C2 counts.
  private static final int WARM = 300;

  private OnnxCases() {}

  static boolean isOne(String name) {
    return name.startsWith(NAME);
  }

  static List<Case> all() {
    return List.of(
        Case.of(NAME + "forward", OnnxCases::forward).asks(Demand.of("onnxruntime", 1 / 1.5)),
        Case.of(NAME + "inputgrad", () -> explained(new Saliency(false)))
            .asks(Demand.of("torch", 1)),
        Case.of(
                NAME + "ig32",
                () ->
                    explained(
                        IntegratedGradients.from(Baseline.zeros()).with(Quadrature.midpoint(32))))
            .asks(Demand.of("torch", 1)));
  }

  private static Path folder() {
    String folder = System.getenv(FOLDER);
    if (folder == null) {
      throw new IllegalStateException("a folder with a model is needed, got none: --onnx DIR");
    }
    return Path.of(folder);
  }

  private static OnnxModel model() {
    try {
      return OnnxModel.read(folder().resolve("model.onnx"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Tensor image() {
    return Key.of(4).normal(Shape.of(1, 3, 224, 224), DType.F32);
  }

  private static Runnable forward() {
    try {
      Conformance.Result result = Conformance.run(folder());
      if (result.verdict() != Verdict.PASSED) {
        throw new IllegalStateException(
            "the outputs beside the model are needed, got " + result.reason());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Player<Tensor, Tensor> player = model().tape(image()).player();
    player.set(image());
    return warm(player, WARM);
  }

  private static Runnable warm(Player<Tensor, Tensor> player, int plays) {
    for (int i = 0; i < plays; i++) {
      player.play();
    }
    return player::play;
  }

  private static Runnable explained(TensorExplainer method) {
    OnnxModel model = model();
    Tensor x = image();
    Player<Tensor, Tensor> player =
        Tape.record((Tensor in) -> method.scores(model::apply, in, TARGET), x).player();
    Tensor scores = player.play(x);
    Tape<Tensor, Tensor> logits = model.tape(x);
    if (method instanceof IntegratedGradients) {
      double apart = at(logits, x) - at(logits, x.mul(0));
      require(method.name(), scores.sum().item() / apart, 1, 0.2);
      return warm(player, WARM / 32);
    } else {
      double h = 1e-3;
      double along = at(logits, x.mul(1 + h)) - at(logits, x.mul(1 - h));
      require(method.name(), scores.mul(x).sum().item() / (along / (2 * h)), 1, 0.02);
      return warm(player, WARM);
    }
  }

  private static double at(Tape<Tensor, Tensor> logits, Tensor x) {
    return logits.run(x).slice(1, 3, 4).item();
  }
}
