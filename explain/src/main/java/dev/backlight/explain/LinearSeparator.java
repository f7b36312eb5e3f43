package dev.backlight.explain;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;

/// The plane that separates two sets of points: logistic regression with a ridge, by Newton's
/// method, solved among the points rather than the coordinates, of which there may be many more.
///
/// @param normal (p), of length 1, towards the first set
/// @param offset of the plane along the normal: a point x is on the first set's side where `x ·
///   normal > offset`
record LinearSeparator(Tensor normal, double offset) {
  /// How strong the ridge is, in units of the points' mean square distance from their centre.
  private static final double RIDGE = 0.01;

  private static final int STEPS = 50;

  /// @param points (n, p) of `F64`
  /// @param first how many of them, from the top, are the first set
  static LinearSeparator of(Tensor points, int first) {
    int n = points.size(0);
    Tensor centre = points.mean(0);
    Tensor centred = points.sub(centre);
    Tensor products = centred.matmul(centred, false, true);
    double[] k = products.toDoubles();
    double trace = 0;
    for (int i = 0; i < n; i++) {
      trace += k[i * n + i];
    }
    double ridge = RIDGE * trace / n;
    double[] a = new double[n];
    double offset = 0;
    // Stationary are α = (y − p) / ridge with p = σ(K α + offset) and Σ α = 0.
    for (int step = 0; step < STEPS && trace > 0; step++) {
      double[] system = new double[(n + 1) * (n + 1)];
      double[] right = new double[n + 1];
      for (int i = 0; i < n; i++) {
        double z = offset;
        for (int j = 0; j < n; j++) {
          z += k[i * n + j] * a[j];
          system[i * (n + 1) + j] = k[i * n + j];
        }
        double p = 1 / (1 + Math.exp(-z));
        double weight = Math.max(p * (1 - p), 1e-9);
        system[i * (n + 1) + i] += ridge / weight;
        system[i * (n + 1) + n] = 1;
        system[n * (n + 1) + i] = 1;
        right[i] = z + ((i < first ? 1 : 0) - p) / weight;
      }
      double[] next =
          Tensor.of(Shape.of(n + 1, n + 1), system)
              .solve(Tensor.of(right).unsqueeze(1))
              .toDoubles();
      double moved = 0;
      double size = 0;
      for (int i = 0; i < n; i++) {
        moved += Math.abs(next[i] - a[i]);
        size += Math.abs(next[i]);
        a[i] = next[i];
      }
      offset = next[n];
      if (moved <= 1e-10 * size) {
        break;
      }
    }
    Tensor normal = Tensor.of(a).unsqueeze(0).matmul(centred).squeeze(0);
    double length = normal.norm().item();
    if (!(length > 0)) {
      return new LinearSeparator(normal.mul(0), 0);
    }
    Tensor unit = normal.div(length);
    return new LinearSeparator(unit, unit.dot(centre).item() - offset / length);
  }

  /// Which part of some points is on its side.
  ///
  /// @param first how many of them, from the top, are of the first set
  double accuracy(Tensor points, int first) {
    double[] along = points.matmul(normal.unsqueeze(1)).toDoubles();
    int right = 0;
    for (int i = 0; i < along.length; i++) {
      right += along[i] > offset == i < first ? 1 : 0;
    }
    return (double) right / along.length;
  }
}
