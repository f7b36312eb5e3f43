package dev.backlight.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is written is read back, and computes the same. It also lies in `target/onnx-written` as
/// test cases, on which `src/test/reference/onnxruntime_agrees.py` runs onnxruntime.
class OnnxWriterTest {
  private static final Path WRITTEN = Path.of("target/onnx-written");

  record Case(String name, UnaryOperator<Tensor> function, Tensor x) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Tensor wave(int... sizes) {
    Shape shape = Shape.of(sizes);
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (1.7 * Math.sin(1 + 2.3 * i) + 0.01 * i);
    }
    return Tensor.of(shape, values);
  }

  static Stream<Case> cases() {
    Map<String, UnaryOperator<Tensor>> elements = new LinkedHashMap<>();
    elements.put("abs", Tensor::abs);
    elements.put("angles", x -> x.sin().add(x.cos()).add(x.tanh().asin()).add(x.atan()));
    elements.put("hyperbolic", x -> x.sinh().add(x.cosh()).add(x.asinh()));
    elements.put("far", x -> x.abs().add(1).acosh().add(x.tanh().mul(0.5).atanh()));
    elements.put("activations", x -> x.relu().add(x.relu6()).add(x.leakyRelu(0.1)).add(x.elu(0.5)));
    elements.put("smooth", x -> x.sigmoid().add(x.softplus()).add(x.softsign()).add(x.gelu()));
    elements.put("selfgated", x -> x.silu().add(x.mish()).add(x.selu()).add(x.hardSwish()));
    elements.put("roots", x -> x.abs().sqrt().add(x.abs().add(1).rsqrt()).add(x.reciprocal()));
    elements.put("logs", x -> x.abs().log().add(x.abs().log1p()).add(x.abs().log2()));
    elements.put("exps", x -> x.exp().add(x.expm1()).add(x.exp2()).add(x.erf()));
    elements.put("whole", x -> x.floor().add(x.ceil()).add(x.round()).add(x.sign()).add(x.trunc()));
    elements.put("clamp", x -> x.clamp(-0.5, 1));
    elements.put("power", x -> x.square().add(x.pow(3)).add(x.abs().pow(x)));
    elements.put("rest", x -> x.remainder(x.add(0.3)).add(x.fmod(0.7)).add(x.floorDiv(0.4)));
    elements.put("extremes", x -> x.maximum(x.neg()).add(x.minimum(0.2)));
    elements.put("choice", x -> x.gt(0.3).and(x.lt(1).not()).where(x, x.mul(2)));
    elements.put("truth", x -> x.ge(0).or(x.le(-1)).to(DType.F32).add(x.ne(0.5).to(DType.F32)));
    elements.put("sums", x -> x.sum(1).add(x.mean(1)).add(x.amax(1)).add(x.norm(1)));
    elements.put("spread", x -> x.variance(1, 0).add(x.logSumExp(0)));
    elements.put("softmax", x -> x.softmax(1).add(x.logSoftmax(0)));
    elements.put("standardize", x -> x.standardize(1e-5, 1));
    elements.put(
        "shapes", x -> x.reshape(2, 2, 5).permute(2, 0, 1).flatten().expand(Shape.of(3, 20)));
    elements.put("slices", x -> x.slice(1, 1, 5, 2).flip(0).pad(1, 2, 1, 0.5));
    elements.put("pieces", x -> Tensor.concat(0, x, x.mul(2)).roll(1, 1).tile(1, 2));
    elements.put(
        "picks",
        x ->
            x.take(1, Tensor.of(4, 0, 2, 1, 1))
                .add(x.takeAlong(0, Tensor.zeros(Shape.of(4, 5), DType.I32).add(1))));
    elements.put("adds", x -> x.takeAdd(1, Tensor.of(1, 1, 3, 0, 3), 4));
    elements.put("order", x -> x.sort(1).values().add(x.cumsum(1)).add(x.cumsumBackwards(1)));
    elements.put("largest", x -> x.max(1).values().add(x.argmax(1).to(DType.F32)));
    elements.put("hot", x -> x.argmax(1).oneHot(5, DType.F32));
    elements.put("matmul", x -> x.matmul(x, true, false).matmul(x, false, true));
    elements.put("doubles", x -> x.to(DType.F64).sum(0).to(DType.F32));
    elements.put(
        "integers",
        x -> x.to(DType.I32).mul(3).truncDiv(Tensor.of(Shape.SCALAR, 2)).floorDiv(2).to(DType.F32));
    Tensor w = wave(6, 3, 3, 2);
    Map<String, UnaryOperator<Tensor>> images = new LinkedHashMap<>();
    images.put("conv", x -> x.conv2d(w, Conv2dOptions.of().stride(2, 1).padding(1, 0)));
    images.put("dilated", x -> x.conv2d(w, Conv2dOptions.of().dilation(2)));
    images.put("maxpool", x -> x.maxPool2d(Pool2dOptions.of(3).stride(2).padding(1)));
    images.put("avgpool", x -> x.avgPool2d(Pool2dOptions.of(2).padding(1).countPadding(false)));
    images.put(
        "norms", x -> x.instanceNorm(null, null, 1e-5).add(x.groupNorm(3, null, null, 1e-5)));
    images.put(
        "chosen",
        x ->
            Tape.record(y -> y.maxPool2d(Pool2dOptions.of(2)).square().sum(), x).gradient().run(x));
    images.put(
        "gradient",
        x ->
            Tape.record(y -> y.conv2d(w, Conv2dOptions.of().stride(2)).square().sum(), x)
                .gradient()
                .run(x));
    return Stream.concat(
        elements.entrySet().stream().map(one -> new Case(one.getKey(), one.getValue(), wave(4, 5))),
        images.entrySet().stream()
            .map(one -> new Case(one.getKey(), one.getValue(), wave(2, 3, 8, 7))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aWrittenTapeIsReadBackAndComputesTheSame(Case one) throws IOException {
    Tape<Tensor, Tensor> tape = Tape.record(one.function(), one.x());
    Tensor wanted = tape.run(one.x());

    byte[] bytes = OnnxWriter.bytes(tape);
    keep(one, bytes, wanted);
    Tensor got = OnnxModel.read(one.name(), bytes).tape(one.x()).run(one.x());

    assertThat(got.spec()).isEqualTo(wanted.spec());
    double[] a = got.toDoubles();
    double[] b = wanted.toDoubles();
    for (int i = 0; i < b.length; i++) {
      assertThat(a[i]).as("element %d", i).isCloseTo(b[i], within(1e-5 * (1 + Math.abs(b[i]))));
    }
  }

  private static void keep(Case one, byte[] model, Tensor y) throws IOException {
    Path set = WRITTEN.resolve(one.name()).resolve("test_data_set_0");
    Files.createDirectories(set);
    Files.write(set.resolveSibling("model.onnx"), model);
    Files.write(set.resolve("input_0.pb"), Message.tensor("x", one.x().block()).bytes());
    Files.write(set.resolve("output_0.pb"), Message.tensor("y", y.block()).bytes());
  }

  @Test
  void inputsOutputsAndLabelsKeepTheirNames(@TempDir Path folder) throws IOException {
    record Both(Tensor first, Tensor second) {}
    Both example = new Both(wave(3), wave(3));
    Tape<Both, Tensor> tape =
        Tape.record(both -> both.first().mul(both.second()).named("product").tanh(), example);
    Path file = folder.resolve("m.onnx");

    OnnxWriter.write(file, tape);
    OnnxModel model = OnnxModel.read(file);

    assertThat(model.inputs()).extracting(Port::name).containsExactly("first", "second");
    assertThat(model.inputs()).extracting(Port::toString).containsOnly("float(3)");
    assertThat(model.outputs()).extracting(Port::name).containsExactly("y");
    assertThat(model.opset()).isEqualTo(17);
    Map<String, Tensor> named = Map.of("first", wave(3), "second", wave(3));
    assertThat(model.tape(named).node("product")).isPresent();
  }

  @Test
  void whatOnnxHasNotIsNamed() {
    Tape<Tensor, Tensor> tape = Tape.record(x -> x.lgamma().named("gamma").sinc(), wave(3));

    assertThatThrownBy(() -> OnnxWriter.bytes(tape))
        .isInstanceOf(OnnxException.class)
        .hasMessageStartingWith(
            "a tape that is written needs ops that ONNX has, got lgamma (gamma), sinc (");
  }

  @Test
  void aTapeThatHoldsForSomeInputsOnlyIsNotWritten() {
    Tape<Tensor, Tensor> tape = Tape.record(x -> x.sum().test(s -> s > 0) ? x : x.neg(), wave(3));

    assertThatThrownBy(() -> OnnxWriter.bytes(tape))
        .isInstanceOf(OnnxException.class)
        .hasMessageStartingWith(
            "a tape that is written needs to hold for all inputs, got one that is GUARDED:"
                + " test(...) answered true at ");
  }
}
