package dev.backlight.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import dev.backlight.onnx.proto.Message;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Integers at the ends of their ranges, where floats would round and narrow types overflow.
class IntegersTest {
  /// The output of one node over inputs of a type.
  private static Tensor run(String operator, ElementType type, Tensor... inputs)
      throws IOException {
    Message node = new Message();
    Message graph = new Message();
    Map<String, Tensor> values = new LinkedHashMap<>();
    for (int i = 0; i < inputs.length; i++) {
      String name = "x" + i;
      node.text(1, name);
      Message tensor = new Message().integer(1, type.code());
      graph.message(11, new Message().text(1, name).message(2, new Message().message(1, tensor)));
      values.put(name, inputs[i]);
    }
    node.text(2, "y").text(3, "n").text(4, operator);
    graph.message(1, node).message(12, new Message().text(1, "y"));
    Message model = new Message().integer(1, 8).message(7, graph);
    model.message(8, new Message().text(1, "").integer(2, 18));
    OnnxModel read = OnnxModel.read("m.onnx", model.bytes());
    return read.tape(values).run(values).get("y");
  }

  @Test
  void meansDoNotOverflowWithTheirSums() throws IOException {
    Tensor x = Tensor.of(2_000_000_000, 2_000_000_000, 1_999_999_997);

    assertThat(run("ReduceMean", ElementType.INT32, x).toInts()).containsExactly(1_999_999_999);
  }

  @Test
  void sumsAndExtremesAreExactBeyondDoubles() throws IOException {
    Tensor x = Tensor.of(Shape.of(2), (1L << 60) + 1, (1L << 60) + 3);

    assertThat(run("ReduceSum", ElementType.INT64, x).toLongs()).containsExactly((1L << 61) + 4);
    assertThat(run("ReduceMax", ElementType.INT64, x).toLongs()).containsExactly((1L << 60) + 3);
    assertThat(run("ArgMax", ElementType.INT64, x).toLongs()).containsExactly(1);
  }

  @Test
  void narrowTypesWrapAround() throws IOException {
    Tensor a = Tensor.of(127, -128, 100);
    Tensor b = Tensor.of(1, -1, 100);

    assertThat(run("Add", ElementType.INT8, a, b).toInts()).containsExactly(-128, 127, -56);
    assertThat(run("Mul", ElementType.INT8, a, b).toInts()).containsExactly(127, -128, 16);
    Tensor c = Tensor.of(200, 255, 0);
    Tensor d = Tensor.of(100, 1, 1);
    assertThat(run("Add", ElementType.UINT8, c, d).toInts()).containsExactly(44, 0, 1);
    assertThat(run("Sub", ElementType.UINT8, c, d).toInts()).containsExactly(100, 254, 255);
  }

  @Test
  void unsignedNumbersOf64BitsCompareAndDivideWithoutASign() throws IOException {
    Tensor most = Tensor.of(Shape.of(2), -1L, 6L);
    Tensor two = Tensor.of(Shape.of(2), 2L, 4L);

    assertThat(run("Greater", ElementType.UINT64, most, two).toBooleans())
        .containsExactly(true, true);
    assertThat(run("Div", ElementType.UINT64, most, two).toLongs())
        .containsExactly(Long.MAX_VALUE, 1);
    assertThat(run("Max", ElementType.UINT64, most, two).toLongs()).containsExactly(-1, 6);
  }

  @Test
  void divisionByZeroNamesItsNode() {
    Tensor x = Tensor.zeros(Shape.of(1), DType.I32);

    assertThatThrownBy(() -> run("Div", ElementType.INT32, x, x))
        .isInstanceOf(OnnxException.class)
        .hasMessage(
            "node 'n' (Div): truncdiv of integers needs divisors other than 0, got 0 at element 0");
  }
}
