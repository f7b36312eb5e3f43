package dev.backlight.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Derivatives of what reads images between the pixels, and what cannot be read. That the values
/// are onnxruntime's asks [ConformanceTest].
class DetectionTest {
  private static final Key KEY = Key.of(3);
  private static final Tensor IMAGES = KEY.normal(Shape.of(2, 2, 5, 6), DType.F64);

  private static OnnxModel model(Message node, Map<String, Tensor> inputs) {
    Message graph = new Message().message(1, node);
    inputs.forEach((name, tensor) -> graph.message(11, Made.port(name, tensor)));
    return Made.read(19, graph.message(12, new Message().text(1, "y")));
  }

  private static Message roiAlign(int ratio) {
    return Made.node("RoiAlign", "x, rois, images", "y")
        .message(5, Made.integer("output_height", 2))
        .message(5, Made.integer("output_width", 3))
        .message(5, Made.integer("sampling_ratio", ratio))
        .message(5, Made.floating("spatial_scale", 0.5f));
  }

  @Test
  void regionsAreDifferentiatedByTheImageAndByTheirCorners() {
    Tensor rois = Tensor.of(new double[][] {{1.1, 0.7, 7.3, 6.1}, {3.3, 2.9, 9.1, 8.3}});
    Tensor images = Tensor.of(new long[] {1, 0});
    OnnxModel model = model(roiAlign(2), inputs("x", IMAGES, "rois", rois, "images", images));
    GradCheck.standard()
        .check(
            (Tensor x) -> model.apply(inputs("x", x, "rois", rois, "images", images)).get("y"),
            IMAGES);
    GradCheck.standard()
        .order(1)
        .check(
            (Tensor r) -> model.apply(inputs("x", IMAGES, "rois", r, "images", images)).get("y"),
            rois);
    // As many points as pixels: how many there are must not depend on inputs.
    OnnxModel adaptive = model(roiAlign(0), inputs("x", IMAGES, "rois", rois, "images", images));
    assertThatThrownBy(() -> adaptive.tape(inputs("x", IMAGES, "rois", rois, "images", images)))
        .isInstanceOf(OnnxException.class)
        .hasMessageEndingWith("; fix rois");
    OnnxModel fixed = adaptive.fix("rois", rois);
    GradCheck.standard()
        .check((Tensor x) -> fixed.apply(inputs("x", x, "images", images)).get("y"), IMAGES);
  }

  private static Map<String, Tensor> inputs(Object... namesAndTensors) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTensors.length; i += 2) {
      inputs.put((String) namesAndTensors[i], (Tensor) namesAndTensors[i + 1]);
    }
    return inputs;
  }

  @Test
  void deformableConvolutionIsDifferentiatedByEverything() {
    Tensor w = KEY.fold(1).normal(Shape.of(2, 1, 2, 2), DType.F64);
    Tensor offset = KEY.fold(2).uniform(Shape.of(2, 16, 4, 5), DType.F64, 0.1, 0.4);
    Tensor b = KEY.fold(3).normal(Shape.of(2), DType.F64);
    Tensor mask = KEY.fold(4).normal(Shape.of(2, 8, 4, 5), DType.F64);
    Map<String, Tensor> all = inputs("x", IMAGES, "w", w, "offset", offset, "b", b, "mask", mask);
    OnnxModel model =
        model(
            Made.node("DeformConv", "x, w, offset, b, mask", "y")
                .message(5, Made.integer("group", 2))
                .message(5, Made.integer("offset_group", 2)),
            all);
    GradCheck.standard().order(1).check((Map<String, Tensor> in) -> model.apply(in).get("y"), all);
  }

  @Test
  void boxesThatAreNotKnownAreRefusedOnATapeAndChosenWithoutOne() {
    Tensor boxes =
        Tensor.of(new float[][] {{0, 0, 1, 1}, {0, 0.1f, 1, 1.1f}, {0, 5, 1, 6}}).unsqueeze(0);
    Tensor scores = Tensor.of(new float[][] {{0.9f, 0.95f, 0.2f}}).unsqueeze(0);
    Message node = Made.node("NonMaxSuppression", "boxes, scores, most, overlap", "y");
    Map<String, Tensor> all = inputs("boxes", boxes, "scores", scores);
    Message graph =
        new Message()
            .message(1, node)
            .message(5, Made.weight("most", Tensor.of(Shape.of(1), 3L)))
            .message(5, Made.weight("overlap", Tensor.of(0.5f)))
            .message(11, Made.port("boxes", boxes))
            .message(11, Made.port("scores", scores))
            .message(12, new Message().text(1, "y"));
    OnnxModel model = Made.read(11, graph);
    assertThat(model.apply(all).get("y").toLongs()).containsExactly(0, 0, 1, 0, 0, 2);
    assertThatThrownBy(() -> model.tape(all))
        .isInstanceOf(OnnxException.class)
        .hasMessageContaining("; fix boxes");
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Tensor rois = Tensor.zeros(2, 3);
    Tensor x = Tensor.zeros(1, 1, 4, 4);
    Tensor images = Tensor.of(new long[] {0, 0});
    assertRefused(
        roiAlign(1),
        inputs("x", x, "rois", rois, "images", images),
        "needs regions (r, 4), got (2, 3)");
    Tensor offset = Tensor.zeros(1, 8, 4, 4);
    assertRefused(
        Made.node("DeformConv", "x, w, offset", "y"),
        inputs("x", x, "w", Tensor.zeros(1, 1, 2, 2), "offset", offset),
        "needs images, weights and offsets that fit 1 groups and 1 of offsets, got (1, 1, 4, 4),"
            + " (1, 1, 2, 2) and (1, 8, 4, 4)");
  }

  private static void assertRefused(Message node, Map<String, Tensor> inputs, String what) {
    assertThatThrownBy(() -> model(node, inputs).apply(inputs))
        .isInstanceOf(OnnxException.class)
        .hasMessageEndingWith(what);
  }
}
