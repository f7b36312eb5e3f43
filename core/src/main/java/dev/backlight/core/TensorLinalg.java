package dev.backlight.core;

import dev.backlight.core.op.Cholesky;
import dev.backlight.core.op.Det;
import dev.backlight.core.op.Eigh;
import dev.backlight.core.op.MatrixExp;
import dev.backlight.core.op.Pinv;
import dev.backlight.core.op.Qr;
import dev.backlight.core.op.SlogDet;
import dev.backlight.core.op.Solve;
import dev.backlight.core.op.Svd;
import dev.backlight.core.op.TriangularSolve;
import java.util.Arrays;

/// Linear algebra on the last two axes: factorisations, solvers, determinants.
///
/// Leading axes are a batch; those of two operands broadcast. Everything is computed in doubles and
/// rounded for `F32`. A matrix that cannot be worked on is a [MatrixException] that says where in
/// the batch it is.
public sealed interface TensorLinalg permits Tensor {
  /// The tensor that these operations belong to.
  Tensor self();

  /// `A = Q R`.
  ///
  /// @param q orthonormal columns
  /// @param r upper triangular, nothing negative on the diagonal
  record QrFactors(Tensor q, Tensor r) {}

  /// `A = V diag(values) Vᵀ`.
  ///
  /// @param values eigenvalues, ascending
  /// @param vectors eigenvectors as columns
  record Eigenpairs(Tensor values, Tensor vectors) {}

  /// `A = U diag(s) Vᵀ`.
  ///
  /// @param u left singular vectors as columns
  /// @param s singular values, descending
  /// @param vh right singular vectors as rows
  record SvdFactors(Tensor u, Tensor s, Tensor vh) {}

  /// `det A = sign · exp(logAbs)`.
  ///
  /// @param sign 1 or -1, without a derivative
  /// @param logAbs the logarithm of the magnitude
  record SignedLog(Tensor sign, Tensor logAbs) {}

  // ---- factorisations ----

  /// The lower triangle `L` of symmetric positive definite matrices, `A = L Lᵀ`; only the symmetric
  /// part of `A` counts.
  ///
  /// @throws MatrixException if a matrix is not positive definite
  default Tensor cholesky() {
    return Tensor.apply(new Cholesky(), self());
  }

  /// The reduced factors of `A = Q R`: for m×n matrices `Q` is m×k and `R` is k×n, with `k = min(m,
  /// n)`. The derivative needs the first `k` columns to be independent and is a [MatrixException]
  /// where they are not.
  default QrFactors qr() {
    Tensor a = self();
    int m = a.rank() < 2 ? 0 : a.size(-2);
    if (a.rank() < 2 || m >= a.size(-1)) {
      Tensor[] out = Tensor.applyAll(new Qr(), a);
      return new QrFactors(out[0], out[1]);
    }
    QrFactors square = a.slice(-1, 0, m).qr();
    Tensor rest = square.q().matmul(a.slice(-1, m, a.size(-1)), true, false);
    return new QrFactors(square.q(), Tensor.concat(-1, square.r(), rest));
  }

  /// Eigenvalues and eigenvectors of symmetric matrices; only the symmetric part counts. The
  /// element of largest magnitude of every vector is positive. Derivatives through vectors of equal
  /// eigenvalues are NaN.
  default Eigenpairs eigh() {
    Tensor[] out = Tensor.applyAll(new Eigh(), self());
    return new Eigenpairs(out[0], out[1]);
  }

  /// The eigenvalues of symmetric matrices, ascending; equal ones have a derivative too.
  default Tensor eigvalsh() {
    return eigh().values();
  }

  /// The reduced singular value decomposition. The element of largest magnitude of every left
  /// vector is positive. Derivatives through vectors of equal singular values are NaN.
  default SvdFactors svd() {
    Tensor[] out = Tensor.applyAll(new Svd(), self());
    return new SvdFactors(out[0], out[1], out[2]);
  }

  /// The singular values, descending; equal ones have a derivative too.
  default Tensor singularValues() {
    return svd().s();
  }

  // ---- solvers ----

  /// `X` of `A X = B`, where this is `A`; `B` is (…, n, k), or a vector (n).
  ///
  /// @throws MatrixException if a matrix is singular
  default Tensor solve(Tensor b) {
    return system("solve", new Solve(), b);
  }

