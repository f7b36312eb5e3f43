package dev.backlight.nn.data;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Idx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// Images of known classes.
///
/// @param x (n, c, h, w) of `F32` or `F64`, mostly from 0 to 1
/// @param y (n) of `I32`, places in `classes`
/// @param classes the names of the classes
public record Images(Tensor x, Tensor y, List<String> classes) {
  public Images {
    classes = List.copyOf(classes);
  }

  /// Images and labels that fit.
  public static Images of(Tensor x, Tensor y, List<String> classes) {
    if (x.rank() != 4 || y.rank() != 1 || x.size(0) != y.size(0)) {
      throw new ShapeException(
          "images need x (n, c, h, w) and y (n), got " + x.shape() + " and " + y.shape());
    }
    if (!x.dtype().isFloat() || y.dtype() != DType.I32) {
      throw new DTypeException(
          "images need x of F32 or F64 and y of I32, got " + x.dtype() + " and " + y.dtype());
    }
    Labels.require(y, classes.size());
    return new Images(x, y, classes);
  }

  /// Images and labels in two IDX files, packed or not, as MNIST and its kin are published: grey
  /// values from 0 to 255 become `F32` from 0 to 1, and classes are called by their numbers.
  public static Images idx(Path images, Path labels) {
    Tensor x = read(images);
    Tensor y = read(labels);
    if (x.rank() != 3 || y.rank() != 1 || x.size(0) != y.size(0) || x.size(0) == 0) {
      throw new DataException(
          "%s and %s: images (n, h, w) and labels (n) are needed, got %s and %s"
              .formatted(images, labels, x.shape(), y.shape()));
    }
    int[] grey = x.dtype() == DType.I32 ? x.toInts() : new int[] {-1};
    if (Arrays.stream(grey).anyMatch(v -> v < 0 || v > 255)) {
      throw new DataException(images + ": whole numbers from 0 to 255 are needed, got others");
    }
    Tensor pixels = x.to(DType.F32).div(255).reshape(x.size(0), 1, x.size(1), x.size(2));
    Tensor places = Labels.of(labels.toString(), y);
    return of(pixels, places, Labels.names(places));
  }

  private static Tensor read(Path file) {
    try {
      return Idx.read(file);
    } catch (IOException e) {
      throw DataException.of(file, e);
    }
  }

  /// How many images there are.
  public int rows() {
    return x.size(0);
  }

  /// The images at these places, in this order.
  public Images select(int... rows) {
    Tensor index = Tensor.of(rows);
    return of(x.take(0, index), y.take(0, index), classes);
  }

  /// The same labels with other images, such as standardised ones.
  public Images with(UnaryOperator<Tensor> change) {
    return of(change.apply(x), y, classes);
  }

  /// Part of the images held out for judging, the same part of each class, drawn by the key.
  public Split split(double fraction, Key key) {
    return split(Rows.stratified(y.toInts(), fraction, key));
  }

  /// The images parted k times, so that each is held out once; every part has the classes' shares.
  public List<Split> folds(int k, Key key) {
    return Folds.stratified(y.toInts(), k, key).stream().map(this::split).toList();
  }

  private Split split(Rows rows) {
    return new Split(select(rows.train()), select(rows.held()));
  }

  /// Every image as a row of numbers, called `p0`, `p1` and so on.
  public Dataset flattened() {
    int d = x.elements() / Math.max(1, rows());
    List<String> features = IntStream.range(0, d).mapToObj(i -> "p" + i).toList();
    return Dataset.of(x.reshape(rows(), d), y, features, classes);
  }

  /// Images to train on and images held out.
  public record Split(Images train, Images held) {}
}
