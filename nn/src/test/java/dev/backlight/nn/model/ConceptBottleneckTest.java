package dev.backlight.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Dropout;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Losses;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.Train;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.train.Trainer;
import org.junit.jupiter.api.Test;

/// Of three concepts: a sum above 0, a product above 0, a circle; and the class that counts them.
class ConceptBottleneckTest {
  private static final Key KEY = Key.of(7);

  private static Tensor inputs(int n, int draw) {
    return KEY.fold(draw).normal(Shape.of(n, 4), DType.F32);
  }

  private static Tensor seen(Tensor x) {
    Tensor a = x.slice(1, 0, 1);
    Tensor b = x.slice(1, 1, 2);
    Tensor c = x.slice(1, 2, 3);
    return Tensor.concat(
        1,
        a.add(c).gt(0).to(DType.F32),
        a.mul(b).gt(0).to(DType.F32),
        b.square().add(c.square()).lt(1.4).to(DType.F32));
  }

  private static Tensor labels(Tensor x) {
    return seen(x).sum(1).to(DType.I32);
  }

  private static ConceptBottleneck first() {
    return ConceptBottleneck.of(Mlp.of(KEY, Activation.GELU, 4, 32, 32, 3), 3, 4, KEY.fold(9));
  }

  private static ConceptBottleneck trained() {
    Tensor x = inputs(1500, 1);
    return Trainer.of(ConceptBottleneck::both, ConceptBottleneck.loss(3, 5))
        .optimizer(AdamW.of(0.01))
        .epochs(40)
        .batch(64)
        .key(KEY)
        .silent()
        .fit(first(), x, ConceptBottleneck.targets(labels(x), seen(x)))
        .model();
  }

  private static double right(Tensor logits, Tensor labels) {
    return logits.argmax(1).to(DType.I32).eq(labels).to(DType.F64).mean().item();
  }

  @Test
  void itLearnsConceptsAndClassesAndTakesCorrections() {
    ConceptBottleneck model = trained();
    Tensor x = inputs(400, 2);
    Tensor known = seen(x);
    Tensor told = model.concepts(x).gt(0.5).to(DType.F32);
    assertThat(told.eq(known).to(DType.F64).mean().item()).isGreaterThan(0.93);
    double alone = right(model.apply(x), labels(x));
    assertThat(alone).isGreaterThan(0.8);
    // Who corrects the product alone gains, and so does who corrects all.
    Tensor product = Tensor.of(false, true, false).unsqueeze(0).expand(known.shape());
    assertThat(right(model.intervened(x, known, product), labels(x))).isGreaterThan(alone);
    assertThat(right(model.decided(known), labels(x))).isGreaterThan(0.97);
    Tensor all = Tensor.full(known.shape(), DType.F32, 1).gt(0);
    assertThat(model.intervened(x, known, all).sameAs(model.decided(known))).isTrue();
    Tensor none = all.not();
    assertThat(model.intervened(x, known, none).sameAs(model.apply(x))).isTrue();
  }

  @Test
  void contributionsAndBiasAreTheLogits() {
    ConceptBottleneck model = first();
    Tensor x = inputs(5, 3);
    Tensor sum = model.contributions(x).sum(1).add(model.decision().bias());
    assertThat(sum.toDoubles()).containsExactly(model.apply(x).toDoubles(), within(1e-6));
    assertThat(model.contributions(x).shape()).hasToString("(5, 3, 4)");
  }

  @Test
  void theLossIsThatOfClassesAndThatOfConcepts() {
    ConceptBottleneck model = first();
    Tensor x = inputs(9, 4);
    Tensor loss =
        ConceptBottleneck.loss(3, 0.4)
            .apply(model.both(x), ConceptBottleneck.targets(labels(x), seen(x)));
    Tensor logits = model.reader().apply(x);
    double expected =
        Losses.crossEntropy(model.apply(x), labels(x)).item()
            + 0.4 * Losses.bceWithLogits(logits, seen(x)).item();
    assertThat(loss.item()).isCloseTo(expected, within(1e-6));
  }

  @Test
  void whatDoesNotFitIsSaid() {
    ConceptBottleneck model = first();
    Tensor x = inputs(5, 3);
    assertThatThrownBy(() -> model.intervened(x, seen(x).slice(1, 0, 2), seen(x).gt(0)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("an intervention needs concepts and a mask (5, 3), got (5, 2) and (5, 3)");
    assertThatThrownBy(() -> ConceptBottleneck.targets(seen(x), seen(x)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "targets of a concept bottleneck need labels (n) and concepts (n, c), got (5, 3) and"
                + " (5, 3)");
    ConceptBottleneck wide = ConceptBottleneck.of(Mlp.of(KEY, Activation.GELU, 4, 5), 3, 4, KEY);
    assertThatThrownBy(() -> wide.apply(x))
        .isInstanceOf(ShapeException.class)
        .hasMessage("a concept bottleneck needs a reader of concepts (n, 3), got (5, 5)");
    assertThatThrownBy(() -> ConceptBottleneck.of(Activation.TANH, 0, 2, KEY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("concept bottleneck: concepts of at least 1 needed, got 0");
  }

  @Test
  void aReaderThatDropsInTrainingDropsForConceptsAndClassesAlike() {
    Layer reader = Sequential.of(Linear.of(4, 3, KEY), new Dropout(0.5));
    ConceptBottleneck model = ConceptBottleneck.of(reader, 3, 2, KEY.fold(1));
    Tensor x = inputs(50, 3);
    Tensor both = model.trainBoth(x, Train.with(KeyTensor.of(KEY)));
    assertThat(both.slice(1, 0, 3).sameAs(reader.train(x, Train.with(KeyTensor.of(KEY))))).isTrue();
    assertThat(both.slice(1, 3, 5).sameAs(model.train(x, Train.with(KeyTensor.of(KEY))))).isTrue();
    assertThat(both.sameAs(model.both(x))).isFalse();
  }
}
