package dev.backlight.nn.data;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;

/// A change of images that leaves them what they are, drawn by a key for each image on its own:
/// from (n, c, h, w) to as many images. For training only.
@FunctionalInterface
public interface Augmentation {
  /// The images changed; the same key changes them the same way.
  Tensor apply(Tensor x, Key key);

  /// This change, then another one, each with a key of its own.
  default Augmentation then(Augmentation next) {
    return (x, key) -> {
      Key.Pair keys = key.split();
      return next.apply(apply(x, keys.first()), keys.second());
    };
  }

  /// Left and right exchanged, with this probability.
  static Augmentation mirror(double probability) {
    requireProbability(probability);
    return (x, key) -> {
      boolean[] which = which(x, probability, key);
      return ImageMoves.moved(
          x, x.size(-2), x.size(-1), i -> new ImageMoves.Move(which[i], false, 0, 0));
    };
  }

  /// Top and bottom exchanged, with this probability.
  static Augmentation flip(double probability) {
    requireProbability(probability);
    return (x, key) -> {
      boolean[] which = which(x, probability, key);
      return ImageMoves.moved(
          x, x.size(-2), x.size(-1), i -> new ImageMoves.Move(false, which[i], 0, 0));
    };
  }

  /// Moved by up to so many pixels up or down and left or right, every distance being equally
  /// likely; zeros come in.
  static Augmentation shift(int most) {
    if (most < 0 || most > 1 << 16) {
      throw new IllegalArgumentException("a shift needs at most 0 to 65536 pixels, got " + most);
    }
    return (x, key) -> {
      ImageMoves.requireImages(x);
      int[] by = key.integers(Shape.of(x.size(0), 2), -most, most + 1).toInts();
      return ImageMoves.moved(
          x,
          x.size(-2),
          x.size(-1),
          i -> new ImageMoves.Move(false, false, by[2 * i], by[2 * i + 1]));
    };
  }

  /// A part of this size, every place being equally likely.
  static Augmentation crop(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a crop needs a height and a width of at least 1, got " + height + " and " + width);
    }
    return (x, key) -> {
      ImageMoves.requireImages(x);
      if (x.size(-2) < height || x.size(-1) < width) {
        throw new ShapeException(
            "a crop of %d by %d needs images at least as large, got %s"
                .formatted(height, width, x.shape()));
      }
      Key.Pair keys = key.split();
      Shape n = Shape.of(x.size(0));
      int[] top = keys.first().integers(n, 0, x.size(-2) - height + 1).toInts();
      int[] left = keys.second().integers(n, 0, x.size(-1) - width + 1).toInts();
      return ImageMoves.moved(
          x, height, width, i -> new ImageMoves.Move(false, false, top[i], left[i]));
    };
  }

  private static boolean[] which(Tensor x, double probability, Key key) {
    ImageMoves.requireImages(x);
    boolean[] which = new boolean[x.size(0)];
    double[] drawn = key.uniform(Shape.of(which.length), DType.F64).toDoubles();
    for (int i = 0; i < which.length; i++) {
      which[i] = drawn[i] < probability;
    }
    return which;
  }

  private static void requireProbability(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("a probability in [0, 1] is needed, got " + probability);
    }
  }
}
