package dev.backlight.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The images are those of `src/test/reference/png_reference.py`.
class ImageFolderTest {
  @TempDir Path dir;

  private Path put(String folder, String image, String as) throws IOException {
    Path to = Files.createDirectories(dir.resolve(folder)).resolve(as);
    try (InputStream in = ImageFolderTest.class.getResourceAsStream("/data/png/" + image)) {
      Files.copy(Objects.requireNonNull(in), to);
    }
    return to;
  }

  private float[] only(String image, boolean grey) throws IOException {
    put(image, image, "x.png");
    ImageFolder folder = ImageFolder.of(dir);
    Tensor x = (grey ? folder.inGrey() : folder).images().x();
    Files.delete(dir.resolve(image).resolve("x.png"));
    Files.delete(dir.resolve(image));
    assertThat(x.shape()).hasToString(grey ? "(1, 1, 2, 3)" : "(1, 3, 2, 3)");
    return x.toFloats();
  }

  @Test
  void pixelsAreThoseOfTheFile() throws IOException {
    float[] grey = {0, 0.2f, 0.4f, 0.6f, 0.8f, 1};
    assertThat(only("grey8.png", true)).containsExactly(grey, within(1e-6f));
    assertThat(only("grey16.png", true)).containsExactly(grey, within(1e-6f));
    assertThat(only("palette.png", false))
        .containsExactly(1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0);
    float[] colours = new float[18];
    for (int i = 0; i < 6; i++) {
      colours[i] = 40 * i / 255f;
      colours[6 + i] = (255 - 40 * i) / 255f;
      colours[12 + i] = 7 / 255f;
    }
    assertThat(only("rgb8.png", false)).containsExactly(colours, within(1e-6f));
    float[] luma = new float[6];
    for (int i = 0; i < 6; i++) {
      luma[i] = 0.299f * colours[i] + 0.587f * colours[6 + i] + 0.114f * colours[12 + i];
    }
    assertThat(only("rgb8.png", true)).containsExactly(luma, within(1e-6f));
  }

  @Test
  void aFolderIsSplitByClassWithoutReadingItsFiles() throws IOException {
    for (int i = 0; i < 5; i++) {
      put("a", "grey8.png", i + ".png");
      put("b", "rgb8.png", i + ".png");
    }
    ImageFolder.Split parts = ImageFolder.of(dir).inGrey().split(0.4, Key.of(3));
    assertThat(parts.train().labels()).containsOnly(0, 1).hasSize(6);
    assertThat(parts.held().labels()).containsExactlyInAnyOrder(0, 0, 1, 1);
    assertThat(parts.train().files()).doesNotContainAnyElementsOf(parts.held().files());
    assertThat(parts.held().classes()).containsExactly("a", "b");
    assertThat(parts.held().images().x().shape()).hasToString("(4, 1, 2, 3)");
    Batches batches = Batches.of(parts.train()).size(4).shuffled(Key.of(1)).ahead(1);
    assertThat(batches.rows()).isEqualTo(6);
    assertThat(batches.iterator().next().x().shape()).hasToString("(4, 1, 2, 3)");
  }

  @Test
  void whatIsTransparentShowsWhite() throws IOException {
    float[] pixels = only("rgba8.png", false);
    for (int i = 0; i < 6; i++) {
      assertThat(pixels[i]).isEqualTo(1, within(1e-6f));
      assertThat(pixels[6 + i]).isEqualTo(1 - 0.2f * i, within(1e-6f));
      assertThat(pixels[12 + i]).isEqualTo(1 - 0.2f * i, within(1e-6f));
    }
  }

  @Test
  void foldersAreClassesByAlphabet() throws IOException {
    put("dog", "grey8.png", "b.png");
    put("dog", "rgb8.png", "a.png");
    put("cat", "palette.png", "c.png");
    Files.writeString(dir.resolve("cat/.hidden"), "x");
    Files.writeString(dir.resolve("README"), "x");
    ImageFolder folder = ImageFolder.of(dir);
    assertThat(folder.classes()).containsExactly("cat", "dog");
    assertThat(folder.files().stream().map(f -> f.getFileName().toString()))
        .containsExactly("c.png", "a.png", "b.png");
    Images images = folder.images();
    assertThat(images.y().toInts()).containsExactly(0, 1, 1);
    assertThat(images.x().shape()).hasToString("(3, 3, 2, 3)");
    Batches.Batch some = folder.read(2, 0);
    assertThat(some.y().toInts()).containsExactly(1, 0);
    assertThat(some.x().take(0, Tensor.of(1)).sameAs(images.x().take(0, Tensor.of(0)))).isTrue();
  }

