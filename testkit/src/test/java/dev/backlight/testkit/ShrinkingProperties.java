package dev.backlight.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.function.Predicate;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import net.jqwik.engine.SourceOfRandomness;

class ShrinkingProperties {
  @Example
  void aFailingTensorShrinksToOneSmallElement() {
    Arbitrary<Tensor> tensors = Tensors.between(-3, 3, Shapes.upTo(3, 1, 4), DType.F64);
    Predicate<Tensor> fails = t -> t.elements() > 0 && t.abs().amax().item() >= 1;
    RandomGenerator<Tensor> generator = tensors.generator(1000);
    Shrinkable<Tensor> found = null;
    java.util.Random random = SourceOfRandomness.newRandom(7);
    while (found == null || !fails.test(found.value()) || found.value().elements() < 6) {
      found = generator.next(random);
    }
    Tensor least = shrunk(found, fails).value();
    assertThat(least.elements()).isEqualTo(1);
    assertThat(Math.abs(least.abs().amax().item())).isEqualTo(1);
  }

  /// The simplest descent: the first smaller value that still fails, until there is none.
  private static Shrinkable<Tensor> shrunk(Shrinkable<Tensor> from, Predicate<Tensor> fails) {
    Shrinkable<Tensor> now = from;
    for (int step = 0; step < 2000; step++) {
      Shrinkable<Tensor> smaller =
          now.shrink().filter(s -> fails.test(s.value())).findFirst().orElse(null);
      if (smaller == null) {
        return now;
      }
      now = smaller;
    }
    return now;
  }
}
