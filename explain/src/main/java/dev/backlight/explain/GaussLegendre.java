package dev.backlight.explain;

/// Nodes and weights of the Gauss-Legendre rule on [0, 1].
///
/// The nodes are the roots of the Legendre polynomial Pₙ, found by Newton's method from Tricomi's
/// approximation; the weight of a node z on [-1, 1] is `2 / ((1 - z²) P'ₙ(z)²)`.
final class GaussLegendre {
  private GaussLegendre() {}

  static Quadrature.Fixed rule(int n) {
    double[] nodes = new double[n];
    double[] weights = new double[n];
    for (int i = 0; i < (n + 1) / 2; i++) {
      double z = 2 * i + 1 == n ? 0 : Math.cos(Math.PI * (i + .75) / (n + .5));
      for (int step = 0; step < 8 && z != 0; step++) {
        double[] p = legendre(n, z);
        double next = z - p[0] / p[1];
        if (next == z) {
          break;
        }
        z = next;
      }
      double slope = legendre(n, z)[1];
      double weight = 1 / ((1 - z) * (1 + z) * slope * slope);
      nodes[i] = (1 - z) / 2;
      nodes[n - 1 - i] = (1 + z) / 2;
      weights[i] = weight;
      weights[n - 1 - i] = weight;
    }
    return new Quadrature.Fixed("gauss-legendre", nodes, weights);
  }

  /// `Pₙ(z)` and its derivative, by the three-term recurrence.
  private static double[] legendre(int n, double z) {
    double before = 1;
    double p = z;
    for (int k = 2; k <= n; k++) {
      double next = ((2 * k - 1) * z * p - (k - 1) * before) / k;
      before = p;
      p = next;
    }
    return new double[] {p, n * (z * p - before) / ((z - 1) * (z + 1))};
  }
}
