package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Broadcasting, asked of NumPy's sentence: where an operand has size 1 or no axis, its one element
/// counts for all.
class BroadcastProperties {
  record Operands(Tensor x, Tensor y) {}

  @Provide
  Arbitrary<Operands> operands() {
    Arbitrary<int[]> sizes = Arbitraries.integers().between(0, 4).array(int[].class).ofMaxSize(4);
    Arbitrary<Integer> bits = Arbitraries.integers().between(0, 15);
    Arbitrary<Integer> drop = Arbitraries.integers().between(0, 4);
    return Combinators.combine(sizes, bits, bits, drop)
        .as((wide, ones, others, dropped) -> {
          int[] left = wide.clone();
          int[] right = wide.clone();
          for (int i = 0; i < wide.length; i++) {
            left[i] = (ones >> i & 1) == 1 ? 1 : wide[i];
            right[i] = (others >> i & 1) == 1 && left[i] == wide[i] ? 1 : wide[i];
          }
          int from = Math.min(dropped, wide.length);
          int[] shorter = Arrays.copyOfRange(right, from, right.length);
          return new Operands(counting(Shape.of(left), 1), counting(Shape.of(shorter), 1000));
        });
  }

  @Property(seed = "20261123")
  void everyElementMeetsTheOneThatNumPyPairsItWith(@ForAll("operands") Operands of) {
    Tensor sum = of.x.add(of.y);
    Shape shape = sum.shape();

    assertThat(shape.rank()).isEqualTo(Math.max(of.x.rank(), of.y.rank()));
    int[] index = new int[shape.rank()];
    for (int flat = 0; flat < shape.elements(); flat++) {
      int rest = flat;
      for (int axis = index.length - 1; axis >= 0; axis--) {
        index[axis] = rest % shape.size(axis);
        rest /= shape.size(axis);
      }
      assertThat(sum.at(index)).isEqualTo(element(of.x, index) + element(of.y, index));
    }
  }

  @Property(seed = "20261123")
  void theOrderOfOperandsDoesNotMatterToASum(@ForAll("operands") Operands of) {
    assertThat(of.x.add(of.y).sameAs(of.y.add(of.x))).isTrue();
    assertThat(of.x.sub(of.y).sameAs(of.y.sub(of.x).mul(-1).add(0))).isTrue();
  }

  private static double element(Tensor x, int... index) {
    int[] own = new int[x.rank()];
    for (int axis = 0; axis < own.length; axis++) {
      own[axis] = x.size(axis) == 1 ? 0 : index[index.length - own.length + axis];
    }
    return x.at(own);
  }

  private static Tensor counting(Shape shape, double step) {
    double[] values = new double[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i + 1) * step;
    }
    return Tensor.of(shape, values);
  }
}