  /// `X` of `A X = B`, where this is `A`, of which only one triangle is read; see
  /// [#triangularSolve(Tensor, boolean, boolean, boolean)].
  default Tensor triangularSolve(Tensor b, boolean upper) {
    return triangularSolve(b, upper, false, false);
  }

  /// `X` of `A X = B`, or `Aᵀ X = B` if `transposed`, where this is `A`, of which only the upper or
  /// lower triangle is read, and ones instead of its diagonal if `unit`; `B` is (…, n, k), or a
  /// vector (n).
  ///
  /// @throws MatrixException if there is a zero on the diagonal
  default Tensor triangularSolve(Tensor b, boolean upper, boolean transposed, boolean unit) {
    return system("triangularSolve", new TriangularSolve(upper, transposed, unit), b);
  }

  /// `X` of `X A = B`, the triangular system from the right, with the flags of
  /// [#triangularSolve(Tensor, boolean, boolean, boolean)]; `B` is (…, k, n).
  default Tensor triangularSolveRight(Tensor b, boolean upper, boolean transposed, boolean unit) {
    square("triangularSolveRight");
    if (b.rank() < 2 || b.size(-1) != self().size(-1)) {
      throw new ShapeException(
          "triangularSolveRight needs (…, n, n) and (…, k, n), got "
              + self().shape()
              + " and "
              + b.shape());
    }
    return triangularSolve(b.swap(-2, -1), upper, !transposed, unit).swap(-2, -1);
  }

  /// `X` of `L Lᵀ X = B`, where this is the lower triangle `L` of [#cholesky()]; `B` is (…, n, k),
  /// or a vector (n).
  ///
  /// @throws MatrixException if there is a zero on the diagonal
  default Tensor choleskySolve(Tensor b) {
    boolean vector = b.rank() == 1;
    Tensor half = system("choleskySolve", new TriangularSolve(false, false, false), b);
    // With a batch of factors the half of a vector is a batch of vectors.
    Tensor columns = vector ? half.unsqueeze(-1) : half;
    Tensor x = triangularSolve(columns, false, true, false);
    return vector ? x.squeeze(-1) : x;
  }

  /// The inverse of square matrices.
  ///
  /// @throws MatrixException if a matrix is singular
  default Tensor inverse() {
    Shape shape = square("inverse");
    return solve(Tensor.eye(shape.size(-1), self().dtype()));
  }

  /// The Moore-Penrose inverse, with the singular values above the usual tolerance: the larger size
  /// times the distance from 1 to the next number of the dtype.
  default Tensor pinv() {
    return pinv(tolerance("pinv"));
  }

  /// The Moore-Penrose inverse, with the singular values above `tolerance` times the largest.
  default Tensor pinv(double tolerance) {
    return Tensor.apply(new Pinv(tolerance), self());
  }

  /// The `X` of least norm among those of least `|A X − B|²`, where this is `A` (…, m, n); `B` is
  /// (…, m, k), or a vector (m).
  default Tensor lstsq(Tensor b) {
    Shape a = matrices("lstsq");
    if (b.rank() == 0 || b.size(b.rank() == 1 ? -1 : -2) != a.size(-2)) {
      throw new ShapeException(
          "lstsq needs (…, m, n) and (…, m, k) or (m), got " + a + " and " + b.shape());
    }
    return pinv().matmul(b);
  }

  // ---- determinants ----

  /// The determinant, with the cofactors as its gradient, at singular matrices too.
  default Tensor det() {
    return Tensor.apply(new Det(), self());
  }

  /// The sign of the determinant and the logarithm of its magnitude.
  ///
  /// @throws MatrixException if a matrix is singular
  default SignedLog slogdet() {
    Tensor[] out = Tensor.applyAll(new SlogDet(), self());
    return new SignedLog(out[0], out[1]);
  }

  /// The logarithm of the determinant, NaN if that is negative.
  ///
  /// @throws MatrixException if a matrix is singular
  default Tensor logdet() {
    SignedLog log = slogdet();
    return log.sign().gt(0).where(log.logAbs(), Double.NaN);
  }

  // ---- numbers that describe a matrix ----

  /// Which norm of a matrix.
  enum MatrixNorm {
    /// The root of the sum of squares.
    FROBENIUS,
    /// The sum of the singular values.
    NUCLEAR,
    /// The largest singular value.
    SPECTRAL,
    /// The largest sum of magnitudes in a column.
    ONE,
    /// The largest sum of magnitudes in a row.
    INFINITY
  }

