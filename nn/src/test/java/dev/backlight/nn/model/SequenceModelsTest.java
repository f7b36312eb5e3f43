package dev.backlight.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Layer;
import dev.backlight.nn.data.Brackets;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.optim.Schedule;
import dev.backlight.nn.train.Fitted;
import dev.backlight.nn.train.Trainer;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Models for sequences learn a language of brackets.
class SequenceModelsTest {
  private static final Key KEY = Key.of(1);
  private static final Brackets WORDS = new Brackets(2, 12);

  private static <M extends Layer> double heldOut(
      M model, Brackets.Examples train, Brackets.Examples held, int epochs, double rate) {
    int steps = epochs * train.y().elements() / 50;
    Fitted<M> fitted =
        Trainer.<M>classification((m, x) -> m.apply(x))
            .training((m, x, pass) -> m.train(x, pass))
            .optimizer(AdamW.of(Schedule.cosine(rate, steps)).clipped(1))
            .batch(50)
            .epochs(epochs)
            .key(KEY)
            .silent()
            .fit(model, train.x(), train.y(), held.x(), held.y());
    return Objects.requireNonNull(fitted.epoch().held()).metric();
  }

  @Test
  void anLstmTellsBalancedWordsFromOthers() {
    LstmClassifier model = LstmClassifier.of(WORDS.vocabulary(), 8, 16, 1, 2, KEY);
    Brackets.Examples train = WORDS.judged(2000, Key.of(2));
    Brackets.Examples held = WORDS.judged(500, Key.of(3));
    assertThat(heldOut(model, train, held, 6, 1e-2)).isGreaterThan(0.95);
  }

