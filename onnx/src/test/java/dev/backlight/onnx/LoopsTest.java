package dev.backlight.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.autodiff.GradCheck;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Validity;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.Message;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Loops whose end depends on inputs: `while (Σ y < limit) y = 2 y - y³ / 9`, at most so often.
class LoopsTest {
  private static final Tensor X = Tensor.of(0.3, 0.7);

  private static Message body(boolean stacking) {
    Message body =
        new Message()
            .message(1, Made.node("Add", "y, y", "twice"))
            .message(1, Made.node("Mul", "y, y", "square"))
            .message(1, Made.node("Mul", "square, y", "cube"))
            .message(1, Made.node("Div", "cube, nine", "part"))
            .message(1, Made.node("Sub", "twice, part", "next"))
            .message(
                1, Made.node("ReduceSum", "next", "sum").message(5, Made.integer("keepdims", 0)))
            .message(1, Made.node("Less", "sum, limit", "again"))
            .message(5, Made.weight("nine", Tensor.scalar(9.)))
            .message(11, Made.port("i", DType.I64))
            .message(11, Made.port("c", DType.BOOL))
            .message(11, Made.port("y", DType.F64, 2))
            .message(12, Made.port("again", DType.BOOL))
            .message(12, Made.port("next", DType.F64, 2));
    return stacking ? body.message(12, Made.port("sum", DType.F64)) : body;
  }

  /// @param most steps, or `null` for any number
  private static OnnxModel model(@Nullable Long most, boolean stacking) {
    Message loop =
        Made.node("Loop", (most == null ? "" : "m") + ", , x", stacking ? "z, all" : "z")
            .message(5, Made.graph("body", body(stacking)));
    Message graph = new Message();
    if (most != null) {
      graph.message(5, Made.weight("m", Tensor.of(Shape.SCALAR, most)));
    }
    return Made.read(
        17,
        graph
            .message(1, loop)
            .message(11, Made.port("x", X))
            .message(11, Made.port("limit", DType.F64))
            .message(12, Made.port("z", X)));
  }

  private static Tensor loop(Tensor x, double limit, long most) {
    Tensor y = x;
    long step = 0;
    do {
      y = y.add(y).sub(y.mul(y).mul(y).div(9));
      step++;
    } while (step < most && y.sum().item() < limit);
    return y;
  }

  private static Map<String, Tensor> given(Tensor x, double limit) {
    return Map.of("x", x, "limit", Tensor.scalar(limit));
  }

  @Test
  void aLoopRunsAsOftenAsItsInputsSayOnEveryReplay() {
    for (Long most : new Long[] {null, 3L, 1_000_000L}) {
      Tape<Map<String, Tensor>, Map<String, Tensor>> tape = model(most, false).tape(given(X, 1.5));
      assertThat(tape.validity()).isEqualTo(Validity.REPLAYABLE);
      for (double limit : new double[] {0, 1.5, 3, 4.5, 5.5}) {
        Tensor x = limit == 3 ? Tensor.of(0.01, 0.02) : X;
        Tensor wanted = loop(x, limit, most == null ? Long.MAX_VALUE : most);
        assertThat(tape.run(given(x, limit)).get("z").sameAs(wanted)).as("%s", limit).isTrue();
        assertThat(model(most, false).apply(given(x, limit)).get("z").sameAs(wanted)).isTrue();
      }
    }
  }

  @Test
  void aLoopWithABoundHasGradientsAndOneWithoutRefusesByName() {
    OnnxModel bounded = model(6L, false);
    GradCheck.standard().check((Tensor x) -> bounded.apply(given(x, 4)).get("z"), X);
    Tape<Map<String, Tensor>, Tensor> open =
        Tape.record(in -> model(null, false).apply(in).get("z").sum(), given(X, 4));
    assertThatThrownBy(() -> open.gradient(in -> in.get("x")))
        .hasMessageContaining("whileLoop")
        .hasMessageContaining("bound");
  }

  @Test
  void theNumberOfStepsMayBeAnInput() {
    Message body =
        new Message()
            .message(1, Made.node("Mul", "y, y", "next"))
            .message(1, Made.node("Identity", "c", "again"))
            .message(11, Made.port("i", DType.I64))
            .message(11, Made.port("c", DType.BOOL))
            .message(11, Made.port("y", DType.F64, 2))
            .message(12, Made.port("again", DType.BOOL))
            .message(12, Made.port("next", DType.F64, 2));
    OnnxModel squares =
        Made.read(
            17,
            new Message()
                .message(1, Made.node("Loop", "m, , x", "z").message(5, Made.graph("body", body)))
                .message(11, Made.port("m", DType.I64))
                .message(11, Made.port("x", X))
                .message(12, Made.port("z", X)));
    var tape = squares.tape(Map.of("m", Tensor.of(Shape.SCALAR, 2L), "x", X));
    for (long m = 0; m < 4; m++) {
      Tensor z = tape.run(Map.of("m", Tensor.of(Shape.SCALAR, m), "x", X)).get("z");
      assertThat(z.at(1))
          .isCloseTo(Math.pow(0.7, 1 << m), org.assertj.core.api.Assertions.within(1e-15));
    }
  }

  @Test
  void resultsThatAreStackedNeedAKnownNumberOfSteps() {
    OnnxModel stacking = model(6L, true);
    assertThat(stacking.apply(given(X, 4)).get("z").sameAs(loop(X, 4, 6))).isTrue();
    assertThatThrownBy(() -> stacking.tape(given(X, 4)))
        .isInstanceOf(OnnxException.class)
        .hasMessageContaining("; fix ");
  }

  @Test
  void aStateThatGrowsIsRefused() {
    Message body =
        new Message()
            .message(1, Made.node("Concat", "y, y", "next").message(5, Made.integer("axis", 0)))
            .message(1, Made.node("Identity", "c", "again"))
            .message(11, Made.port("i", DType.I64))
            .message(11, Made.port("c", DType.BOOL))
            .message(11, Made.port("y", DType.F64, 2))
            .message(12, Made.port("again", DType.BOOL))
            .message(12, Made.port("next", DType.F64, 2));
    OnnxModel grows =
        Made.read(
            17,
            new Message()
                .message(1, Made.node("Loop", "m, , x", "z").message(5, Made.graph("body", body)))
                .message(11, Made.port("m", DType.I64))
                .message(11, Made.port("x", X))
                .message(12, Made.port("z", X)));
    assertThatThrownBy(() -> grows.tape(Map.of("m", Tensor.of(Shape.SCALAR, 2L), "x", X)))
        .isInstanceOf(OnnxException.class)
        .hasMessageContaining("whileLoop");
  }
}