  /// A norm of matrices; that of a matrix without elements is 0.
  default Tensor matrixNorm(MatrixNorm norm) {
    Shape shape = matrices("matrixNorm");
    if (shape.size(-2) == 0 || shape.size(-1) == 0) {
      return self().norm(-2, -1);
    }
    return switch (norm) {
      case FROBENIUS -> self().norm(-2, -1);
      case NUCLEAR -> singularValues().sum(-1);
      case SPECTRAL -> singularValues().amax(-1);
      case ONE -> self().abs().sum(-2).amax(-1);
      case INFINITY -> self().abs().sum(-1).amax(-1);
    };
  }

  /// How many singular values lie above the usual tolerance of [#pinv()] times the largest, as
  /// `I64`; of nothing none.
  default Tensor matrixRank() {
    double tolerance = tolerance("matrixRank");
    Tensor s = singularValues();
    if (s.size(-1) == 0) {
      return Tensor.zeros(s.shape().without(-1), DType.I64);
    }
    return s.gt(s.amaxKeep(-1).mul(tolerance)).to(s.dtype()).sum(-1).to(DType.I64);
  }

  /// The largest singular value over the smallest; infinite at a matrix without full rank, NaN at
  /// zeros.
  default Tensor conditionNumber() {
    Shape shape = matrices("conditionNumber");
    if (shape.size(-2) == 0 || shape.size(-1) == 0) {
      throw new ShapeException("conditionNumber needs matrices with elements, got " + shape);
    }
    Tensor s = singularValues();
    return s.amax(-1).div(s.amin(-1));
  }

  // ---- functions of a matrix ----

  /// `A` times itself, `n` times; the identity for 0, and powers of the inverse below.
  default Tensor matrixPower(int n) {
    Shape shape = square("matrixPower");
    if (n == 0) {
      return Tensor.eye(shape.size(-1), self().dtype()).expand(shape);
    }
    Tensor square = n < 0 ? inverse() : self();
    Tensor power = Tensor.eye(shape.size(-1), self().dtype()).expand(shape);
    boolean empty = true;
    for (long left = Math.abs((long) n); left > 0; left /= 2) {
      if (left % 2 == 1) {
        power = empty ? square : power.matmul(square);
        empty = false;
      }
      if (left > 1) {
        square = square.matmul(square);
      }
    }
    return power;
  }

  /// The exponential of square matrices, `I + A + A²/2 + …`.
  default Tensor matrixExp() {
    return Tensor.apply(new MatrixExp(), self());
  }

  // ---- shapes ----

  private Shape square(String name) {
    Shape shape = self().shape();
    if (shape.rank() < 2 || shape.size(-1) != shape.size(-2)) {
      throw new ShapeException(name + " needs square matrices (…, n, n), got " + shape);
    }
    return shape;
  }

  private Shape matrices(String name) {
    if (self().rank() < 2) {
      throw new ShapeException(name + " needs matrices (…, m, n), got " + self().shape());
    }
    return self().shape();
  }

  private double tolerance(String name) {
    Shape shape = matrices(name);
    double ulp = self().dtype() == DType.F32 ? Math.ulp(1f) : Math.ulp(1.0);
    return Math.min(0.5, Math.max(shape.size(-1), shape.size(-2)) * ulp);
  }

  /// Solves with `op`, for a vector or columns, along leading axes that broadcast.
  private Tensor system(String name, Op op, Tensor b) {
    Shape a = self().shape();
    boolean vector = b.rank() == 1;
    if (a.rank() < 2
        || a.size(-1) != a.size(-2)
        || b.rank() == 0
        || b.size(vector ? -1 : -2) != a.size(-1)) {
      throw new ShapeException(
          name + " needs (…, n, n) and (…, n, k) or (n), got " + a + " and " + b.shape());
    }
    Tensor columns = vector ? b.unsqueeze(-1) : b;
    Shape lead = Shape.broadcast(a.without(-2, -1), columns.shape().without(-2, -1));
    Tensor x = Tensor.apply(op, over(self(), lead), over(columns, lead));
    return vector ? x.squeeze(-1) : x;
  }

  private static Tensor over(Tensor x, Shape lead) {
    int[] sizes = Arrays.copyOf(lead.sizes(), lead.rank() + 2);
    sizes[lead.rank()] = x.size(-2);
    sizes[lead.rank() + 1] = x.size(-1);
    return x.expand(Shape.of(sizes));
  }
}
