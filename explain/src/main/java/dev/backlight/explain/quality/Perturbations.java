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
