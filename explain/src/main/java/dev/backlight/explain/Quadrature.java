package dev.backlight.explain;

import java.util.OptionalDouble;

/// How the integral along a path from the baseline to x is computed.
///
/// | rule | nodes on [0, 1] |
/// |---|---|
/// | `adaptive()` | as many as it takes for a residual of 1e-6 (`F64`) or 1e-4 (`F32`) |
/// | `gaussLegendre(n)` | exact to degree 2n - 1: the best fixed rule for smooth models |
/// | `trapezoid(n)` | k / (n - 1), both ends halved |
/// | `midpoint(n)`, `left(n)`, `right(n)` | (k + ½) / n, k / n, (k + 1) / n |
public sealed interface Quadrature permits Quadrature.Fixed, Quadrature.Adaptive {
  /// Given nodes and weights: `∫₀¹ g ≈ Σ weightₖ g(nodeₖ)`.
  ///
  /// @param name what it is called
  /// @param nodes places on [0, 1]
  /// @param weights as many
  record Fixed(String name, double[] nodes, double[] weights) implements Quadrature {
    public Fixed {
      if (nodes.length == 0 || nodes.length != weights.length) {
        throw new IllegalArgumentException(
            "a quadrature needs as many weights as nodes and at least 1, got "
                + nodes.length
                + " nodes and "
                + weights.length
                + " weights");
      }
      nodes = nodes.clone();
      weights = weights.clone();
    }

    /// A copy of the nodes.
    @Override
    public double[] nodes() {
      return nodes.clone();
    }

    /// A copy of the weights.
    @Override
    public double[] weights() {
      return weights.clone();
    }

    int size() {
      return nodes.length;
    }

    @Override
    public String toString() {
      return name + " " + nodes.length;
    }
  }

  /// Splits the path where it does not yet fit, until it does.
  ///
  /// By the fundamental theorem the integral over any piece of the path is known: it is how much f
  /// grew. So the error of every piece is known, not estimated. The whole path is one piece with a
  /// Gauss-Legendre rule, which is enough for smooth models; pieces that miss are split. Between
  /// the kinks of a ReLU network f is straight, so a kink is found from the slopes at its sides,
  /// and the integral is then exact.
  ///
  /// @param tolerance the residual to reach, relative to the larger of `|f(x)|` and
  ///   `|f(baseline)|`; empty for the default of the dtype
  /// @param most the number of nodes at which to stop; the residual then says how far it came
  record Adaptive(OptionalDouble tolerance, int most) implements Quadrature {
    public Adaptive {
      if (tolerance.isPresent() && !(tolerance.getAsDouble() > 0)) {
        throw new IllegalArgumentException(
            "a tolerance needs to be greater than 0, got " + tolerance.getAsDouble());
      }
      if (most < 1) {
        throw new IllegalArgumentException(
            "a quadrature needs at least 1 node, got at most " + most);
      }
    }

    /// With another number of nodes at which to stop.
    public Adaptive atMost(int nodes) {
      return new Adaptive(tolerance, nodes);
    }

    @Override
    public String toString() {
      return tolerance.isPresent() ? "adaptive to " + tolerance.getAsDouble() : "adaptive";
    }
  }

  /// Adaptive to the default tolerance of the dtype: 1e-6 for `F64` and 1e-4 for `F32`.
  static Adaptive adaptive() {
    return new Adaptive(OptionalDouble.empty(), 20_000);
  }

  /// Adaptive to a tolerance relative to the answer.
  static Adaptive adaptive(double tolerance) {
    return new Adaptive(OptionalDouble.of(tolerance), 20_000);
  }

  /// The Gauss-Legendre rule with `n` nodes, in ascending order.
  static Fixed gaussLegendre(int n) {
    requireNodes("a Gauss-Legendre rule", 1, n);
    return GaussLegendre.rule(n);
  }

  /// The trapezoidal rule with `n` nodes, both ends included.
  static Fixed trapezoid(int n) {
    requireNodes("a trapezoidal rule", 2, n);
    Fixed rule = even("trapezoid", n, 0, n - 1);
    double[] weights = rule.weights();
    weights[0] /= 2;
    weights[n - 1] /= 2;
    return new Fixed("trapezoid", rule.nodes(), weights);
  }

  /// The midpoint rule with `n` nodes.
  static Fixed midpoint(int n) {
    requireNodes("a midpoint rule", 1, n);
    return even("midpoint", n, .5, n);
  }

  /// The sum over the left ends of `n` equal pieces.
  static Fixed left(int n) {
    requireNodes("a left sum", 1, n);
    return even("left", n, 0, n);
  }

  /// The sum over the right ends of `n` equal pieces.
  static Fixed right(int n) {
    requireNodes("a right sum", 1, n);
    return even("right", n, 1, n);
  }

  private static Fixed even(String name, int n, double offset, int pieces) {
    double[] nodes = new double[n];
    double[] weights = new double[n];
    for (int k = 0; k < n; k++) {
      nodes[k] = (k + offset) / pieces;
      weights[k] = 1.0 / pieces;
    }
    return new Fixed(name, nodes, weights);
  }

  private static void requireNodes(String rule, int least, int n) {
    if (n < least) {
      throw new IllegalArgumentException(
          rule + " needs at least " + least + (least == 1 ? " node" : " nodes") + ", got " + n);
    }
  }
}
