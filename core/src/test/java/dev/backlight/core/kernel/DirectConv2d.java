package dev.backlight.core.kernel;

/// The 2-D convolution and its two transposes in doubles, straight from the definition:
///
///     y[b, o, i, j] = Σ w[o, c, u, v] · x[b, c, i·sh + u·dh − ph, j·sw + v·dw − pw]
///
/// A transpose visits the same terms and lets the other two factors of each meet.
final class DirectConv2d {
  private DirectConv2d() {}

  static double[] forward(double[] x, double[] w, Conv2dShape s) {
    double[] y = new double[s.n() * s.o() * s.oh() * s.ow()];
    visit(s, (xi, wi, yi) -> y[yi] += x[xi] * w[wi]);
    return y;
  }

  static double[] input(double[] g, double[] w, Conv2dShape s) {
    double[] dx = new double[s.n() * s.c() * s.h() * s.w()];
    visit(s, (xi, wi, yi) -> dx[xi] += g[yi] * w[wi]);
    return dx;
  }

  static double[] weight(double[] x, double[] g, Conv2dShape s) {
    double[] dw = new double[s.o() * s.taps()];
    visit(s, (xi, wi, yi) -> dw[wi] += g[yi] * x[xi]);
    return dw;
  }

  private interface Term {
    void at(int xi, int wi, int yi);
  }

  private static void visit(Conv2dShape s, Term term) {
    for (int b = 0; b < s.n(); b++) {
      for (int o = 0; o < s.o(); o++) {
        for (int i = 0; i < s.oh(); i++) {
          for (int j = 0; j < s.ow(); j++) {
            int yi = ((b * s.o() + o) * s.oh() + i) * s.ow() + j;
            window(
                s,
                term,
                b * s.c() + o / s.filters() * s.channels(),
                o,
                yi,
                i * s.sh() - s.ph(),
                j * s.sw() - s.pw());
          }
        }
      }
    }
  }

  private static void window(
      Conv2dShape s, Term term, int plane, int o, int yi, int top, int left) {
    for (int c = 0; c < s.channels(); c++) {
      for (int u = 0; u < s.kh(); u++) {
        for (int v = 0; v < s.kw(); v++) {
          int row = top + u * s.dh();
          int column = left + v * s.dw();
          if (row >= 0 && row < s.h() && column >= 0 && column < s.w()) {
            int xi = ((plane + c) * s.h() + row) * s.w() + column;
            term.at(xi, ((o * s.channels() + c) * s.kh() + u) * s.kw() + v, yi);
          }
        }
      }
    }
  }
}
