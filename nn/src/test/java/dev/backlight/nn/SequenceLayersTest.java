package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Recurrent.Kind;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.train.Trainer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SequenceLayersTest {
  private static final Key KEY = Key.of(21);

  private static Train pass(long seed) {
    return Train.with(KeyTensor.of(Key.of(seed)));
  }

  @ParameterizedTest
  @EnumSource
  void aRecurrentLayerIsOneNodeForEachDirection(Kind kind) {
    Tensor x = KEY.normal(Shape.of(2, 50, 3), DType.F32);
    Recurrent layer = Recurrent.of(kind, 3, 4, 2, true, DType.F32, KEY);
    Tape<Tensor, Tensor> tape = Tape.record(layer::apply, x);
    assertThat(tape.nodes().stream().filter(n -> n.op().name().contains("scan")).count())
        .isEqualTo(4);
    assertThat(tape.outputSpecs().getFirst().shape()).isEqualTo(Shape.of(2, 50, 8));
    Tensor last = layer.lastOnly().apply(x);
    Tensor all = layer.apply(x);
    assertThat(last.slice(1, 0, 4).sameAs(all.get(0, 49).unsqueeze(0).slice(1, 0, 4)))
        .as("one of two examples")
        .isFalse();
    for (int n = 0; n < 2; n++) {
      assertThat(last.get(n).slice(0, 0, 4).toFloats())
          .containsExactly(all.get(n, 49).slice(0, 0, 4).toFloats());
      assertThat(last.get(n).slice(0, 4, 8).toFloats())
          .containsExactly(all.get(n, 0).slice(0, 4, 8).toFloats());
    }
  }

  @Test
  void whatLiesBehindTheEndOfASequenceIsNotRead() {
    Recurrent layer = Recurrent.of(Kind.LSTM, 2, 3, 2, true, DType.F64, KEY);
    Tensor x = KEY.normal(Shape.of(2, 5, 2), DType.F64);
    Tensor lengths = Tensor.of(3, 5);
    Tensor cut = x.get(0).slice(0, 0, 3).unsqueeze(0);
    Recurrent.Run run = layer.run(x, lengths, null);
    assertThat(run.outputs().get(0).slice(0, 0, 3).toDoubles())
        .containsExactly(layer.apply(cut).toDoubles(), within(1e-14));
    assertThat(run.outputs().get(0).slice(0, 3, 5).toDoubles()).containsOnly(0);
    Tensor nan = Tensor.full(Shape.of(1, 2, 2), DType.F64, Double.NaN);
    Tensor spoiled = Tensor.concat(0, Tensor.concat(1, cut, nan), x.get(1).unsqueeze(0));
    assertThat(layer.run(spoiled, lengths, null).outputs().sameAs(run.outputs())).isTrue();
  }

  @Test
  void dropoutIsBetweenRecurrentLayersAndOnlyInTraining() {
    Recurrent layer = Recurrent.of(Kind.GRU, 2, 8, 2, KEY).dropout(.5);
    Tensor x = KEY.normal(Shape.of(1, 3, 2), DType.F32);
    assertThat(layer.apply(x).sameAs(layer.apply(x))).isTrue();
    assertThat(layer.train(x, pass(1)).sameAs(layer.apply(x))).isFalse();
    assertThat(layer.train(x, pass(1)).sameAs(layer.train(x, pass(1)))).isTrue();
    assertThat(layer.differsInTraining()).isTrue();
    assertThat(Recurrent.of(Kind.GRU, 2, 8, 1, KEY).dropout(.5).differsInTraining()).isFalse();
  }

  @Test
  void aRecurrentLayerLearnsWhichSequencesHaveMoreOnes() {
    Tensor x = KEY.bernoulli(Shape.of(64, 7, 1), .5).to(DType.F32);
    Tensor y = x.sum(1, 2).gt(3).to(DType.I32);
    Sequential model =
        Sequential.of(Recurrent.of(Kind.LSTM, 1, 8, 1, KEY).lastOnly(), Linear.of(8, 2, KEY));
    double right =
        Trainer.classification(Sequential::apply)
            .optimizer(Adam.of(.02))
            .epochs(40)
            .batch(16)
            .silent()
            .fit(model, x, y)
            .epoch()
            .metric();
    assertThat(right).isGreaterThan(.95);
  }

  @Test
  void causalAttentionDoesNotSeeWhatComesLater() {
    MultiHeadAttention layer = MultiHeadAttention.of(8, 2, DType.F64, KEY).causally().rotating();
    Tensor x = KEY.normal(Shape.of(1, 4, 8), DType.F64);
    Tensor other = Tensor.concat(1, x.slice(1, 0, 2), x.slice(1, 2, 4).add(1));
    assertThat(layer.apply(other).slice(1, 0, 2).toDoubles())
        .containsExactly(layer.apply(x).slice(1, 0, 2).toDoubles());
    assertThat(layer.apply(other).slice(1, 2, 4).toDoubles())
        .isNotEqualTo(layer.apply(x).slice(1, 2, 4).toDoubles());
  }

  @Test
  void rotaryScoresDependOnDistanceAlone() {
    Tensor q = KEY.normal(Shape.of(1, 1, 4), DType.F64);
    Tensor k = KEY.fold(1).normal(Shape.of(1, 1, 4), DType.F64);
    Tensor qs = Positions.rotary(q.expand(Shape.of(1, 6, 4)), 1).get(0);
    Tensor ks = Positions.rotary(k.expand(Shape.of(1, 6, 4)), 1).get(0);
    double first = qs.get(3).dot(ks.get(1)).item();
    assertThat(qs.get(5).dot(ks.get(3)).item()).isCloseTo(first, within(1e-12));
    assertThat(qs.get(5).dot(ks.get(4)).item()).isNotCloseTo(first, within(1e-3));
  }

  @Test
  void dropoutOfATransformerBlockIsOnlyInTraining() {
    TransformerBlock block = TransformerBlock.of(8, 2, 16, KEY).causally().dropout(.5);
    Tensor x = KEY.normal(Shape.of(2, 3, 8), DType.F32);
    assertThat(block.apply(x).sameAs(block.apply(x))).isTrue();
    assertThat(block.train(x, pass(1)).sameAs(block.apply(x))).isFalse();
    assertThat(block.train(x, pass(1)).sameAs(block.train(x, pass(2)))).isFalse();
    DecoderBlock decoder = DecoderBlock.of(8, 2, 16, KEY).dropout(.5);
    assertThat(decoder.apply(x, x).shape()).isEqualTo(x.shape());
    assertThat(decoder.apply(x, x, null, pass(1)).sameAs(decoder.apply(x, x))).isFalse();
  }

  @Test
  void attentionWithDropoutOfRateZeroIsThatOfInference() {
    MultiHeadAttention layer = MultiHeadAttention.of(8, 2, DType.F64, KEY);
    Tensor x = KEY.normal(Shape.of(2, 3, 8), DType.F64);
    // A rate next to nothing takes the way of training and drops nothing.
    assertThat(layer.dropout(1e-12).train(x, pass(1)).toDoubles())
        .containsExactly(layer.apply(x).toDoubles(), within(1e-9));
  }

  @Test
  void whatDoesNotFitIsNamed() {
    Tensor flat = Tensor.zeros(2, 3);
    Tensor three = Tensor.zeros(2, 3, 4);
    assertThatThrownBy(() -> Recurrent.of(Kind.RNN, 4, 2, 1, KEY).apply(flat))
        .isInstanceOf(ShapeException.class)
        .hasMessage("recurrent needs (n, t, in), got (2, 3)");
    assertThatThrownBy(() -> Recurrent.of(Kind.RNN, 4, 2, 1, KEY).run(three, Tensor.of(1), null))
        .hasMessage("recurrent needs a length for each of 2 sequences, got (1)");
    assertThatThrownBy(() -> Recurrent.of(Kind.RNN, 4, 0, 1, KEY))
        .hasMessage("recurrent needs sizes and layers of at least 1, got 4, 0 and 1");
    assertThatThrownBy(() -> new Recurrent(List.of(), List.of(), 0, false))
        .hasMessage(
            "recurrent needs a cell for each layer, and as many or none backwards, got 0 and 0");
    assertThatThrownBy(() -> MultiHeadAttention.of(7, 2, KEY))
        .hasMessage("attention needs a width in equal heads, got 7 in 2");
    assertThatThrownBy(() -> MultiHeadAttention.of(4, 2, KEY).apply(flat))
        .hasMessage("attention needs (n, t, d) and (n, s, d), got (2, 3) and (2, 3)");
    assertThatThrownBy(() -> Positions.rotary(three, 4))
        .hasMessage("rotary positions need (n, t, h·d) with an even d for 4 heads, got (2, 3, 4)");
    assertThatThrownBy(() -> Positions.sinusoidal(3, 5, DType.F32))
        .hasMessage("sinusoidal positions need an even width, got 5");
    assertThatThrownBy(() -> Positions.lengths(flat, 3))
        .hasMessage("lengths need to be (n), got (2, 3)");
    assertThatThrownBy(() -> new SinusoidalPositions().apply(flat))
        .hasMessage("positions need (n, t, d), got (2, 3)");
    assertThatThrownBy(() -> LearnedPositions.of(2, 4, KEY).apply(three))
        .hasMessage("positions need (n, t, d) with t of at most 2, got (2, 3, 4)");
    assertThatThrownBy(() -> TransformerBlock.of(4, 2, 8, KEY).dropout(1))
        .hasMessage("attention needs a rate in [0, 1), got 1.0");
  }
}
