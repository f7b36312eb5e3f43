package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A saved tape is the same program, and a file that is none is refused with a reason.
class TapeFileTest {
  @TempDir Path folder;

  record Pair(Tensor x, Tensor w) {}

  record Twice(double times) implements Op.Elementwise {
    @Override
    public double f(double x) {
      return x * times;
    }

    @Override
    public Tensor slope(Tensor x, Tensor y) {
      return Tensor.full(x.shape(), x.dtype(), times);
    }
  }

  private static final Pair EXAMPLE =
      new Pair(OpSamples.ramp(Shape.of(2, 3), 1), OpSamples.ramp(Shape.of(3, 4), 2));

  private static final Tape<Pair, Tensor> TAPE =
      Tape.record(
          p ->
              p.x()
                  .matmul(p.w())
                  .add(Tensor.of(.1, .2, 1 / 3., 1e-300))
                  .tanh()
                  .named("hidden")
                  .clamp(Double.NEGATIVE_INFINITY, .9)
                  .sum(),
          EXAMPLE);

  private Path file() {
    return folder.resolve("some.tape");
  }

  @Test
  void aTapeIsReadBackBitForBitWithLabelsAndLines() throws IOException {
    TapeFile.write(TAPE, file());
    Tape<Pair, Tensor> same = TapeFile.read(file(), EXAMPLE, Tensor.zeros());
    assertThat(same.toString()).isEqualTo(TAPE.toString()).contains("hidden at TapeFileTest.java:");
    assertThat(same.run(EXAMPLE).sameAs(TAPE.run(EXAMPLE))).isTrue();
    Tape<Pair, Pair> slope = TAPE.gradient();
    assertThat(same.gradient().run(EXAMPLE).w().sameAs(slope.run(EXAMPLE).w())).isTrue();
    assertThat(Files.exists(folder.resolve("some.tape.safetensors"))).isTrue();
  }

  @Test
  void derivativesAreSavedToo() throws IOException {
    Tape<Pair, Grad<Pair>> slope = TAPE.valueAndGrad();
    TapeFile.write(slope, file());
    var same = TapeFile.read(file());
    assertThat(same.inputNames()).containsExactly("x", "w");
    assertThat(same.outputNames()).containsExactly("value", "grad.x", "grad.w");
    Map<String, Tensor> got = same.run(Map.of("x", EXAMPLE.x(), "w", EXAMPLE.w()));
    Grad<Pair> want = slope.run(EXAMPLE);
    assertThat(got.get("value").sameAs(want.value())).isTrue();
    assertThat(got.get("grad.x").sameAs(want.grad().x())).isTrue();
    assertThat(got.get("grad.w").sameAs(want.grad().w())).isTrue();
    assertThat(same.nodes()).anyMatch(node -> "tanh".equals(node.behind()));
  }

  @Test
  void theTextHasALineForEveryNode() throws IOException {
    TapeFile.write(TAPE, file());
    List<String> lines = Files.readAllLines(file());
    assertThat(lines.stream().filter(line -> line.startsWith("{\"first\":")).count())
        .isEqualTo(TAPE.nodes().size());
    assertThat(lines.get(1)).isEqualTo("\"format\": \"backlight-tape/1\",");
    assertThat(Files.readString(file()))
        .contains("{\"op\":\"Clamp\",\"lo\":\"-Infinity\",\"hi\":0.9}")
        .contains(
            "\"makes\":[\"F64[2,4]\"],\"does\":{\"op\":\"MatMul\",\"ta\":false,\"tb\":false}");
  }

