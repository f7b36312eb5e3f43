package dev.backlight.explain.quality;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Arrays;

/// Noisy linear imputation: every missing pixel is the weighted mean of its eight neighbours, those
/// at its sides with weight 1/6 and those at its corners with 1/12, where neighbours that are
/// missing, too, are unknowns of the same system.
///
/// Neighbours beyond the edge do not count. Where nothing is left to start from, pixels become the
/// mean of the picture.
record Imputation(int height, int width, double noise) implements Replacement {
  private static final double SIDE = 1 / 6.0;
  private static final double CORNER = 1 / 12.0;

  Imputation {
    if (height < 1 || width < 1 || !(noise >= 0 && noise < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "imputation needs a height and width of at least 1 and finite noise of at least 0, got "
              + height
              + ", "
              + width
              + " and "
              + noise);
    }
  }

  @Override
  public Tensor of(Tensor x, Tensor gone, Key key) {
    int plane = height * width;
    int each = x.elements() / x.size(0);
    if (each % plane != 0) {
      throw new ShapeException(
          "imputation needs examples of planes of "
              + height
              + " × "
              + width
              + ", got x "
              + x.shape());
    }
    double[] values = x.toDoubles();
    boolean[] missing = gone.toBooleans();
    double[] draws = key.normal(x.shape().with(0, 1), DType.F64).toDoubles();
    for (int from = 0; from < values.length; from += plane) {
      fill(values, missing, from);
    }
    Block filled = Block.allocate(x.spec());
    for (int i = 0; i < values.length; i++) {
      filled.set(i, missing[i] ? values[i] + noise * draws[i % each] : values[i]);
    }
    return Tensor.over(filled);
  }

  /// Solves for the missing pixels of one plane by conjugate gradients: the system is the graph
  /// Laplacian of the missing ones, symmetric and positive definite.
  private void fill(double[] values, boolean[] missing, int from) {
    int plane = height * width;
    boolean any = false;
    boolean all = true;
    double mean = 0;
    for (int p = 0; p < plane; p++) {
      any |= missing[from + p];
      all &= missing[from + p];
      mean += values[from + p] / plane;
    }
    if (!any) {
      return;
    }
    double[] solution = new double[plane];
    Arrays.fill(solution, mean);
    if (!all) {
      double[] known = new double[plane];
      for (int p = 0; p < plane; p++) {
        known[p] = missing[from + p] ? 0 : values[from + p];
      }
      double[] right = new double[plane];
      sums(known, missing, from, right, false);
      solve(right, missing, from, solution);
    }
    for (int p = 0; p < plane; p++) {
      values[from + p] = missing[from + p] ? solution[p] : values[from + p];
    }
  }

  private void solve(double[] right, boolean[] missing, int from, double[] x) {
    int plane = x.length;
    double[] image = new double[plane];
    double[] residual = new double[plane];
    double[] direction = new double[plane];
    for (int p = 0; p < plane; p++) {
      x[p] = missing[from + p] ? x[p] : 0;
    }
    sums(x, missing, from, image, true);
    for (int p = 0; p < plane; p++) {
      residual[p] = missing[from + p] ? right[p] - image[p] : 0;
      direction[p] = residual[p];
    }
    double size = dot(residual, residual);
    double enough = 1e-24 * Math.max(size, dot(right, right));
    for (int step = 0; step < 4 * plane && size > enough; step++) {
      sums(direction, missing, from, image, true);
      double along = size / dot(direction, image);
      for (int p = 0; p < plane; p++) {
        x[p] += along * direction[p];
        residual[p] -= along * image[p];
      }
      double next = dot(residual, residual);
      for (int p = 0; p < plane; p++) {
        direction[p] = residual[p] + next / size * direction[p];
      }
      size = next;
    }
  }

  /// For every missing pixel: the weighted sum of its neighbours' values or, for the system, its
  /// own value times all weights less that sum.
  private void sums(double[] v, boolean[] missing, int from, double[] into, boolean system) {
    for (int r = 0; r < height; r++) {
      for (int c = 0; c < width; c++) {
        int p = r * width + c;
        if (!missing[from + p]) {
          into[p] = 0;
          continue;
        }
        double sum = 0;
        double weights = 0;
        for (int dr = -1; dr <= 1; dr++) {
          for (int dc = -1; dc <= 1; dc++) {
            int nr = r + dr;
            int nc = c + dc;
            if ((dr != 0 || dc != 0) && nr >= 0 && nr < height && nc >= 0 && nc < width) {
              double weight = dr == 0 || dc == 0 ? SIDE : CORNER;
              weights += weight;
              sum += weight * v[nr * width + nc];
            }
          }
        }
        into[p] = system ? weights * v[p] - sum : sum;
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Override
  public String toString() {
    return "imputed " + height + " × " + width + ", noise " + noise;
  }
}
