package dev.backlight.core.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The Moore-Penrose inverse of m×n matrices, n×m, from the singular values above `tolerance` times
/// the largest.
///
/// With `P` the result, `Ā = −Pᵀ P̄ Pᵀ + (I − A P) P̄ᵀ P Pᵀ + Pᵀ P P̄ᵀ (I − P A)` (Golub and
/// Pereyra, 1973), which holds while the rank does not change, for equal singular values too.
public record Pinv(double tolerance) implements Matrixwise {
  public Pinv {
    if (!(tolerance >= 0 && tolerance < 1)) {
      throw new IllegalArgumentException("pinv needs 0 <= tolerance < 1, got " + tolerance);
    }
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 1, in);
    Check.floats(this, in);
    Shape a = Matrixwise.matrices(this, in[0]);
    return new Spec[] {in[0].with(a.with(-2, a.size(-1)).with(-1, a.size(-2)))};
  }

  @Override
  public Each each(Shape... in) {
    int m = in[0].size(-2);
    int n = in[0].size(-1);
    int k = Math.min(m, n);
    double[] left = new double[m * k];
    double[] right = new double[n * k];
    double[] s = new double[k];
    return (x, y) -> {
      Svd.decompose(x[0], left, s, right, m, n);
      Arrays.fill(y[0], 0);
      for (int c = 0; c < k && s[c] > tolerance * s[0]; c++) {
        for (int i = 0; i < n; i++) {
          double f = right[c * n + i] / s[c];
          for (int j = 0; j < m; j++) {
            y[0][i * m + j] += f * left[c * m + j];
          }
        }
      }
    };
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    Tensor a = at.x();
    Tensor p = at.y();
    Tensor g = at.g();
    Tensor gpp = g.matmul(p, true, false).matmul(p, false, true);
    Tensor ppg = p.matmul(p, true, false).matmul(g, false, true);
    Tensor inner = p.matmul(g, true, false).matmul(p, false, true);
    return gpp.sub(a.matmul(p.matmul(gpp))).add(ppg.sub(ppg.matmul(p).matmul(a))).sub(inner);
  }
}
