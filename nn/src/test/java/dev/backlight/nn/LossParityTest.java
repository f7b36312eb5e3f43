package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Tensor;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every loss against PyTorch: values and gradients, in both precisions.
class LossParityTest {
  private static final Map<String, Parity.Fn> LOSSES = new HashMap<>();

  private static void two(String name, BinaryOperator<Tensor> loss) {
    LOSSES.put(name, in -> List.of(loss.apply(in.get(0), in.get(1))));
  }

  private interface Three {
    Tensor of(Tensor a, Tensor b, Tensor c);
  }

  private static void three(String name, Three loss) {
    LOSSES.put(name, in -> List.of(loss.of(in.get(0), in.get(1), in.get(2))));
  }

  static {
    two("crossEntropy", Losses::crossEntropy);
    two(
        "crossEntropy/smooth",
        (x, y) -> Losses.crossEntropy(x, y, CrossEntropyOptions.of().smoothing(.1)));
    three(
        "crossEntropy/weighted",
        (x, y, w) ->
            Losses.crossEntropy(
                x,
                y,
                CrossEntropyOptions.of().ignoring(0).smoothing(.2).weights(w.stopGradient())));
    two("crossEntropyWith", Losses::crossEntropyWith);
    two("nll", Losses::nll);
    two("focal", (x, y) -> Losses.focal(x, y, 2));
    two("focal/half", (x, y) -> Losses.focal(x, y, .5));
    two("binaryFocal", (x, t) -> Losses.binaryFocal(x, t, .25, 2));
    two("bceWithLogits", Losses::bceWithLogits);
    three("bceWithLogits/weighted", (x, t, w) -> Losses.bceWithLogits(x, t, w.stopGradient()));
    two("hinge", Losses::hinge);
    two("squaredHinge", Losses::squaredHinge);
    two("multiMargin", (x, y) -> Losses.multiMargin(x, y, .8));
    two("softMargin", Losses::softMargin);
    two("classHinge", Losses::classHinge);
    two("tversky", (p, t) -> Losses.tversky(p, t, .3, .7, 1));
    two("smoothL1", (x, y) -> Losses.smoothL1(x, y, .7));
    two("mape", Losses::mape);
    two("msle", Losses::msle);
    two("kl", Losses::kl);
    two("dice", (p, t) -> Losses.dice(p, t, 1));
    two("mse", Losses::mse);
    two("mae", Losses::mae);
    two("huber", (x, y) -> Losses.huber(x, y, .7));
    two("logCosh", Losses::logCosh);
    two("poissonNll", Losses::poissonNll);
    three("gaussianNll", Losses::gaussianNll);
    three("contrastive", (a, b, y) -> PairLosses.contrastive(a, b, y, 2));
    three("cosine", (a, b, y) -> PairLosses.cosine(a, b, y, .1));
    three("triplet", (a, p, n) -> PairLosses.triplet(a, p, n, .5));
    two("ranking", (x, y) -> PairLosses.ranking(x, y, .3));
    two("infoNce", (a, b) -> PairLosses.infoNce(a, b, .5));
  }

  static List<Parity.Case> cases() {
    return Parity.cases("losses");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valuesAndGradientsAreThoseOfPyTorch(Parity.Case c) {
    c.check(Objects.requireNonNull(LOSSES.get(c.name()), c.name()));
  }

  @Test
  void everyLossHasACase() {
    Set<String> asked =
        cases().stream()
            .map(c -> c.name().split("/")[0])
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> losses =
        Stream.of(Losses.class, PairLosses.class)
            .flatMap(type -> Stream.of(type.getDeclaredMethods()))
            .filter(m -> Modifier.isPublic(m.getModifiers()))
            .map(java.lang.reflect.Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(asked).isEqualTo(losses);
  }
}