  static Stream<OpSamples.Sample> samples() {
    return OpSamples.all().stream();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void everyOpSurvivesWithItsAttributes(OpSamples.Sample sample) throws IOException {
    Tape<List<Tensor>, List<Tensor>> tape =
        Tape.record(
            in -> List.of(Tensor.applyAll(sample.op(), in.toArray(Tensor[]::new))),
            sample.inputs());
    TapeFile.write(tape, file());
    Tape<List<Tensor>, List<Tensor>> same =
        TapeFile.read(file(), sample.inputs(), tape.run(sample.inputs()));
    assertThat(same.nodes().getFirst().op()).isEqualTo(sample.op());
    List<Tensor> want = tape.run(sample.inputs());
    List<Tensor> got = same.run(sample.inputs());
    for (int k = 0; k < want.size(); k++) {
      assertThat(got.get(k).sameAs(want.get(k))).isTrue();
    }
  }

  @Test
  void bodiesOfNestedOpsAreSavedOnceAndReadBack() throws IOException {
    Tensor nodes = Tensor.of(.1, .5, .9);
    Tape<Pair, Tensor> tape =
        Tape.record(p -> Tape.sumOver(a -> p.x().mul(a).matmul(p.w()).sin().sum(), nodes), EXAMPLE);
    Tape<Pair, Pair> slope = tape.gradient();
    TapeFile.write(slope, file());
    Tape<Pair, Pair> same = TapeFile.read(file(), EXAMPLE, EXAMPLE);
    assertThat(same.run(EXAMPLE).x().sameAs(slope.run(EXAMPLE).x())).isTrue();
    assertThat(same.nodes()).hasSameSizeAs(slope.nodes());
  }

  @Test
  void scansChoicesAndLoopsAreSavedWithTheirBodies() throws IOException {
    Tape<Pair, Tensor> tape =
        Tape.record(
            p -> {
              Tensor start = p.w().get(0);
              Tensor end =
                  Tape.scan(
                          (Tensor c, Tensor a) -> new Scanned<>(c.mul(.5).add(a.sum()), c),
                          start,
                          p.x())
                      .carry();
              Tensor chosen = Tape.cond(end.sum().gt(0), Tensor::sin, Tensor::cos, end);
              return Tape.whileLoop(
                      c -> c.sum().lt(9), c -> c.add(1), Tape.call(Tensor::tanh, chosen), 50)
                  .sum();
            },
            EXAMPLE);
    Tape<Pair, Pair> slope = tape.gradient();
    TapeFile.write(slope, file());
    Tape<Pair, Pair> same = TapeFile.read(file(), EXAMPLE, EXAMPLE);
    assertThat(same.run(EXAMPLE).x().sameAs(slope.run(EXAMPLE).x())).isTrue();
    assertThat(same.player().play(EXAMPLE).w().sameAs(slope.run(EXAMPLE).w())).isTrue();
  }

  @Test
  void anOpThatHoldsCodeIsRefusedByName() {
    CustomVjp<Tensor, Tensor> f = CustomVjp.of(Tensor::sin, (x, y, g) -> g.mul(x.cos()));
    Tape<Tensor, Tensor> tape = Tape.record(f, Tensor.of(1., 2));
    assertThatThrownBy(() -> TapeFile.write(tape, file()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(
            "customvjp.* cannot be saved: its attribute rule is a .*, which no text can hold");
  }

  @Test
  void anOpOfTheUserIsNamedWhenReading() throws IOException {
    Tape<Tensor, Tensor> tape = Tape.record(x -> Tensor.apply(new Twice(2.5), x), Tensor.of(1., 2));
    TapeFile.write(tape, file());
    assertThatThrownBy(() -> TapeFile.read(file()))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            file()
                + ": node 0: needs ops of the engine, or named when reading, got"
                + " dev.backlight.autodiff.TapeFileTest$Twice");
    var same = TapeFile.read(file(), Tensor.zeros(2), Tensor.zeros(2), Twice.class);
    assertThat(same.run(Tensor.of(1., 2)).toDoubles()).containsExactly(2.5, 5);
  }

  @Test
  void aGuardedOrPinnedTapeIsRefusedWithItsReason() {
    Tape<Tensor, Tensor> guarded =
        Tape.record(x -> x.sum().test(v -> v > 0) ? x : x.neg(), Tensor.of(1., 2));
    assertThatThrownBy(() -> TapeFile.write(guarded, file()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "a tape that is saved needs to hold for all inputs, got one with test(...) answered true"
                + " at TapeFileTest.java:");
    Tape<Tensor, Tensor> pinned = Tape.record(x -> x.mul(x.sum().item()), Tensor.of(1., 2));
    assertThatThrownBy(() -> TapeFile.write(pinned, file()))
        .hasMessageContaining("item() at TapeFileTest.java:");
    assertThat(folder).isEmptyDirectory();
  }

  private void damaged(String part, String instead, String message) throws IOException {
    TapeFile.write(TAPE, file());
    String text = Files.readString(file());
    assertThat(text).contains(part);
    Files.writeString(file(), text.replace(part, instead));
    assertThatThrownBy(() -> TapeFile.read(file()))
        .isInstanceOf(FormatException.class)
        .hasMessage(file() + ": " + message);
  }

  @Test
  void aDamagedTextIsRefusedWithThePlaceAndTheReason() throws IOException {
    damaged("backlight-tape/1", "other/1", "needs the format backlight-tape/1, got another");
    damaged(
        "\"reads\":[0,1]", "\"reads\":[0,7]", "node 0: reads needs values that exist, 0..2, got 7");
    damaged(
        "\"reads\":[0,1]",
        "\"reads\":[1,0]",
        "node 0: matmul needs (m, k) and (k, n), got (3, 4) and (2, 3)");
    damaged(
        "\"op\":\"MatMul\"",
        "\"op\":\"Runtime\"",
        "node 0: needs ops of the engine, or named when reading, got Runtime");
    damaged(
        "\"op\":\"MatMul\"",
        "\"op\":\"java.lang.Runtime\"",
        "node 0: needs ops of the engine, or named when reading, got java.lang.Runtime");
    damaged(
        "\"op\":\"MatMul\"",
        "\"op\":\"Recorder\"",
        "node 0: needs ops of the engine, or named when reading, got Recorder");
    damaged("\"ta\":false", "\"ta\":3", "node 0: MatMul.ta needs a boolean, got 3");
    damaged("\"ta\":false", "\"tx\":false", "node 0: MatMul needs the attribute ta, got none");
    damaged(
        "\"hi\":0.9",
        "\"hi\":\"NaN\"",
        "node 3: Clamp: clamp needs lo ≤ hi, got -Infinity and NaN");
    damaged(
        "\"makes\":[\"F64[2,4]\"],\"does\":{\"op\":\"MatMul\"",
        "\"makes\":[\"F64[2,5]\"],\"does\":{\"op\":\"MatMul\"",
        "node 0: matmul makes [F64(2, 4)], got [F64(2, 5)]");
    damaged(
        "\"F64[2,3]\"",
        "\"F64[2,99999999999]\"",
        "an input needs sizes of 0 to 2³¹ - 1, got 99999999999");
    damaged(
        "\"F64[2,3]\"",
        "\"F65[2,3]\"",
        "an input needs one of [F32, F64, I32, I64, BOOL], got F65");
    damaged(
        "\"inputs\": [\"x\",\"w\"]",
        "\"inputs\": [\"x\",\"x\"]",
        "inputs need 2 different names, got [x, x]");
  }

  @Test
  void constantsOfAnotherTapeAreRefused() throws IOException {
    TapeFile.write(TAPE, file());
    Path constants = folder.resolve("some.tape.safetensors");
    byte[] bytes = Files.readAllBytes(constants);
    bytes[bytes.length - 1] ^= 1;
    Files.write(constants, bytes);
    assertThatThrownBy(() -> TapeFile.read(file()))
        .isInstanceOf(FormatException.class)
        .hasMessage(file() + ": needs the constants it was saved with, got others in " + constants);
  }

  @Test
  void namesThatDifferFromTheExampleAreRefused() throws IOException {
    TapeFile.write(TAPE, file());
    assertThatThrownBy(() -> TapeFile.read(file(), Tensor.zeros(1), Tensor.zeros(1)))
        .hasMessage(file() + ": needs inputs [x], got [x, w]");
  }
}
