package dev.backlight.explain.fusion;

import dev.backlight.explain.quality.Changes;
import dev.backlight.explain.quality.Explained;
import dev.backlight.explain.quality.Perturbations;
import java.util.ArrayList;
import java.util.List;

/// Weights with the least mean square error: `min ‖A w − b‖²` over w that are not negative and have
/// the sum 1.
///
/// On every face of the simplex the least point is the solution of a linear system; with twelve
/// members there are 4095 faces, so all are asked, and the answer is exact.
final class SimplexFit {
  private static final int MOST = 12;

  private SimplexFit() {}

  /// The mixture of explanations that mispredicts the perturbations least.
  static List<Double> of(List<Explained> members, List<Perturbations.Move> moves) {
    int m = members.size();
    if (m < 1 || m > MOST) {
      throw new IllegalArgumentException(
          "an optimised consensus needs 1 to " + MOST + " members, got " + m);
    }
    List<Changes> changes = members.stream().map(e -> Changes.of(e, moves)).toList();
    double[][] real = changes.getFirst().real();
    double[][] gram = new double[m][m];
    double[] right = new double[m];
    for (int k = 0; k < real.length; k++) {
      for (int i = 0; i < real[k].length; i++) {
        for (int a = 0; a < m; a++) {
          double one = changes.get(a).predicted()[k][i];
          right[a] += one * real[k][i];
          for (int b = 0; b < m; b++) {
            gram[a][b] += one * changes.get(b).predicted()[k][i];
          }
        }
      }
    }
    List<Double> weights = new ArrayList<>();
    for (double w : least(gram, right)) {
      weights.add(w);
    }
    return List.copyOf(weights);
  }

  /// The least of `wᵀ G w − 2 cᵀ w` on the simplex.
  static double[] least(double[][] gram, double[] right) {
    int m = right.length;
    double trace = 0;
    for (int a = 0; a < m; a++) {
      trace += gram[a][a];
    }
    // Members that say the same share a weight evenly, which a hair of ridge decides.
    double ridge = 1e-12 * trace + Double.MIN_NORMAL;
    double[] best = new double[m];
    double least = Double.POSITIVE_INFINITY;
    for (int face = 1; face < 1 << m; face++) {
      double[] w = onFace(gram, right, ridge, face);
      double value = 0;
      boolean inside = true;
      for (int a = 0; a < m; a++) {
        inside &= w[a] >= 0;
        value += (ridge * w[a] - 2 * right[a]) * w[a];
        for (int b = 0; b < m; b++) {
          value += w[a] * gram[a][b] * w[b];
        }
      }
      if (inside && value < least) {
        least = value;
        best = w;
      }
    }
    if (least == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "an optimised consensus needs members whose scores are finite, got some that are not");
    }
    return best;
  }

  /// With weights on some members only: `2 G w + λ = 2 c` and `Σ w = 1`.
  private static double[] onFace(double[][] gram, double[] right, double ridge, int face) {
    int[] members = new int[Integer.bitCount(face)];
    for (int a = 0, k = 0; a < right.length; a++) {
      if ((face >> a & 1) == 1) {
        members[k++] = a;
      }
    }
    int k = members.length;
    double[][] system = new double[k + 1][k + 2];
    for (int r = 0; r < k; r++) {
      for (int c = 0; c < k; c++) {
        system[r][c] = gram[members[r]][members[c]] + (r == c ? ridge : 0);
      }
      system[r][k] = 1;
      system[r][k + 1] = right[members[r]];
      system[k][r] = 1;
    }
    system[k][k + 1] = 1;
    solve(system);
    double[] w = new double[right.length];
    for (int r = 0; r < k; r++) {
      w[members[r]] = system[r][k + 1];
    }
    return w;
  }

  /// Gauss and Jordan with row exchanges; the last column becomes the solution.
  private static void solve(double[][] system) {
    int n = system.length;
    for (int c = 0; c < n; c++) {
      int pivot = c;
      for (int r = c + 1; r < n; r++) {
        pivot = Math.abs(system[r][c]) > Math.abs(system[pivot][c]) ? r : pivot;
      }
      double[] row = system[pivot];
      system[pivot] = system[c];
      system[c] = row;
      for (int j = n; j >= c; j--) {
        row[j] /= row[c];
      }
      for (int r = 0; r < n; r++) {
        double factor = system[r][c];
        if (r != c && factor != 0) {
          for (int j = c; j <= n; j++) {
            system[r][j] -= factor * row[j];
          }
        }
      }
    }
  }
}
