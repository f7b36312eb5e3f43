package dev.backlight.nn.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Npy;
import dev.backlight.core.io.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Data sets of arrays: `.npz`, `.npy` and IDX.
class ArraysTest {
  @TempDir Path dir;

  private Path npz(String x, Tensor first, String y, Tensor second) throws IOException {
    Path file = dir.resolve("d.npz");
    Npz.write(file, Map.of(x, first, y, second));
    return file;
  }

  @Test
  void aDataSetComesBackFromAnNpz() throws IOException {
    Dataset moons = Made.moons(20, 0.1, Key.of(1));
    Path file = dir.resolve("moons.npz");
    moons.write(file);
    Dataset read = Dataset.read(file);
    assertThat(read.x().sameAs(moons.x())).isTrue();
    assertThat(read.y().sameAs(moons.y())).isTrue();
    assertThat(read.features()).containsExactly("x0", "x1");
    assertThat(read.classes()).containsExactly("0", "1");
  }

  @Test
  void wholeNumbersBecomeFloatsAndLongLabelsInts() throws IOException {
    Path x = dir.resolve("x.npy");
    Path y = dir.resolve("y.npy");
    Npy.write(x, Tensor.of(new double[][] {{1, 2}, {3, 4}}).to(DType.I64));
    Npy.write(y, Tensor.of(2L, 0L));
    Dataset read = Dataset.read(x, y);
    assertThat(read.x().toFloats()).containsExactly(1, 2, 3, 4);
    assertThat(read.y().toInts()).containsExactly(2, 0);
    assertThat(read.classes()).containsExactly("0", "1", "2");
  }

  @Test
  void arraysThatAreNoDataSetAreRefused() throws IOException {
    Tensor x = Tensor.ones(2, 3);
    Path odd = npz("a", x, "y", Tensor.of(0, 1));
    refused(() -> Dataset.read(odd), odd + ": an array 'x' is needed, got ");
    Path few = npz("x", x, "y", Tensor.of(0, 1, 1));
    refused(
        () -> Dataset.read(few), few + "/x: rows (3, d) are needed, as many as labels, got (2, 3)");
    Path real = npz("x", x, "y", Tensor.of(0.5f, 1f));
    refused(
        () -> Dataset.read(real), real + "/y: labels (n) of whole numbers are needed, got F32(2)");
    Path below = npz("x", x, "y", Tensor.of(0, -1));
    refused(() -> Dataset.read(below), below + "/y: labels in 0..65535 are needed, got -1");
    Path far = npz("x", x, "y", Tensor.of(0, 1L << 40));
    refused(() -> Dataset.read(far), far + "/y: labels in 0..65535 are needed, got 1099511627776");
    Path nan = npz("x", Tensor.of(new float[][] {{1}, {Float.NaN}}), "y", Tensor.of(0, 1));
    refused(() -> Dataset.read(nan), nan + "/x: finite numbers are needed, got NaN");
    Path wide = npz("x", Tensor.of(16777217, 1).reshape(2, 1), "y", Tensor.of(0, 1));
    refused(
        () -> Dataset.read(wide),
        wide + "/x: whole numbers that F32 can hold are needed, got others");
    Path none = dir.resolve("none.npz");
    refused(() -> Dataset.read(none), none + ": a file is needed, got none of this name");
  }

  @Test
  void imagesAndLabelsOfMnistAreRead() throws IOException {
    Path images = idx("images", "00000803 00000002 00000001 00000002 00ff 33cc");
    Path labels = idx("labels", "00000801 00000002 0201");
    Images read = Images.idx(images, labels);
    assertThat(read.x().shape()).hasToString("(2, 1, 1, 2)");
    assertThat(read.x().toFloats()).containsExactly(0, 1, 0.2f, 0.8f);
    assertThat(read.y().toInts()).containsExactly(2, 1);
    assertThat(read.classes()).containsExactly("0", "1", "2");
    Dataset rows = read.flattened();
    assertThat(rows.features()).containsExactly("p0", "p1");
    assertThat(rows.x().toFloats()).containsExactly(0, 1, 0.2f, 0.8f);
  }

  @Test
  void idxFilesThatDoNotBelongTogetherAreRefused() throws IOException {
    Path images = idx("images", "00000803 00000002 00000001 00000002 00ff 33cc");
    Path three = idx("three", "00000801 00000003 020100");
    refused(
        () -> Images.idx(images, three),
        images
            + " and "
            + three
            + ": images (n, h, w) and labels (n) are needed, got (2, 1, 2) and (3)");
    Path shorts = idx("shorts", "00000b03 00000001 00000001 00000001 0100");
    Path one = idx("one", "00000801 00000001 02");
    refused(
        () -> Images.idx(shorts, one),
        shorts + ": whole numbers from 0 to 255 are needed, got others");
    Path cut = idx("cut", "00000801 00000003 02");
    refused(() -> Images.idx(images, cut), cut + ": U8(3) needs 3 bytes of data, got 1");
  }

  @Test
  void imagesAreSplitAndFoldedByTheirClasses() {
    Images images =
        Images.of(
            Tensor.arange(20, DType.F32).reshape(20, 1, 1, 1),
            Tensor.arange(20, DType.I32).remainder(2),
            List.of("a", "b"));
    Images.Split parts = images.split(0.2, Key.of(1));
    assertThat(parts.held().y().toInts()).containsExactlyInAnyOrder(0, 0, 1, 1);
    for (Images.Split fold : images.folds(5, Key.of(1))) {
      assertThat(fold.train().rows()).isEqualTo(16);
      assertThat(fold.held().y().toInts()).containsExactlyInAnyOrder(0, 0, 1, 1);
    }
    assertThat(images.with(x -> x.mul(2)).x().at(3, 0, 0, 0)).isEqualTo(6);
  }

  private Path idx(String name, String hex) throws IOException {
    return Files.write(dir.resolve(name), HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static void refused(ThrowingCallable call, String problem) {
    assertThatThrownBy(call).isInstanceOf(DataException.class).hasMessageStartingWith(problem);
  }
}
