package dev.backlight.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.fail;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.onnx.proto.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that were cut, changed, or made to do harm: the answer is an error that is ours, in time
/// and memory that the file's size bounds.
class HostileFilesTest {
  private static final Path FOLDER = Path.of("src/test/resources/dev/backlight/onnx/pytorch");
  private static final int TRIES = Integer.getInteger("backlight.onnx.tries", 150);

  /// Reads, and if that can be done records on zeros.
  private static boolean survives(byte[] bytes) throws IOException {
    try {
      OnnxModel model = OnnxModel.read("hostile.onnx", bytes);
      model.unsupported();
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      for (Port port : model.inputs()) {
        if (port.dtype().isEmpty() || port.shape(1).isEmpty()) {
          return false;
        }
        if (port.shape(1).orElseThrow().elements() > 100_000) {
          return false;
        }
        inputs.put(
            port.name(), Tensor.zeros(port.shape(1).orElseThrow(), port.dtype().orElseThrow()));
      }
      model.tape(inputs);
      return true;
    } catch (FormatException | OnnxException e) {
      assertThat(e.getMessage()).isNotBlank();
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "lstm", "encoder"})
  void changedBytesAreAnErrorOfOursOrAnotherModel(String name) throws IOException {
    byte[] file = Files.readAllBytes(FOLDER.resolve(name + ".onnx"));
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < TRIES; i++) {
      byte[] bytes = file.clone();
      int changes = 1 + random.nextInt(4);
      int[] places = new int[changes];
      for (int k = 0; k < changes; k++) {
        places[k] = random.nextInt(bytes.length);
        bytes[places[k]] = (byte) random.nextInt(256);
      }
      try {
        survives(bytes);
      } catch (Throwable e) {
        fail("bytes at " + Arrays.toString(places) + " of try " + i, e);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "lstm"})
  void aFileThatIsCutAnywhereIsRefused(String name) throws IOException {
    byte[] file = Files.readAllBytes(FOLDER.resolve(name + ".onnx"));
    assertThat(survives(file)).isTrue();
    for (int n = 0; n < file.length; n += 1 + n / 40) {
      survives(Arrays.copyOf(file, n));
    }
  }

