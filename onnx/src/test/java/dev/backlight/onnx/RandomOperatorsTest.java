package dev.backlight.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Validity;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.Message;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is drawn follows its distribution, and is the same each time.
class RandomOperatorsTest {
  private static Tensor run(Message node, Tensor x) {
    OnnxModel model =
        Made.read(
            22,
            new Message()
                .message(1, node)
                .message(11, Made.port("x", x))
                .message(12, new Message().text(1, "y")));
    Tape<Tensor, Tensor> tape = model.tape(x);
    assertThat(tape.validity()).isEqualTo(Validity.REPLAYABLE);
    Tensor y = tape.run(x);
    assertThat(model.apply(x).sameAs(y)).isTrue();
    assertThat(tape.run(x).sameAs(y)).isTrue();
    assertThat(model.drawing()).containsOnlyKeys(model.drawing().keySet().iterator().next());
    return y;
  }

  private static final Tensor X = Tensor.zeros(200, 300);

  @Test
  void normalAndUniformNumbersHaveTheirMomentsAndTypes() {
    Message shape = Made.integers("shape", 200, 300);
    for (String like : new String[] {"", "Like"}) {
      Message normal =
          Made.node("RandomNormal" + like, like.isEmpty() ? "" : "x", "y")
              .message(5, Made.floating("mean", 2))
              .message(5, Made.floating("scale", 3))
              .message(5, Made.integer("dtype", 11));
      Tensor y = run(like.isEmpty() ? normal.message(5, shape) : normal, X);
      assertThat(y.spec().toString()).isEqualTo("F64(200, 300)");
      assertThat(y.mean().item()).isCloseTo(2, within(0.06));
      assertThat(y.variance(0).item()).isCloseTo(9, within(0.25));
      Message uniform =
          Made.node("RandomUniform" + like, like.isEmpty() ? "" : "x", "y")
              .message(5, Made.floating("low", -1))
              .message(5, Made.floating("high", 3));
      Tensor u = run(like.isEmpty() ? uniform.message(5, shape) : uniform, X);
      assertThat(u.dtype()).isEqualTo(DType.F32);
      assertThat(u.mean().item()).isCloseTo(1, within(0.03));
      assertThat(u.amin().item()).isBetween(-1., -0.99);
      assertThat(u.amax().item()).isBetween(2.99, 3.);
    }
  }

  @Test
  void aSeedIsADifferentDraw() {
    Tensor one = run(Made.node("RandomUniformLike", "x", "y"), X);
    Tensor two =
        run(Made.node("RandomUniformLike", "x", "y").message(5, Made.floating("seed", 4)), X);
    Tensor other =
        run(Made.node("RandomUniformLike", "x", "y").message(5, Made.floating("seed", 5)), X);
    assertThat(one.sameAs(two)).isFalse();
    assertThat(two.sameAs(other)).isFalse();
  }

  @Test
  void flagsAndClassesComeAsOftenAsTheirProbabilitiesSay() {
    Tensor p = Tensor.full(Shape.of(200, 300), DType.F32, 0.3);
    Tensor flags = run(Made.node("Bernoulli", "x", "y").message(5, Made.integer("dtype", 9)), p);
    assertThat(flags.dtype()).isEqualTo(DType.BOOL);
    assertThat(flags.to(DType.F64).mean().item()).isCloseTo(0.3, within(0.01));

    Tensor logits = Tensor.of(new float[][] {{0, 1, 2}, {5, 5, -90}});
    Tensor classes =
        run(
            Made.node("Multinomial", "x", "y").message(5, Made.integer("sample_size", 20_000)),
            logits);
    assertThat(classes.spec().toString()).isEqualTo("I32(2, 20000)");
    double[] share = logits.get(0).softmax(0).toDoubles();
    for (int k = 0; k < 3; k++) {
      assertThat(classes.get(0).eq(k).to(DType.F64).mean().item())
          .isCloseTo(share[k], within(0.015));
    }
    assertThat(classes.get(1).eq(2).to(DType.F64).sum().item()).isZero();
  }

  @Test
  void dropoutInTrainingDropsAndScales() {
    OnnxModel model =
        Made.read(
            22,
            new Message()
                .message(1, Made.node("Dropout", "x, ratio, training", "y, mask"))
                .message(5, Made.weight("ratio", Tensor.scalar(0.25f)))
                .message(5, Made.weight("training", Tensor.of(Shape.SCALAR, true)))
                .message(11, Made.port("x", X))
                .message(12, new Message().text(1, "y"))
                .message(12, new Message().text(1, "mask")));
    Map<String, Tensor> out = model.apply(Map.of("x", X.add(3)));
    Tensor kept = out.get("mask").to(DType.F32);
    assertThat(kept.mean().item()).isCloseTo(0.75, within(0.01));
    assertThat(out.get("y").sameAs(kept.mul(4f))).isTrue();
  }

  @Test
  void everyStepOfALoopDrawsAnew() {
    Message body =
        new Message()
            .message(1, Made.node("RandomNormalLike", "y", "noise"))
            .message(1, Made.node("Identity", "c", "again"))
            .message(11, Made.port("i", DType.I64))
            .message(11, Made.port("c", DType.BOOL))
            .message(11, Made.port("y", DType.F32, 2))
            .message(12, Made.port("again", DType.BOOL))
            .message(12, Made.port("y", DType.F32, 2))
            .message(12, Made.port("noise", DType.F32, 2));
    OnnxModel model =
        Made.read(
            17,
            new Message()
                .message(
                    1, Made.node("Loop", "m, , x", "z, all").message(5, Made.graph("body", body)))
                .message(5, Made.weight("m", Tensor.of(Shape.SCALAR, 2L)))
                .message(11, Made.port("x"))
                .message(12, new Message().text(1, "all")));
    Tensor all = model.apply(Tensor.zeros(2));
    assertThat(all.get(0).sameAs(all.get(1))).isFalse();
    assertThat(model.drawing()).containsKey("RandomNormalLike");
  }
}
