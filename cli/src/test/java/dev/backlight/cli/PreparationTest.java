package dev.backlight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Npy;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationTest {
  private static final Path MODELS =
      Path.of("../onnx/src/test/resources/dev/backlight/onnx/pytorch");
  private static final Path IRIS = Path.of("../data/iris.onnx");
  private static final Path FLOWERS = Path.of("../data/iris.csv");

  @TempDir Path dir;

  @Test
  void imagesAreSizedCutScaledAndStandardised() {
    Tensor x = Tensor.arange(24, DType.F64).reshape(1, 3, 2, 4);
    Preparation none = Preparation.of(Map.of());
    assertThat(none.image(x)).isSameAs(x);
    Preparation all =
        Preparation.of(
            Map.of(
                "crop",
                List.of(2, 2),
                "order",
                "bgr",
                "scale",
                255,
                "mean",
                List.of(1, 2, 3),
                "std",
                List.of(2)));
    Tensor y = all.image(x);
    assertThat(y.shape()).isEqualTo(Shape.of(1, 3, 2, 2));
    assertThat(y.at(0, 0, 0, 0)).isEqualTo((17 * 255 - 1) / 2.0); // blue, from the second column on
    assertThat(y.at(0, 2, 1, 1)).isEqualTo((6 * 255 - 3) / 2.0);
    assertThat(Preparation.of(Map.of("resize", 4)).image(x).shape())
        .isEqualTo(Shape.of(1, 3, 4, 8));
    assertThat(Preparation.of(Map.of("resize", List.of(3, 5))).image(x).shape())
        .isEqualTo(Shape.of(1, 3, 3, 5));
    assertThatThrownBy(() -> Preparation.of(Map.of("crop", 3)).image(x))
        .hasMessage("crop needs an image of at least 3 by 3, got 2 by 4");
    assertThatThrownBy(() -> Preparation.of(Map.of("mean", List.of(1, 2))).image(x))
        .hasMessage("mean needs 3 numbers, one for each of the channels, got 2");
  }

  @Test
  void settingsThatCannotBeAreRefused() throws IOException {
    Path file = dir.resolve("a.json");
    Files.writeString(file, "{\"means\": 1, \"zoom\": 2}");
    assertThatThrownBy(() -> Preparation.settings(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            file
                + ": settings of mean, std, resize, crop, order, scale, columns, classes are"
                + " needed, got means, zoom");
    Files.writeString(file, "{\"std\": [1, 0]}");
    assertThatThrownBy(() -> Preparation.settings(file))
        .hasMessage(file + ": std needs numbers other than 0, got 0");
    Files.writeString(file, "[]");
    assertThatThrownBy(() -> Preparation.settings(file))
        .hasMessage(file + ": an object of settings is needed, got none");
    refused(Map.of("order", "gbr"), "order needs rgb or bgr, got 'gbr'");
    refused(
        Map.of("resize", List.of(1, 2, 3)),
        "resize needs one or two sizes of 1 to 32768, got [1.0, 2.0, 3.0]");
    refused(Map.of("crop", 0), "crop needs one or two sizes of 1 to 32768, got [0.0]");
    refused(Map.of("mean", "x"), "mean needs a list of numbers, got x");
    refused(Map.of("classes", List.of(1)), "classes needs a list of texts, got 1");
    refused(Map.of("scale", -1), "scale needs a finite number above 0, got -1.0");
    refused(
        Map.of("scale", Double.POSITIVE_INFINITY),
        "scale needs a finite number above 0, got Infinity");
    refused(Map.of("std", -0.0), "std needs numbers other than 0, got 0");
    refused(Map.of("mean", List.of(1, Double.NaN)), "mean needs finite numbers, got [1.0, NaN]");
    refused(Map.of("order", 1), "order needs a text, got 1");
    refused(Map.of("scale", "x"), "scale needs a number, got x");
  }

  private static void refused(Map<String, Object> settings, String message) {
    assertThatThrownBy(() -> Preparation.of(settings))
        .isInstanceOf(BadInput.class)
        .hasMessage(message);
  }

  @Test
  void aTableIsAskedByItsColumnsAndClassesByTheirNames() throws IOException {
    Path out = dir.resolve("why.json");
    Ran ran =
        Ran.of(
            "explain",
            IRIS,
            "--input",
            FLOWERS,
            "--rows",
            2,
            "--target",
            "virginica",
            "--out",
            out);
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).contains("target      output 2 (virginica)");
    assertThat(Files.readString(out)).contains("petal_width_cm");
    Path page = dir.resolve("why.html");
    assertThat(Ran.of("explain", IRIS, "--input", FLOWERS, "--rows", 2, "--out", page).err())
        .isEmpty();
    assertThat(Files.readString(page)).contains("The explained output (setosa) is");
    assertThat(Ran.of("explain", IRIS, "--input", FLOWERS, "--target", "rose", "--out", out).err())
        .contains(
            "--target needs an output of 0..2 or one of setosa, versicolor, virginica, got 'rose'");
  }

  @Test
  void optionsWinOverTheFileBesideTheModel() throws IOException {
    Path model = dir.resolve("m.onnx");
    Files.copy(IRIS, model);
    assertThat(Ran.of("run", model, "--input", FLOWERS).err())
        .contains(
            "--columns needs 4 columns, of sepal_length_cm, sepal_width_cm, petal_length_cm,"
                + " petal_width_cm, species, got 5");
    Path one = dir.resolve("one.csv");
    Files.writeString(one, "a,b,c,d\n5.1,3.5,1.4,0.2\n");
    Path plain = dir.resolve("plain.npy");
    Path moved = dir.resolve("moved.npy");
    assertThat(Ran.of("run", model, "--input", one, "--out", plain).err()).isEmpty();
    Files.writeString(dir.resolve("two.csv"), "d,c,b,a\n0.4,2.8,7.0,10.2\n");
    Files.writeString(
        dir.resolve("m.prepare.json"), "{\"columns\": [\"a\", \"b\", \"c\", \"d\"], \"std\": 4}");
    Path two = dir.resolve("two.csv");
    assertThat(Ran.of("run", model, "--input", two, "--std", "2", "--out", moved).err()).isEmpty();
    assertThat(Npy.read(moved).sub(Npy.read(plain)).abs().amax().item()).isLessThan(1e-5);
    assertThat(Ran.of("run", model, "--input", two, "--prepare", dir.resolve("no.json")).err())
        .contains("no.json: a file of settings is needed, got none");
    assertThat(Ran.of("run", model, "--input", two, "--columns", "a,b,c,z").err())
        .contains("two.csv")
        .contains("z");
    assertThat(Ran.of("run", model, "--input", two, "--mean", "1;2").err())
        .contains("--mean needs numbers with commas between, got '1;2'");
  }

  @Test
  void imagesAreSizedByOptions() throws IOException {
    BufferedImage picture = new BufferedImage(40, 20, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 800; i++) {
      picture.setRGB(i % 40, i / 40, i * 5000);
    }
    Path image = dir.resolve("p.png");
    ImageIO.write(picture, "png", image.toFile());
    Path cut = dir.resolve("cut.png");
    ImageIO.write(picture.getSubimage(12, 2, 16, 16), "png", cut.toFile());
    Path a = dir.resolve("a.npy");
    Path b = dir.resolve("b.npy");
    Path cnn = MODELS.resolve("cnn.onnx");
    assertThat(Ran.of("run", cnn, "--input", image, "--crop", "16", "--out", a).err()).isEmpty();
    assertThat(Ran.of("run", cnn, "--input", cut, "--out", b).err()).isEmpty();
    assertThat(Npy.read(a).sameAs(Npy.read(b))).isTrue();
  }
}