  @Test
  void severalBytesAreExchangedOrRepeated() throws IOException {
    byte[] file = Files.readAllBytes(FOLDER.resolve("gru.onnx"));
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < TRIES; i++) {
      byte[] bytes = file.clone();
      int n = 1 + random.nextInt(40);
      int from = random.nextInt(bytes.length - n);
      int to = random.nextInt(bytes.length - n);
      System.arraycopy(file, from, bytes, to, n);
      survives(bytes);
    }
  }

  // ---- made to do harm ----

  private static Throwable refusal(byte[] bytes) {
    return catchThrowable(() -> OnnxModel.read("m.onnx", bytes).tape(Tensor.zeros(2)));
  }

  @Test
  void aCycleIsNamed() {
    Message graph =
        new Message()
            .message(1, Made.node("Relu", "b", "a"))
            .message(1, Made.node("Relu", "a", "b"))
            .message(11, Made.port("x"))
            .message(12, Made.port("b"));

    assertThat(refusal(Made.model(graph)))
        .isInstanceOf(OnnxException.class)
        .hasMessage("node 'n' (Relu) needs the value 'b', which nothing before it gives");
  }

  @Test
  void aFewNumbersDoNotAskForAllMemory() {
    Message sizes =
        Message.tensor(
            "s", Block.over(Spec.of(Shape.of(2), DType.I64), new long[] {60_000, 30_000}));
    Message graph =
        new Message()
            .message(1, Made.node("ConstantOfShape", "s", "y"))
            .message(5, sizes)
            .message(11, Made.port("x"))
            .message(12, Made.port("y"));

    assertThat(refusal(Made.model(graph)))
        .isInstanceOf(OnnxException.class)
        .hasMessage(
            "node 'n' (ConstantOfShape) needs a tensor of at most 268435456 elements, got (60000,"
                + " 30000)");
  }

  @Test
  void sizesThatNoTensorHasAreRefused() {
    Message tensor =
        new Message().integer(1, 1L << 40).integer(1, 1L << 40).integer(2, 1).text(8, "w");
    byte[] file = Made.model(new Message().message(5, tensor));
    assertThat(refusal(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "tensor 'w': needs at most 2147483647 elements, got [1099511627776, 1099511627776]");

    Message empty = new Message().integer(1, 1 << 30).integer(2, 1).text(8, "w");
    assertThat(refusal(Made.model(new Message().message(5, empty))))
        .hasMessage("tensor 'w': float(1073741824) needs 1073741824 numbers of data, got 0");
  }

  @Test
  void aLoopWithoutEndStops() {
    Message body =
        new Message()
            .message(1, Made.node("Identity", "c", "again"))
            .message(11, Made.port("i"))
            .message(11, Made.port("c"))
            .message(12, Made.port("again"));
    Message attribute = new Message().text(1, "body").message(6, body).integer(20, 5);
    Message loop = new Message().text(1, "").text(1, "").text(2, "").text(3, "n").text(4, "Loop");
    Message graph =
        new Message()
            .message(1, loop.message(5, attribute))
            .message(11, Made.port("x"))
            .message(12, Made.port("x"));

    assertThat(refusal(Made.model(graph)))
        .isInstanceOf(OnnxException.class)
        .hasMessageContaining(
            "a graph needs to run at most 1000000 nodes, loops unrolled, got more");
  }

  @Test
  void aFunctionThatCallsItselfIsRefused() {
    Message function =
        new Message()
            .text(1, "F")
            .text(4, "a")
            .text(5, "b")
            .message(7, Made.node("F", "a", "b").text(7, "own"))
            .text(10, "own");
    Message graph =
        new Message()
            .message(1, Made.node("F", "x", "y").text(7, "own"))
            .message(11, Made.port("x"))
            .message(12, Made.port("y"));

    assertThat(refusal(Made.model(graph, function)))
        .isInstanceOf(OnnxException.class)
        .hasMessageContaining("needs graphs and functions within each other at most 50 deep");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "/etc/passwd", "a/../../secret", "..\\secret", "", "."})
  void externalDataStayInTheModelsFolder(String location, @TempDir Path folder) throws IOException {
    Files.write(folder.resolve("secret"), new byte[8]);
    Path home = Files.createDirectory(folder.resolve("home"));
    Path file = home.resolve("m.onnx");
    Files.write(file, external(location, null));

    assertThatThrownBy(() -> OnnxModel.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            location.isEmpty()
                ? "tensor 'w': external data need a location, got none"
                : "tensor 'w': external data need a path within the model's folder, got '"
                    + location
                    + "'");
  }

  @Test
  void linksOutOfTheFolderAreNotFollowed(@TempDir Path folder) throws IOException {
    Path secret = Files.write(folder.resolve("secret"), new byte[8]);
    Path home = Files.createDirectory(folder.resolve("home"));
    Files.createSymbolicLink(home.resolve("data"), secret);
    Files.write(home.resolve("m.onnx"), external("data", null));

    assertThatThrownBy(() -> OnnxModel.read(home.resolve("m.onnx")))
        .hasMessage("tensor 'w': external data need a path within the model's folder, got 'data'");
  }

  @Test
  void externalDataAreReadAndMeasured(@TempDir Path folder) throws IOException {
    Files.write(folder.resolve("data"), new byte[] {9, 9, 0, 0, 0x80 - 256, 0x3f, 0, 0, 0, 0x40});
    Path file = folder.resolve("m.onnx");
    Files.write(file, external("data", "2"));
    assertThat(OnnxModel.read(file).apply(Map.of("x", Tensor.zeros(2))).get("w").toFloats())
        .containsExactly(1, 2);

    Files.write(file, external("data", "3"));
    assertThatThrownBy(() -> OnnxModel.read(file))
        .hasMessage("tensor 'w': needs 8 bytes of external data, got 7");
    Files.write(file, external("data", "11"));
    assertThatThrownBy(() -> OnnxModel.read(file))
        .hasMessage("tensor 'w': external data need an offset of at most 10, got 11");
    Files.write(file, external("data", "-1"));
    assertThatThrownBy(() -> OnnxModel.read(file))
        .hasMessage("tensor 'w': external data need a whole number as offset, got '-1'");
    Files.write(file, external("none", null));
    assertThatThrownBy(() -> OnnxModel.read(file))
        .hasMessage("tensor 'w': external data need the file 'none' beside the model, got none");
    assertThatThrownBy(() -> OnnxModel.read("memory", external("data", null)))
        .hasMessage(
            "tensor 'w': external data need a model that was read from a file, got one from"
                + " memory");
  }

  /// A model whose weight of two floats lies elsewhere.
  private static byte[] external(String location, @Nullable String offset) {
    Message weight =
        new Message()
            .integer(1, 2)
            .integer(2, 1)
            .text(8, "w")
            .message(13, new Message().text(1, "location").text(2, location))
            .integer(14, 1);
    if (offset != null) {
      weight.message(13, new Message().text(1, "offset").text(2, offset));
    }
    Message graph =
        new Message().message(5, weight).message(11, Made.port("x")).message(12, Made.port("w"));
    return Made.model(graph);
  }
}
