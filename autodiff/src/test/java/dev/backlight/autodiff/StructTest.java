package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StructTest {
  record Linear(Tensor weight, @Nullable Tensor bias) {}

  record Net(String note, List<Linear> layers, Map<String, Tensor> extra, int stride) {}

  /// A class without record components.
  static final class Pair implements Structured<Pair> {
    final Tensor left;
    final Tensor right;

    Pair(Tensor left, Tensor right) {
      this.left = left;
      this.right = right;
    }

    @Override
    public List<Tensor> tensors() {
      return List.of(left, right);
    }

    @Override
    public Pair with(List<Tensor> tensors) {
      return new Pair(tensors.get(0), tensors.get(1));
    }
  }

  private static Tensor t(double v) {
    return Tensor.of(v);
  }

  private static Net net(int stride) {
    Map<String, Tensor> extra = new LinkedHashMap<>();
    extra.put("mean", t(4));
    extra.put("deviation", t(5));
    return new Net(
        "two layers", List.of(new Linear(t(1), t(2)), new Linear(t(3), null)), extra, stride);
  }

  @Test
  void leavesAreNamedByTheirPath() {
    assertThat(Struct.of(net(1)).names())
        .containsExactly(
            "layers.0.weight", "layers.0.bias", "layers.1.weight", "extra.mean", "extra.deviation");
    assertThat(Struct.of(t(1)).names()).containsExactly("x");
  }

  @Test
  void mapKeepsWhatIsNoTensor() {
    Net doubled = Struct.map(net(2), x -> x.mul(2));
    assertThat(doubled.note()).isEqualTo("two layers");
    assertThat(doubled.stride()).isEqualTo(2);
    assertThat(doubled.layers().get(1).bias()).isNull();
    assertThat(doubled.layers().get(0).bias().item()).isEqualTo(4);
    assertThat(doubled.extra().get("deviation").item()).isEqualTo(10);
  }

  @Test
  void zipCombinesTwoOfOneForm() {
    Linear sum = Struct.zip(new Linear(t(1), t(2)), new Linear(t(10), t(20)), Tensor::add);
    assertThat(sum.weight().item()).isEqualTo(11);
    assertThat(sum.bias().item()).isEqualTo(22);
  }

  @Test
  void aClassMayTakeItselfApart() {
    Pair swapped = Struct.of(new Pair(t(1), t(2))).build(List.of(t(7), t(8)));
    assertThat(swapped.right.item()).isEqualTo(8);
  }

  @Test
  void tiedTensorsStayTied() {
    Tensor shared = t(1);
    Struct<Linear> struct = Struct.of(new Linear(shared, shared));
    assertThat(struct.size()).isEqualTo(1);
    Linear built = struct.build(List.of(t(9)));
    assertThat(built.weight()).isSameAs(built.bias());
  }

  @Test
  void anotherFormIsRefusedWithItsPlace() {
    Struct<Net> struct = Struct.of(net(1));
    assertThatThrownBy(() -> struct.flatten(net(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("this structure needs 1 at stride, got 2");
    Net shorter = new Net("two layers", List.of(new Linear(t(1), t(2))), net(1).extra(), 1);
    assertThatThrownBy(() -> struct.flatten(shorter))
        .hasMessage("this structure needs a list of 2 at layers, got a list of 1");
    assertThatThrownBy(() -> Struct.of(new Linear(t(1), t(2))).flatten(new Linear(t(1), null)))
        .hasMessage("this structure needs a tensor at bias, got null");
    assertThatThrownBy(() -> Struct.of(t(1)).build(List.of()))
        .hasMessage("this structure needs 1 tensors, got 0");
  }

  @Test
  void aPartIsMadeOfTheInputs() {
    Tape<Linear, Tensor> tape =
        Tape.record(l -> l.weight().mul(l.weight()).sum(), new Linear(t(3), t(1)));
    assertThat(tape.gradient(Linear::weight).run(new Linear(t(3), t(1))).item()).isEqualTo(6);
    assertThatThrownBy(() -> tape.gradient(l -> t(5)))
        .hasMessage(
            "a part is made of tensors of the tape's inputs, got one that is not among them");
  }
}
