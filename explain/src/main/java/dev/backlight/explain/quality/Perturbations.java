package dev.backlight.explain.quality;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Points around x.
///
/// All examples get the same draws, so that a batch gives what its examples give alone.
@FunctionalInterface
public interface Perturbations {
  /// One point: `x − by`.
  ///
  /// @param by what is taken from x, of the shape of x
  /// @param weight of each score in what the explanation predicts the answer to lose: for slopes
  ///   what is taken, for contributions which part of the feature
  record Move(Tensor by, Tensor weight) {
    /// A subset of the features replaced.
    static Move removal(Tensor x, Replacement replacement, boolean[] subset, Key key) {
      Tensor gone = Subsets.mask(x, subset);
      return new Move(x.sub(replacement.of(x, gone, key)), gone.to(x.dtype()));
    }
  }

  /// The points around some inputs.
  List<Move> around(Tensor x, Key key);

  /// Uniform noise of at most a radius in every element: slopes predict what it does.
  static Perturbations uniform(double radius, int draws) {
    requireNoise(radius, draws);
    return new Noise("uniform", radius, draws);
  }

  /// Normal noise of a standard deviation: slopes predict what it does.
  static Perturbations normal(double spread, int draws) {
    requireNoise(spread, draws);
    return new Noise("normal", spread, draws);
  }

  /// Subsets of the features removed, of all sizes alike: contributions predict what that does.
  static Perturbations removal(Replacement replacement, int draws) {
    Draws.require(draws);
    return new Removal(replacement, draws);
  }

  /// Pictures moved by up to so many pixels across, down and both: all such moves. What comes in
  /// from the edge is 0.
  ///
  /// @param height of the pictures, which an example holds in planes of height × width
  /// @param width of the pictures
  /// @param reach how many pixels at most
  static Perturbations shifts(int height, int width, int reach) {
    if (reach < 1 || reach >= Math.min(height, width)) {
      throw new IllegalArgumentException(
          "shifts of "
              + height
              + " × "
              + width
              + " pixels need a reach of 1 or more that leaves some of them, got "
              + reach);
    }
    return new Shifts(height, width, reach);
  }

  /// Given points, as what is taken from x.
  static Perturbations given(List<Tensor> by) {
    return new Given(List.copyOf(by));
  }

  private static void requireNoise(double size, int draws) {
    if (!(size > 0 && size < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("noise needs a finite size above 0, got " + size);
    }
    Draws.require(draws);
  }

  /// Noise of a size.
  ///
  /// @param kind `uniform` or `normal`
  /// @param size the radius or the standard deviation
  /// @param draws how many points
  record Noise(String kind, double size, int draws) implements Perturbations {
    @Override
    public List<Move> around(Tensor x, Key key) {
      Shape one = x.shape().with(0, 1);
      List<Move> moves = new ArrayList<>();
      for (int k = 0; k < draws; k++) {
        Key here = key.fold(k);
        Tensor noise =
            kind.equals("normal")
                ? here.normal(one, DType.F64).mul(size)
                : here.uniform(one, DType.F64, -size, size);
        Tensor by = noise.to(x.dtype()).expand(x.shape());
        moves.add(new Move(by, by));
      }
      return moves;
    }

    @Override
    public String toString() {
      return kind + " " + size + ", " + draws + " draws";
    }
  }

  /// Features removed.
  ///
  /// @param replacement what stands in their place
  /// @param draws how many subsets
  record Removal(Replacement replacement, int draws) implements Perturbations {
    @Override
    public List<Move> around(Tensor x, Key key) {
      int d = x.elements() / x.size(0);
      List<Move> moves = new ArrayList<>();
      for (int k = 0; k < draws; k++) {
        Key here = key.fold(k);
        // Sizes are spread evenly, so that few and many features are asked about.
        int size = 1 + (int) ((long) k * d / draws);
        boolean[] subset = Subsets.draw(d, size, here.fold(0));
        moves.add(Move.removal(x, replacement, subset, here.fold(1)));
      }
      return moves;
    }

    @Override
    public String toString() {
      return replacement + ", " + draws + " subsets";
    }
  }

  /// Pictures moved.
  ///
  /// @param height of the pictures
  /// @param width of the pictures
  /// @param reach how many pixels at most
  record Shifts(int height, int width, int reach) implements Perturbations {
    @Override
    public List<Move> around(Tensor x, Key key) {
      int n = x.size(0);
      if (x.elements() / n % (height * width) != 0) {
        throw new ShapeException(
            "shifts need examples of planes of " + height + " × " + width + ", got x " + x.shape());
      }
      Tensor planes = x.reshape(x.elements() / height / width, height, width);
      List<Move> moves = new ArrayList<>();
      for (int down = -reach; down <= reach; down++) {
        for (int across = -reach; across <= reach; across++) {
          if (down != 0 || across != 0) {
            Tensor by = x.sub(moved(moved(planes, 1, down), 2, across).reshape(x.shape()));
            moves.add(new Move(by, by));
          }
        }
      }
      return moves;
    }

    private static Tensor moved(Tensor planes, int axis, int by) {
      int size = planes.size(axis);
      return by < 0
          ? planes.slice(axis, -by, size).pad(axis, 0, -by)
          : planes.slice(axis, 0, size - by).pad(axis, by, 0);
    }

    @Override
    public String toString() {
      return "shifts of up to " + reach + " pixels of " + height + " × " + width;
    }
  }

  /// Given points.
  ///
  /// @param by each of the shape of x
  record Given(List<Tensor> by) implements Perturbations {
    public Given {
      if (by.isEmpty()) {
        throw new IllegalArgumentException("a perturbation needs draws of at least 1, got none");
      }
    }

    @Override
    public List<Move> around(Tensor x, Key key) {
      for (Tensor each : by) {
        if (!each.shape().equals(x.shape())) {
          throw new ShapeException(
              "a perturbation needs draws like x " + x.shape() + ", got " + each.shape());
        }
      }
      return by.stream().map(each -> new Move(each, each)).toList();
    }

    @Override
    public String toString() {
      return by.size() + " given points";
    }
  }
}
