package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import dev.backlight.core.io.Npy;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands on ONNX models, on files that PyTorch wrote; see
/// `onnx/src/test/reference/pytorch_models.py`.
class OnnxCommandsTest {
  private static final Path MODELS =
      Path.of("../onnx/src/test/resources/dev/backlight/onnx/pytorch");

  @TempDir Path folder;

  private static double[] told(String model, String name) throws IOException {
    List<?> list = (List<?>) ((Map<?, ?>) Json.read(MODELS.resolve(model + ".json"))).get(name);
    return list.stream().mapToDouble(each -> ((Number) each).doubleValue()).toArray();
  }

  private Path input(String model) throws IOException {
    double[] sizes = told(model, "shape");
    int[] shape = new int[sizes.length];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = (int) sizes[i];
    }
    Path file = folder.resolve("x.npy");
    Npy.write(file, Tensor.of(Shape.of(shape), told(model, "x")).to(DType.F32));
    return file;
  }

  private static void assertClose(Tensor got, double[] wanted) {
    assertClose(got, wanted, 1e-4);
  }

  private static void assertClose(Tensor got, double[] wanted, double tolerance) {
    double largest = 0;
    for (double each : wanted) {
      largest = Math.max(largest, Math.abs(each));
    }
    double[] numbers = got.toDoubles();
    assertThat(numbers).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.length; i++) {
      assertThat(numbers[i])
          .as("element %d", i)
          .isCloseTo(wanted[i], Offset.offset(tolerance * largest));
    }
  }

  @Test
  void inspectShowsWhatAFileHolds() {
    Ran ran = Ran.of("inspect", MODELS.resolve("mlp.onnx"));

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .isEqualToNormalizingNewlines(
            """
            model       mlp.onnx, by pytorch 2.13.0
            version     opset 17, IR 8
            input       x: float(N, 6)
            output      y: float(N, 3)
            nodes       5
            parameters  155
            operations  307 for one run of the shapes below

            node     operator  shape   parameters  operations
            /0/Gemm  Gemm      (1, 8)          56         104
            /1/Relu  Relu      (1, 8)                       8
            /2/Gemm  Gemm      (1, 8)          72         136
            /3/Tanh  Tanh      (1, 8)                       8
            /4/Gemm  Gemm      (1, 3)          27          51
            """);
  }

  @Test
  void inspectTakesShapes() {
    assertThat(Ran.of("inspect", MODELS.resolve("mlp.onnx"), "--shape", "x=7,6").out())
        .contains("/4/Gemm  Gemm      (7, 3)");
    assertThat(Ran.of("inspect", MODELS.resolve("mlp.onnx"), "--shape", "z=7,6").err())
        .isEqualToIgnoringNewLines(
            "backlight: --shape needs NAME=SIZES with an input of x, got 'z=7,6'");
    assertThat(Ran.of("inspect", MODELS.resolve("mlp.onnx"), "--shape", "x=7,5").err())
        .contains("input 'x' needs float(N, 6) as F32, got F32(7, 5)");
  }

  @Test
  void inspectListsWhatIsNotSupported() {
    Ran ran = Ran.of("inspect", "src/test/resources/onnx/test_momentum/model.onnx");

    assertThat(ran.code()).isZero();
    assertThat(ran.out())
        .endsWith("unsupported ai.onnx.preview.training.Momentum: X_new" + System.lineSeparator());
  }

  @Test
  void runWritesTheFirstOutput() throws IOException {
    Path out = folder.resolve("y.npy");

    Ran ran = Ran.of("run", MODELS.resolve("cnn.onnx"), "--input", input("cnn"), "--out", out);

    assertThat(ran.err()).isEmpty();
    assertThat(ran.out())
        .isEqualToNormalizingNewlines("output      y: F32(2, 5)\nwritten     " + out + "\n");
    assertClose(Npy.read(out), told("cnn", "y"));
  }

  @Test
  void runTakesAnImageAndBringsItToTheModelsSize() throws IOException {
    BufferedImage grey = new BufferedImage(7, 5, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 35; i++) {
      grey.setRGB(i % 7, i / 7, 0x336699);
    }
    Path image = folder.resolve("grey.png");
    ImageIO.write(grey, "png", image.toFile());
    Path out = folder.resolve("y.npy");
    Path array = folder.resolve("same.npy");
    Tensor one = Tensor.ones(1, 1, 16, 16);
    Npy.write(
        array,
        Tensor.concat(
            1, one.mul((0.2 - 0.5) / 2), one.mul((0.4 - 0.5) / 2), one.mul((0.6 - 0.5) / 2)));

    Path model = MODELS.resolve("cnn.onnx");
    Ran ran = Ran.of("run", model, "--input", image, "--mean", "0.5", "--std", "2", "--out", out);

    assertThat(ran.err()).isEmpty();
    Path expected = folder.resolve("expected.npy");
    Ran.of("run", model, "--input", array, "--out", expected);
    assertClose(Npy.read(out), Npy.read(expected).toDoubles());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp", "cnn", "lstm", "gru", "encoder", "vit", "resnet"})
  void explainIntegratesTheGradientsOfPyTorch(String name) throws IOException {
    Path out = folder.resolve("why.npy");

    Ran ran =
        Ran.of(
            "explain",
            MODELS.resolve(name + ".onnx"),
            "--input",
            input(name),
            "--target",
            1,
            "--out",
            out);

    assertThat(ran.err()).isEmpty();
    // The quadrature stops at a residual of 1e-4, with some hundred kinks of the ResNet on the way.
    assertClose(Npy.read(out), told(name, "integrated"), name.equals("resnet") ? 3e-4 : 1e-4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ig", "saliency", "gxi", "lrp", "occlusion"})
  void everyMethodWritesAPage(String method) throws IOException {
    for (String name : List.of("mlp", "cnn")) {
      Path out = folder.resolve(name + ".html");

      Ran ran =
          Ran.of(
              "explain",
              MODELS.resolve(name + ".onnx"),
              "--input",
              input(name),
              "--method",
              method,
              "--out",
              out);

      assertThat(ran.err()).isEmpty();
      assertThat(ran.code()).isZero();
      assertThat(Files.readString(out)).contains("Why " + name + ".onnx answers so", "Example 2");
    }
  }

  @Test
  void whatCannotBeUsedIsSaidInOneLine() throws IOException {
    Path mlp = MODELS.resolve("mlp.onnx");
    Path x = input("mlp");
    Path out = folder.resolve("why.npy");
    refused("explain needs an --input for " + mlp + ", got none", "explain", mlp, "--out", out);
    refused(
        "--target needs an output of 0..2, got 3",
        "explain",
        mlp,
        "--input",
        x,
        "--target",
        3,
        "--out",
        out);
    refused(
        "--baseline needs zeros, a number or an array (.npy), got 'mean'",
        "explain",
        mlp,
        "--input",
        x,
        "--baseline",
        "mean",
        "--out",
        out);
    refused(
        "--out needs a name that ends in .html, .json or .npy, got '"
            + folder.resolve("y.csv")
            + "'",
        "explain",
        mlp,
        "--input",
        x,
        "--out",
        folder.resolve("y.csv"));
    refused(
        MODELS.resolve("none.onnx") + ": an ONNX file is needed, got none",
        "inspect",
        MODELS.resolve("none.onnx"));
    Path noModel = folder.resolve("bad.onnx");
    Files.write(noModel, new byte[] {1, 2, 3});
    assertThat(Ran.of("inspect", noModel).code()).isEqualTo(2);
    refused(
        MODELS.resolve("cnn.onnx") + ": input 'x' needs float(N, 3, 16, 16) as F32, got F32(2, 6)",
        "run",
        MODELS.resolve("cnn.onnx"),
        "--input",
        x);
  }

  private static void refused(String message, Object... args) {
    Ran ran = Ran.of(args);
    assertThat(ran.err()).isEqualToNormalizingNewlines("backlight: " + message + "\n");
    assertThat(ran.code()).isEqualTo(2);
  }
}
