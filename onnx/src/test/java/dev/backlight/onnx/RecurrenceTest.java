package dev.backlight.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.Message;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Scans and loops of many steps: `s ← s / 2 + x`, which gives out `s²`.
class RecurrenceTest {
  private static final Message HALF = Made.weight("half", Tensor.scalar(0.5));

  private static Message body(boolean loop) {
    Message body = new Message();
    if (loop) {
      body.message(1, Made.node("Gather", "all, i", "x")).message(11, Made.port("i", DType.I64));
      body.message(11, Made.port("c", DType.BOOL));
    }
    body.message(1, Made.node("Mul", "s, half", "less"))
        .message(1, Made.node("Add", "less, x", "next"))
        .message(1, Made.node("Mul", "next, next", "square"))
        .message(5, HALF)
        .message(11, Made.port("s", DType.F64, 2));
    if (loop) {
      body.message(1, Made.node("Identity", "c", "again"))
          .message(12, Made.port("again", DType.BOOL));
    } else {
      body.message(11, Made.port("x", DType.F64, 2));
    }
    return body.message(12, Made.port("next", DType.F64, 2))
        .message(12, Made.port("square", DType.F64, 2));
  }

  private static OnnxModel scan(int length, boolean backwards, int axis) {
    Shape shape = axis == 0 ? Shape.of(length, 2) : Shape.of(2, length);
    Message scan =
        Made.node("Scan", "zero, x", "last, squares")
            .message(5, Made.graph("body", body(false)))
            .message(5, Made.integer("num_scan_inputs", 1))
            .message(5, Made.integers("scan_input_axes", axis))
            .message(5, Made.integers("scan_input_directions", backwards ? 1 : 0))
            .message(5, Made.integers("scan_output_axes", axis))
            .message(5, Made.integers("scan_output_directions", backwards ? 1 : 0));
    return Made.read(
        17,
        new Message()
            .message(1, scan)
            .message(5, Made.weight("zero", Tensor.zeros(Shape.of(2), DType.F64)))
            .message(11, Made.port("x", DType.F64, shape.sizes()))
            .message(12, Made.port("last", DType.F64, 2))
            .message(12, Made.port("squares", DType.F64, shape.sizes())));
  }

  private static OnnxModel loop(long length, int rows) {
    return Made.read(
        17,
        new Message()
            .message(
                1,
                Made.node("Loop", "m, , zero", "last, squares")
                    .message(5, Made.graph("body", body(true))))
            .message(5, Made.weight("m", Tensor.of(Shape.SCALAR, length)))
            .message(5, Made.weight("zero", Tensor.zeros(Shape.of(2), DType.F64)))
            .message(11, Made.port("all", DType.F64, rows, 2))
            .message(12, Made.port("last", DType.F64, 2))
            .message(12, Made.port("squares", DType.F64, rows, 2)));
  }

  /// The squares, a step after the other, along the first axis.
  private static Tensor plain(Tensor x) {
    Tensor s = Tensor.zeros(Shape.of(2), DType.F64);
    Tensor[] squares = new Tensor[x.size(0)];
    for (int t = 0; t < squares.length; t++) {
      s = s.mul(0.5).add(x.get(t));
      squares[t] = s.mul(s);
    }
    return Tensor.stack(0, squares);
  }

  private static boolean hasScan(Tape<?, ?> tape) {
    return tape.nodes().stream().map(Node::op).anyMatch(op -> op.name().startsWith("scan"));
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 129, 400})
  void aLongScanIsOneNodeAndAnswersTheSame(int length) {
    Tensor x = Key.of(1).normal(Shape.of(length, 2), DType.F64);
    Map<String, Tensor> given = Map.of("x", x);
    OnnxModel model = scan(length, false, 0);
    Tape<Map<String, Tensor>, Map<String, Tensor>> tape = model.tape(given);
    assertThat(hasScan(tape)).isEqualTo(length > 128);
    assertThat(tape.run(given).get("squares").sameAs(plain(x))).isTrue();
    assertThat(model.apply(given).get("squares").sameAs(plain(x))).isTrue();
  }

  @Test
  void aLongScanGoesAlongAnyAxisAndBackwards() {
    Tensor x = Key.of(1).normal(Shape.of(200, 2), DType.F64);
    Map<String, Tensor> turned = Map.of("x", x.flip(0).transpose());
    Tape<Map<String, Tensor>, Map<String, Tensor>> tape = scan(200, true, 1).tape(turned);
    assertThat(hasScan(tape)).isTrue();
    assertThat(tape.run(turned).get("squares").sameAs(plain(x).flip(0).transpose())).isTrue();
  }

  @Test
  void aLongLoopThatNothingEndsIsOneNode() {
    Tensor x = Key.of(1).normal(Shape.of(300, 2), DType.F64);
    Map<String, Tensor> given = Map.of("all", x);
    Tape<Map<String, Tensor>, Map<String, Tensor>> tape = loop(300, 300).tape(given);
    assertThat(hasScan(tape)).isTrue();
    assertThat(tape.run(given).get("squares").sameAs(plain(x))).isTrue();
  }

  @Test
  void everyStepOfALongScanDrawsAnew() {
    Message body =
        new Message()
            .message(1, Made.node("RandomNormalLike", "x", "drawn"))
            .message(1, Made.node("Add", "s, drawn", "next"))
            .message(11, Made.port("s", DType.F64, 2))
            .message(11, Made.port("x", DType.F64, 2))
            .message(12, Made.port("next", DType.F64, 2))
            .message(12, Made.port("drawn", DType.F64, 2));
    Message scan =
        Made.node("Scan", "zero, x", "last, draws")
            .message(5, Made.graph("body", body))
            .message(5, Made.integer("num_scan_inputs", 1));
    OnnxModel model =
        Made.read(
            17,
            new Message()
                .message(1, scan)
                .message(5, Made.weight("zero", Tensor.zeros(Shape.of(2), DType.F64)))
                .message(11, Made.port("x", DType.F64, 200, 2))
                .message(12, Made.port("last", DType.F64, 2))
                .message(12, Made.port("draws", DType.F64, 200, 2)));
    Tensor draws = model.apply(Map.of("x", Tensor.zeros(Shape.of(200, 2), DType.F64))).get("draws");
    assertThat(draws.toDoubles()).doesNotHaveDuplicates();
  }

  @Test
  void derivativesAgreeWithDifferences() {
    Tensor x = Key.of(1).normal(Shape.of(130, 2), DType.F64);
    OnnxModel model = scan(130, false, 0);
    GradCheck.standard().check((Tensor in) -> model.apply(Map.of("x", in)).get("squares").sin(), x);
  }

  @Test
  void moreStepsThanAnyNetworkHasAreRefused() {
    OnnxModel endless = loop(200_000_000L, 3);
    assertThatThrownBy(() -> endless.apply(Map.of("all", Tensor.zeros(Shape.of(3, 2), DType.F64))))
        .isInstanceOf(OnnxException.class)
        .hasMessageContaining(
            "a graph needs to run at most 1000000 nodes, loops unrolled, got more");
  }
}