  /// Sequences of tokens below 6 with one 0 and one 1 in them, and whether the 0 comes first: who
  /// does not see order guesses.
  private static Brackets.Examples order(int n, int length, Key key) {
    int[] x = key.fold(0).integers(Shape.of(n * length), 2, 6).toInts();
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      int[] places = key.fold(1).fold(i).permutation(length);
      x[i * length + places[0]] = 0;
      x[i * length + places[1]] = 1;
      y[i] = places[0] < places[1] ? 1 : 0;
    }
    return new Brackets.Examples(Tensor.of(Shape.of(n, length), x), Tensor.of(y));
  }

  @Test
  void aTransformerSeesWhichOfTwoTokensComesFirst() {
    TransformerClassifier model = TransformerClassifier.of(6, 10, 16, 4, 2, 2, KEY).dropout(0.02);
    Brackets.Examples train = order(1500, 10, Key.of(2));
    Brackets.Examples held = order(500, 10, Key.of(3));
    assertThat(heldOut(model, train, held, 4, 5e-3)).isGreaterThan(0.95);
  }

  @Test
  void aTinyGptLearnsBracketsAlmostToTheirEntropy() {
    Brackets words = new Brackets(2, 16);
    Brackets.Examples train = words.next(2000, Key.of(2));
    Brackets.Examples held = words.next(500, Key.of(3));
    TinyGpt model = TinyGpt.of(words.vocabulary(), 16, 32, 4, 2, KEY);
    Fitted<TinyGpt> fitted =
        Trainer.of(TinyGpt::apply, TinyGpt::loss)
            .training(TinyGpt::train)
            .optimizer(AdamW.of(Schedule.cosine(5e-3, 6 * 40)).clipped(1))
            .batch(50)
            .epochs(6)
            .key(KEY)
            .silent()
            .fit(model, train.x(), train.y(), held.x(), held.y());
    double loss = Objects.requireNonNull(fitted.epoch().held()).loss();
    assertThat(loss).isBetween(words.entropy() - 0.02, words.entropy() + 0.05);
    int balanced = 0;
    for (int i = 0; i < 20; i++) {
      int[] said = fitted.model().generate(new int[] {words.start()}, 16, 1, Key.of(i));
      balanced += words.balanced(Arrays.copyOfRange(said, 1, said.length)) ? 1 : 0;
    }
    assertThat(balanced).as("of 20").isGreaterThanOrEqualTo(16);
  }

  @Test
  void whatLiesBehindALengthChangesNothing() {
    Tensor lengths = Tensor.of(5, 12, 1);
    Tensor x = WORDS.words(3, KEY);
    Tensor behind =
        Tensor.arange(12, DType.F64).reshape(1, 12).ge(lengths.to(DType.F64).reshape(3, 1));
    Tensor other = behind.where(WORDS.words(3, Key.of(9)), x);
    LstmClassifier lstm = LstmClassifier.of(5, 4, 6, 2, 3, KEY);
    TransformerClassifier looking = TransformerClassifier.of(5, 12, 8, 2, 2, 3, KEY);
    assertThat(other.sameAs(x)).isFalse();
    assertThat(lstm.apply(other, lengths, null).sameAs(lstm.apply(x, lengths, null))).isTrue();
    assertThat(looking.apply(other, lengths, null).sameAs(looking.apply(x, lengths, null)))
        .isTrue();
  }

  @Test
  void aShortSequenceInALongRowIsAnsweredAsAlone() {
    Tensor x = WORDS.words(1, KEY);
    Tensor alone = x.slice(1, 0, 5);
    LstmClassifier lstm = LstmClassifier.of(5, 4, 6, 2, 3, KEY);
    TransformerClassifier looking = TransformerClassifier.of(5, 12, 8, 2, 2, 3, KEY);
    near(lstm.apply(x, Tensor.of(5), null), lstm.apply(alone));
    near(looking.apply(x, Tensor.of(5), null), looking.apply(alone));
  }

  @Test
  void lengthsBeyondARowAreThoseOfTheRowAndNothingIsAnsweredByTheBiases() {
    Tensor x = WORDS.words(2, KEY);
    LstmClassifier lstm = LstmClassifier.of(5, 4, 6, 2, 3, KEY);
    TransformerClassifier looking = TransformerClassifier.of(5, 12, 8, 2, 2, 3, KEY);
    near(lstm.apply(x, Tensor.of(99, 12), null), lstm.apply(x));
    near(looking.apply(x, Tensor.of(99, 12), null), looking.apply(x));
    Tensor nothing = Tensor.of(0, 0);
    assertThat(lstm.apply(x, nothing, null).toDoubles()).containsOnly(0);
    assertThat(looking.apply(x, nothing, null).toDoubles()).containsOnly(0);
  }

  private static void near(Tensor got, Tensor wanted) {
    assertThat(got.shape()).isEqualTo(wanted.shape());
    assertThat(got.sub(wanted).abs().amax().item()).isLessThan(1e-5);
    assertThat(wanted.abs().amax().item()).isGreaterThan(1e-2);
  }

  @Test
  void aGptDoesNotSeeWhatComesLater() {
    TinyGpt model = TinyGpt.of(5, 12, 8, 2, 2, KEY);
    Tensor x = WORDS.words(4, KEY);
    Tensor other = Tensor.concat(1, x.slice(1, 0, 7), WORDS.words(4, Key.of(5)).slice(1, 7, 12));
    Tensor a = model.apply(x).slice(1, 0, 7);
    assertThat(model.apply(other).slice(1, 0, 7).sameAs(a)).isTrue();
    assertThat(model.apply(other).sameAs(model.apply(x))).isFalse();
  }

  @Test
  void withoutTemperatureTheLikeliestTokenFollowsEvenBeyondWhatTheModelSees() {
    TinyGpt model = TinyGpt.of(5, 4, 8, 2, 1, KEY);
    int[] said = model.generate(new int[] {4, 0}, 6, 0, Key.of(1));
    assertThat(model.generate(new int[] {4, 0}, 6, 0, Key.of(2))).isEqualTo(said);
    assertThat(said).startsWith(4, 0).hasSize(8);
    int[] seen = Arrays.copyOfRange(said, 3, 7);
    Tensor logits = model.apply(Tensor.of(Shape.of(1, 4), seen));
    assertThat((int) logits.slice(1, 3, 4).flatten().argmax().item()).isEqualTo(said[7]);
  }

  @Test
  void drawnTokensHaveTheModelsFrequencies() {
    TinyGpt model = TinyGpt.of(3, 2, 4, 1, 1, KEY);
    double[] wanted =
        model.apply(Tensor.of(Shape.of(1, 1), 0)).div(0.5).flatten().softmax(0).toDoubles();
    double[] counted = new double[3];
    for (int i = 0; i < 2000; i++) {
      counted[model.generate(new int[] {0}, 1, 0.5, Key.of(i))[1]] += 1 / 2000.0;
    }
    for (int token = 0; token < 3; token++) {
      assertThat(counted[token]).isBetween(wanted[token] - 0.04, wanted[token] + 0.04);
    }
  }

  @Test
  void wrongInputsAreRefused() {
    TinyGpt gpt = TinyGpt.of(5, 4, 8, 2, 1, KEY);
    assertThatThrownBy(() -> gpt.apply(WORDS.words(2, KEY)))
        .hasMessage("this gpt needs tokens (n, t) of integers with t of at most 4, got I32(2, 12)");
    assertThatThrownBy(() -> gpt.generate(new int[0], 3, 1, KEY))
        .hasMessage(
            "generating needs a prompt, a count and a temperature of at least 0, got 0 tokens, 3"
                + " and 1.0");
    assertThatThrownBy(
            () -> TinyGpt.loss(Tensor.zeros(Shape.of(2, 3, 5), DType.F32), WORDS.words(2, KEY)))
        .hasMessage(
            "the next tokens need logits (n, t, v) and tokens (n, t), got (2, 3, 5) and (2, 12)");
    LstmClassifier lstm = LstmClassifier.of(5, 4, 6, 1, 2, KEY);
    assertThatThrownBy(() -> lstm.apply(Tensor.zeros(Shape.of(2, 3), DType.F32)))
        .hasMessage("this classifier needs tokens (n, t) of integers, got F32(2, 3)");
    TransformerClassifier looking = TransformerClassifier.of(5, 4, 8, 2, 1, 2, KEY);
    assertThatThrownBy(() -> looking.apply(WORDS.words(2, KEY)))
        .hasMessage(
            "this classifier needs tokens (n, t) of integers with t of at most 4, got I32(2, 12)");
  }
}
