package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.AttentionOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Derivatives of normalisations, attention and cross-entropy up to the third order, where fused
/// forms elsewhere are known to be wrong.
class NormalisationsTest {
  private static Tensor ramp(int seed, int... sizes) {
    return OpSamples.ramp(Shape.of(sizes), seed);
  }

  static Stream<Arguments> functions() {
    Tensor scale = ramp(21, 4);
    Tensor shift = ramp(22, 4);
    return Stream.of(
        Arguments.of("layer norm", f(x -> x.layerNorm(scale, shift, .1)), ramp(1, 2, 4)),
        Arguments.of("rms norm", f(x -> x.rmsNorm(scale, .1)), ramp(2, 2, 4)),
        Arguments.of("group norm", f(x -> x.groupNorm(2, scale, shift, .1)), ramp(3, 2, 4, 1)),
        Arguments.of("instance norm", f(x -> x.instanceNorm(null, null, .1)), ramp(4, 1, 2, 3)),
        Arguments.of("batch norm", f(x -> x.batchNorm(scale, null, .1)), ramp(5, 3, 4)),
        Arguments.of(
            "attention",
            f(x -> x.attention(x.mul(.7), x.sin(), AttentionOptions.of().heads(2).causally())),
            ramp(6, 3, 4)),
        Arguments.of("cross-entropy", f(x -> x.crossEntropy(Tensor.of(1, 3))), ramp(7, 2, 4)),
        Arguments.of(
            "soft cross-entropy",
            f(x -> x.crossEntropyWith(ramp(8, 2, 4).softmax(-1))),
            ramp(7, 2, 4)));
  }

  private static Function<Tensor, Tensor> f(Function<Tensor, Tensor> f) {
    return f;
  }

  /// The third derivative is the second of the gradient, which is asked by differences.
  @ParameterizedTest(name = "{0}")
  @MethodSource("functions")
  void derivativesAreRightToTheThirdOrder(String name, Function<Tensor, Tensor> f, Tensor x) {
    GradCheck.standard().check(f, x);
    Tensor weights = OpSamples.ramp(f.apply(x).shape(), 31);
    Tape<Tensor, Tensor> loss = Tape.record(v -> f.apply(v).mul(weights).sum(), x);
    GradCheck.standard().check(v -> loss.gradient().run(v), x);
  }

  @Test
  void aQueryThatMayLookNowhereHasZerosAndNoGradient() {
    Tensor x = ramp(9, 2, 2);
    Tensor mask = Tensor.of(Shape.of(2, 2), true, true, false, false);
    AttentionOptions options = AttentionOptions.of().mask(mask);
    Tape<Tensor, Tensor> tape = Tape.record(q -> q.attention(x, x, options).sum(), x);
    assertThat(tape.gradient().run(x).get(1).toDoubles()).containsExactly(0, 0);
  }

  record Step(Tensor x, KeyTensor key, Tensor step) {}

  @Test
  void aRecordedDropoutDrawsAnewForEveryKeyThatIsPlayed() {
    Tensor x = Tensor.ones(Shape.of(50), DType.F32);
    Key key = Key.of(5);
    Tape<Step, Tensor> tape =
        Tape.record(
            s -> s.x().dropout(.5, s.key().fold(s.step())),
            new Step(x, KeyTensor.of(key), Tensor.of(Shape.SCALAR, 0L)));
    var player = tape.player();
    for (long step : List.of(0L, 1L, 77L)) {
      Tensor y = player.play(new Step(x, KeyTensor.of(key), Tensor.of(Shape.SCALAR, step)));
      assertThat(y.sameAs(x.dropout(.5, key.fold(step)))).isTrue();
    }
    assertThat(tape.validity()).isEqualTo(Validity.REPLAYABLE);
  }
}