  @Test
  void imagesAreSizedByTheMeanOfWhatAPixelCovers() throws IOException {
    put("a", "grey8.png", "a.png");
    ImageFolder folder = ImageFolder.of(dir).inGrey();
    assertThat(folder.size(1, 1).images().x().toFloats())
        .containsExactly(new float[] {0.5f}, within(1e-6f));
    // A third pixel is shared by halves.
    assertThat(folder.size(2, 2).images().x().toFloats())
        .containsExactly(
            new float[] {0.2f / 3, 1 / 3f, 0.6f + 0.2f / 3, 0.6f + 1 / 3f}, within(1e-6f));
    assertThat(folder.size(2, 6).images().x().toFloats())
        .containsExactly(
            new float[] {0, 0, 0.2f, 0.2f, 0.4f, 0.4f, 0.6f, 0.6f, 0.8f, 0.8f, 1, 1},
            within(1e-6f));
  }

  @Test
  void whatIsNoImageIsRefusedByName() throws IOException {
    Path file = put("a", "huge.png", "a.png");
    refused(file + ": an image of at most 33554432 pixels is needed, got 100000 by 100000");
    Files.writeString(file, "not an image");
    refused(file + ": an image is needed, got another kind of file");
    Files.write(file, new byte[0]);
    refused(file + ": an image is needed, got another kind of file");
  }

  @Test
  void noPixelOfABrokenImageIsMadeUp() throws IOException {
    Path png = put("a", "rgb8.png", "a.png");
    wholeOrRefused(png, 1);
    Files.delete(png);
    BufferedImage noise = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    int[] drawn = Key.of(3).integers(Shape.of(1200), 0, 1 << 24).toInts();
    noise.setRGB(0, 0, 40, 30, drawn, 0, 40);
    for (String format : List.of("jpg", "gif", "bmp")) {
      Path file = dir.resolve("a/a." + format);
      assertThat(ImageIO.write(noise, format, file.toFile())).isTrue();
      wholeOrRefused(file, 37);
      Files.delete(file);
    }
  }

  private void wholeOrRefused(Path file, int step) throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Tensor pixels = ImageFolder.of(dir).images().x();
    int refused = 0;
    for (int n = 1; n < whole.length; n += step) {
      Files.write(file, Arrays.copyOf(whole, n));
      try {
        assertThat(ImageFolder.of(dir).images().x().sameAs(pixels))
            .as("%s %d of %d", file, n, whole.length)
            .isTrue();
      } catch (DataException e) {
        assertThat(e).hasMessageStartingWith(file + ": ");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(whole.length / step / 2);
  }

  @Test
  void imagesOfSeveralSizesNeedOneSaid() throws IOException {
    put("a", "grey8.png", "a.png");
    Path other = dir.resolve("a/b.png");
    ImageIO.write(new BufferedImage(4, 4, 1), "png", other.toFile());
    refused(
        other + ": an image of 2 by 3 pixels is needed, as the first, got 4 by 4; say size(h, w)");
    assertThat(ImageFolder.of(dir).size(2, 2).images().rows()).isEqualTo(2);
    assertThatThrownBy(() -> ImageFolder.of(dir).read(1))
        .hasMessageContaining("an image of 2 by 3 pixels is needed, as the first, got 4 by 4");
  }

  @Test
  void foldersWithoutImagesAreRefused() throws IOException {
    refused(dir + ": a folder for each class is needed, got none");
    Files.createDirectory(dir.resolve("a"));
    refused(dir.resolve("a") + ": images are needed, got none");
    Path none = dir.resolve("none");
    assertThatThrownBy(() -> ImageFolder.of(none))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(none + ": a folder that can be listed is needed, got ");
  }

  private void refused(String problem) {
    ThrowingCallable read = () -> ImageFolder.of(dir).images();
    assertThatThrownBy(read).isInstanceOf(DataException.class).hasMessage(problem);
  }
}
