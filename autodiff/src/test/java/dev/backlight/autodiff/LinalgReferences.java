package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.Tensor;
import dev.backlight.core.TensorLinalg.MatrixNorm;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/// The cases of linear algebra.
final class LinalgReferences {
  private final Map<String, Fn> all;

  private LinalgReferences(Map<String, Fn> all) {
    this.all = all;
  }

  static void addTo(Map<String, Fn> all) {
    LinalgReferences to = new LinalgReferences(all);
    to.factors();
    to.solvers();
    to.numbers();
  }

  private void one(String name, UnaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0])});
  }

  private void two(String name, BinaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0], x[1])});
  }

  private void factors() {
    one("cholesky", Tensor::cholesky);
    one("cholesky/batch", Tensor::cholesky);
    for (String name : new String[] {"qr", "qr/tall", "qr/wide"}) {
      all.put(name, x -> new Tensor[] {x[0].qr().q(), x[0].qr().r()});
    }
    all.put("eigh", x -> new Tensor[] {x[0].eigh().values(), x[0].eigh().vectors()});
    one("eigvalsh", Tensor::eigvalsh);
    one("eigvalsh/equal", Tensor::eigvalsh);
    for (String name : new String[] {"svd", "svd/wide"}) {
      all.put(name, x -> new Tensor[] {x[0].svd().u(), x[0].svd().s(), x[0].svd().vh()});
    }
    one("singularValues", Tensor::singularValues);
  }

  private void solvers() {
    two("solve", Tensor::solve);
    two("solve/vector", Tensor::solve);
    two("solve/broadcast", Tensor::solve);
    two("triangularSolve", (a, b) -> a.triangularSolve(b, false));
    two("triangularSolve/flags", (a, b) -> a.triangularSolve(b, true, true, true));
    two("triangularSolveRight", (a, b) -> a.triangularSolveRight(b, true, false, false));
    two("choleskySolve", Tensor::choleskySolve);
    two("choleskySolve/vector", Tensor::choleskySolve);
    one("inverse", Tensor::inverse);
    one("pinv", x -> x.pinv());
    two("lstsq", Tensor::lstsq);
  }

  private void numbers() {
    one("det", Tensor::det);
    one("det/singular", Tensor::det);
    one("det/rank2", Tensor::det);
    one("det/diagonal", Tensor::det);
    one("det/rank1", Tensor::det);
    all.put("slogdet", x -> new Tensor[] {x[0].slogdet().sign(), x[0].slogdet().logAbs()});
    one("logdet", Tensor::logdet);
    one("matrixNorm", x -> x.matrixNorm(MatrixNorm.FROBENIUS));
    one("matrixNorm/nuclear", x -> x.matrixNorm(MatrixNorm.NUCLEAR));
    one("matrixNorm/spectral", x -> x.matrixNorm(MatrixNorm.SPECTRAL));
    one("matrixNorm/one", x -> x.matrixNorm(MatrixNorm.ONE));
    one("matrixNorm/infinity", x -> x.matrixNorm(MatrixNorm.INFINITY));
    one("matrixRank", Tensor::matrixRank);
    one("conditionNumber", Tensor::conditionNumber);
    one("matrixPower", x -> x.matrixPower(5));
    one("matrixPower/negative", x -> x.matrixPower(-3));
    one("matrixExp", Tensor::matrixExp);
  }
}
