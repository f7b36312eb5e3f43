package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SequentialTest {
  private static final Key KEY = Key.of(5);

  @Test
  void everyOutputIsFoundOnTheTapeByKindAndNumber() {
    Sequential model = Sequential.mlp(KEY, Activation.TANH, 3, 4, 4, 2);
    assertThat(model.labels()).containsExactly("linear1", "tanh1", "linear2", "tanh2", "linear3");
    assertThat(labels(model)).isEqualTo(model.labels());
  }

  @Test
  void layersOfNestedSequentialsAreFoundUnderTheirs() {
    Sequential block = Sequential.of(Linear.of(3, 3, KEY), Activation.RELU);
    Sequential model = Sequential.of(block, Sequential.of(Linear.of(3, 3, KEY.fold(1))));
    assertThat(labels(model))
        .containsExactly("sequential1.linear1", "sequential1.relu1", "sequential2.linear1");
  }

  @Test
  void aLayerThatDoesNothingLeavesTheLabelOfTheOneBefore() {
    assertThat(labels(Sequential.of(Linear.of(3, 2, KEY), new Flatten(), Activation.RELU)))
        .containsExactly("linear1", "relu1");
  }

  @Test
  void aLambdaIsALayer() {
    Sequential model = Sequential.of(x -> x.mul(2), Linear.of(3, 2, KEY)).then(Activation.SIGMOID);
    assertThat(labels(model)).containsExactly("layer1", "linear1", "sigmoid1");
  }

  private static List<String> labels(Sequential model) {
    return Tape.record(model::apply, Tensor.ones(2, 3)).nodes().stream()
        .map(Node::label)
        .filter(Objects::nonNull)
        .toList();
  }
}
