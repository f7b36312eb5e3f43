package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Cholesky;
import dev.backlight.core.op.Cofactors;
import dev.backlight.core.op.Det;
import dev.backlight.core.op.Eigh;
import dev.backlight.core.op.MatrixExp;
import dev.backlight.core.op.Pinv;
import dev.backlight.core.op.Qr;
import dev.backlight.core.op.SlogDet;
import dev.backlight.core.op.Solve;
import dev.backlight.core.op.Svd;
import dev.backlight.core.op.TriangularSolve;
import java.util.List;

/// Places to check the linear algebra at, away from kinks and poles.
final class LinalgSamples {
  private LinalgSamples() {}

  static List<OpSamples.Sample> all() {
    Tensor a = t(Shape.of(3, 3), 2.1, .3, -.4, .5, 1.7, .2, -.3, .6, 2.6);
    Tensor tall = t(Shape.of(3, 2), 1.9, .3, -.4, 1.5, .7, .2);
    Tensor two = t(Shape.of(2, 2, 2), 2, .3, .5, 1.4, 1.8, -.6, -.2, 2.4);
    Tensor b = t(Shape.of(3, 2), .4, -1.1, .8, .3, -.7, 1.2);
    Tensor dull = t(Shape.of(2, 2), 1, 2, 2, 4);
    Tensor turn = t(Shape.of(2, 2), .3, -.8, .6, .5);
    Tensor third = t(Shape.of(3, 3), .4, -1.1, .2, .8, .3, -.5, -.7, 1.2, .6);
    Tensor other = t(Shape.of(2, 2), -.4, .7, .2, 1.1);
    return List.of(
        of(new Cholesky(), a),
        of(new Cholesky(), two),
        of(new TriangularSolve(false, false, false), a, b),
        of(new TriangularSolve(true, true, false), a, b),
        of(new TriangularSolve(true, false, true), a, b),
        of(new TriangularSolve(false, true, true), a, b),
        of(new Solve(), a, b),
        of(new Solve(), two, two.mul(.5)),
        of(new Det(), a),
        of(new Det(), two),
        of(new Det(), dull),
        of(new Det(), t(Shape.of(3, 3), 2, 0, 0, 0, 0, 0, 0, 0, 0)),
        of(new Det(), t(Shape.of(1, 1), .7)),
        of(new Cofactors(0), a),
        of(new Cofactors(0), dull),
        of(new Cofactors(1), dull, turn),
        // The third derivative of a determinant is nothing below three rows.
        of(new Cofactors(2), a, third, third.transpose().mul(a)),
        of(new Cofactors(1), turn, other),
        of(new SlogDet(), a),
        of(new SlogDet(), two),
        of(new Qr(), a),
        of(new Qr(), tall),
        of(new Eigh(), a),
        of(new Eigh(), two),
        of(new Svd(), a),
        of(new Svd(), tall),
        of(new Svd(), tall.transpose()),
        of(new Pinv(1e-9), tall),
        of(new Pinv(1e-9), tall.transpose()),
        of(new MatrixExp(), turn),
        of(new MatrixExp(), t(Shape.of(1, 1), -1.3)));
  }

  private static Tensor t(Shape shape, double... values) {
    return Tensor.of(shape, values);
  }

  private static OpSamples.Sample of(Op op, Tensor... inputs) {
    return new OpSamples.Sample(op, List.of(inputs));
  }
}
