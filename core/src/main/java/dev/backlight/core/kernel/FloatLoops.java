package dev.backlight.core.kernel;

/// Every loop over `float[]` that the operations need; see the package's page for what all of them
/// promise.
///
/// Arrays are dense and row-major and may be longer than the `n` elements that count. Elementwise
/// loops may write onto one of their inputs. Implementations have no state and may be called from
/// any thread; a warm call allocates nothing.
public interface FloatLoops {
  /// The loops of this JVM, see [Lanes].
  static FloatLoops current() {
    return FloatLoopsHolder.CURRENT;
  }

  /// `z = x + y`.
  void add(float[] x, float[] y, float[] z, int n);

  /// `z = x − y`.
  void sub(float[] x, float[] y, float[] z, int n);

  /// `z = x · y`.
  void mul(float[] x, float[] y, float[] z, int n);

  /// `z = x / y`.
  void div(float[] x, float[] y, float[] z, int n);

  /// The larger of both as [Math#max] has it: NaN if either is NaN, and 0 is above -0.
  void maximum(float[] x, float[] y, float[] z, int n);

  /// The smaller of both as [Math#min] has it: NaN if either is NaN, and -0 is below 0.
  void minimum(float[] x, float[] y, float[] z, int n);

  /// `z = a · b + c`, rounded once.
  void fma(float[] a, float[] b, float[] c, float[] z, int n);

  /// `y = x · k`.
  void scale(float[] x, float k, float[] y, int n);

  /// `y = x + k`.
  void shift(float[] x, float k, float[] y, int n);

  /// `y = x / k`.
  void over(float[] x, float k, float[] y, int n);

  /// `y = −x`.
  void neg(float[] x, float[] y, int n);

  /// `y = |x|`.
  void abs(float[] x, float[] y, int n);

  /// `y = √x`, correctly rounded.
  void sqrt(float[] x, float[] y, int n);

  /// `y = 1 / x`.
  void reciprocal(float[] x, float[] y, int n);

  /// `y = x²`.
  void square(float[] x, float[] y, int n);

  /// `y = x` where x is positive or NaN, else 0.
  void relu(float[] x, float[] y, int n);

  /// `y = eˣ`.
  void exp(float[] x, float[] y, int n);

  /// `y = ln x`.
  void log(float[] x, float[] y, int n);

  /// The hyperbolic tangent.
  void tanh(float[] x, float[] y, int n);

  /// `y = 1 / (1 + e⁻ˣ)`, accurate relative to itself for very negative x too.
  void sigmoid(float[] x, float[] y, int n);

  // F32 only
  /// The error function.
  void erf(float[] x, float[] y, int n);

  // end F32 only

  /// The sum of `x[from … from+n)`.
  float sum(float[] x, int from, int n);

  /// The inner product of `x[xo … xo+n)` and `y[yo … yo+n)`.
  float dot(float[] x, int xo, float[] y, int yo, int n);

  /// Adds `Σ (x − shift)` and `Σ (x − shift)²` over `x[from … from+n)` to `sums[0]` and `sums[1]`.
  void moments(float[] x, int from, int n, float shift, double[] sums);

  /// The largest of `x[from … from+n)` as [Math#max] has it; -∞ when n is 0.
  float max(float[] x, int from, int n);

  /// `out[r] = Σ x[r, ·]`: sums along the last axis.
  default void sumRows(float[] x, int rows, int cols, float[] out) {
    sumRows(x, 0, rows, cols, out, 0);
  }

  /// As above, for the rows from `x[xo]` on.
  void sumRows(float[] x, int xo, int rows, int cols, float[] out, int to);

  /// `out[c] = Σ x[·, c, ·]` of an x (outer, kept, inner), for c from `begin` to before `end`: sums
  /// along the last axis, added in order.
  void sumAround(float[] x, int outer, int kept, int inner, int begin, int end, float[] out);

  /// `out[c] = Σ x[·, c]`: sums along the first axis, the rows added in order.
  void sumColumns(float[] x, int rows, int cols, float[] out);

  /// The softmax of each row, shifted by its maximum. A row with a NaN or a +∞, or of -∞ alone,
  /// becomes NaN.
  default void softmaxRows(float[] x, int rows, int cols, float[] y) {
    softmaxRows(x, 0, rows, cols, y, 0);
  }

  /// As above, for the rows from `x[xo]` on.
  void softmaxRows(float[] x, int xo, int rows, int cols, float[] y, int yo);

  /// `out[r] = ln Σ exp x[r, ·]`, shifted by the maximum: +∞ for a row with +∞, -∞ for a row of -∞
  /// alone and for an empty row, NaN for a row with NaN.
  default void logSumExpRows(float[] x, int rows, int cols, float[] out) {
    logSumExpRows(x, 0, rows, cols, out, 0);
  }

  /// As above, for the rows from `x[xo]` on.
  void logSumExpRows(float[] x, int xo, int rows, int cols, float[] out, int to);

  /// `C = op(A) · op(B)`, or `C += …` with `accumulate`; `C` is (m, n) and must not overlap the
  /// others.
  ///
  /// `ta` says that `A` is stored as (k, m), `tb` that `B` is stored as (n, k). `ao, bo, co` are
  /// the first elements and `lda, ldb, ldc` the row strides of the stored matrices.
  void matmul(
      boolean ta,
      boolean tb,
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      int lda,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      boolean accumulate);

  /// `y[j, i] = x[i, j]` for a matrix of `rows` by `columns`. `xo, yo` are the first elements and
  /// `ldx, ldy` the row strides of the stored matrices, which must not overlap.
  void transpose(float[] x, int xo, int ldx, int rows, int columns, float[] y, int yo, int ldy);

  /// The 2-D convolution (cross-correlation, as networks have it) of images `x` with filters `w`:
  /// `run(x, w, y)`.
  FloatConvolution conv2d(Conv2dShape s);

  /// Its transpose with respect to the images: `run(g, w, dx)`, from the cotangent `g` of `y`.
  FloatConvolution conv2dInput(Conv2dShape s);

  /// Its transpose with respect to the filters: `run(x, g, dw)`.
  FloatConvolution conv2dWeight(Conv2dShape s);

  /// The largest element of each window, and in `index` its place in the whole of `x`: the first of
  /// equals, the first NaN if there is one, -1 (and -∞) for a window that lies in the padding
  /// altogether.
  default void maxPool2d(float[] x, float[] y, int[] index, Pool2dShape s) {
    maxPool2d(x, 0, y, index, s, 0, s.n() * s.c());
  }

  /// As above, for the planes from `from` to before `to`, where `x` begins with plane `held`.
  void maxPool2d(float[] x, int held, float[] y, int[] index, Pool2dShape s, int from, int to);

  /// The transpose of [#maxPool2d] for the places that it chose, for the planes from `from` to
  /// before `to`: what was chosen more than once is added up in order, and -1 chose nothing.
  void maxPool2dInput(float[] g, int[] index, float[] dx, Pool2dShape s, int from, int to);

  /// The mean of each window, padding counting as zeros: planned for its sizes, a run takes the
  /// images, anything, and what to write.
  FloatConvolution avgPool2d(Pool2dShape s);

  /// The transpose of [#avgPool2d].
  FloatConvolution avgPool2dInput(Pool2dShape s);
}
