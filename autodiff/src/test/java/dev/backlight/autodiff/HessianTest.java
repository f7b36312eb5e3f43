package dev.backlight.autodiff;

import static dev.backlight.autodiff.JacobianTest.differences;
import static dev.backlight.autodiff.JacobianTest.near;
import static dev.backlight.autodiff.JacobianTest.normal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class HessianTest {
  record Model(Tensor weight, Tensor bias) {
    Tensor apply(Tensor x) {
      return x.matmul(weight).add(bias);
    }
  }

  record Example(Model model, Tensor x, Tensor labels) {
    Tensor loss() {
      return model.apply(x).logSoftmax(-1).mul(labels.oneHot(2, DType.F64)).sum().neg();
    }
  }

  private static final Example EXAMPLE =
      new Example(new Model(normal(1, 3, 2), normal(2, 2)), normal(3, 4, 3), Tensor.of(0, 1, 1, 0));

  @Test
  void aQuadraticFormHasTheHessianOfItsMatrix() {
    Tensor a = normal(1, 3, 3);
    near(Hessian.of(x -> x.dot(a.matmul(x)), normal(2, 3)), a.add(a.transpose()));
    Tensor x = normal(3, 3);
    near(Hessian.of(v -> v.pow(3).sum().div(6), x), Tensor.eye(3, DType.F64).mul(x));
    assertThat(Hessian.of(v -> v.square(), Tensor.scalar(5.)).item()).isEqualTo(2);
    // log-sum-exp: diag(p) - p pᵀ
    Tensor p = x.softmax(-1);
    near(Hessian.of(v -> v.logSumExp(-1), x), Tensor.eye(3, DType.F64).mul(p).sub(p.outer(p)));
  }

  @Test
  void theHessianIsTheJacobianOfTheGradientByDifferences() {
    Function<Tensor, Tensor> f = x -> x.matmul(x.transpose()).tanh().sum().mul(x.exp().sum());
    Tensor x = normal(1, 2, 3).mul(.5);
    Tape<Tensor, Tensor> tape = Tape.record(f, x);
    Tensor hessian = tape.hessian().run(x);
    assertThat(hessian.shape()).isEqualTo(Shape.of(2, 3, 2, 3));
    near(hessian, differences(v -> Grad.of(f, v).grad(), x), 1e-8);
    near(hessian, tape.gradient().jacobianReverse(Function.<Tensor>identity()).run(x));
    near(hessian, tape.jacobian().jacobian().run(x));
    near(hessian, tape.jacobianReverse(Function.<Tensor>identity()).jacobian().run(x));
  }

  @Test
  void partsOfSeveralTensorsHaveBlocks() {
    Tape<Example, Tensor> tape = Tape.record(Example::loss, EXAMPLE);
    List<Model> blocks = tape.hessians(Example::model).run(EXAMPLE);
    assertThat(blocks).hasSize(2);
    assertThat(blocks.get(0).weight().shape()).isEqualTo(Shape.of(3, 2, 3, 2));
    assertThat(blocks.get(0).bias().shape()).isEqualTo(Shape.of(3, 2, 2));
    assertThat(blocks.get(1).weight().shape()).isEqualTo(Shape.of(2, 3, 2));
    near(blocks.get(0).bias(), blocks.get(1).weight().permute(1, 2, 0));
    near(blocks.get(1).bias(), tape.hessian((Example e) -> e.model().bias()).run(EXAMPLE));
    near(blocks.get(0).weight(), tape.hessian((Example e) -> e.model().weight()).run(EXAMPLE));
  }

  @Test
  void productsAreThoseOfTheMatrix() {
    Tape<Example, Tensor> tape = Tape.record(Example::loss, EXAMPLE);
    Model v = new Model(normal(5, 3, 2), normal(6, 2));
    Model got = tape.hvp(Example::model).run(new WithTangent<>(EXAMPLE, v));
    List<Model> h = tape.hessians(Example::model).run(EXAMPLE);
    near(got.bias(), times(h.get(1), v, 2).reshape(2));
    near(got.weight(), times(h.get(0), v, 6).reshape(3, 2));
    // The model is linear, so that the Gauss-Newton matrix is the Hessian.
    record Outputs(Tensor logits, Tensor labels) {}
    Tape<Example, Outputs> model =
        Tape.record(e -> new Outputs(e.model().apply(e.x()), e.labels()), EXAMPLE);
    Model product =
        model
            .gaussNewton(
                (Outputs y) ->
                    y.logits().logSoftmax(-1).mul(y.labels().oneHot(2, DType.F64)).sum().neg(),
                Example::model)
            .run(new WithTangent<>(EXAMPLE, v));
    near(product.weight(), got.weight());
    near(product.bias(), got.bias());
  }

  private static Tensor times(Model row, Model v, int n) {
    return row.weight()
        .reshape(n, 6)
        .matmul(v.weight().reshape(6))
        .add(row.bias().reshape(n, 2).matmul(v.bias()));
  }

  @Test
  void gaussNewtonIsTheProductOfThreeMatrices() {
    Function<Tensor, Tensor> f = x -> Tensor.concat(0, x.sin(), x.mul(x).exp());
    Function<Tensor, Tensor> loss = y -> y.square().square().sum();
    Tensor x = normal(1, 3).mul(.5);
    Tensor v = normal(2, 3);
    Tape<Tensor, Tensor> tape = Tape.record(f, x);
    Tensor j = Jacobian.of(f, x);
    Tensor h = Hessian.of(loss, f.apply(x));
    var product = tape.gaussNewton(loss, Function.<Tensor>identity());
    near(product.run(new WithTangent<>(x, v)), j.transpose().matmul(h.matmul(j.matmul(v))));
    // It leaves out the curvature of the model itself.
    Tensor full = Hessian.of(p -> loss.apply(f.apply(p)), x).matmul(v);
    assertThat(full.sub(product.run(new WithTangent<>(x, v))).abs().amax().item())
        .isGreaterThan(.1);
    GradCheck.standard().check((Tensor at) -> product.run(new WithTangent<>(at, v)), x);
    // All columns of the matrix at once.
    near(
        product.vmap(3, w -> w.tangent()).run(new WithTangent<>(x, Tensor.eye(3, DType.F64))),
        j.transpose().matmul(h).matmul(j));
  }

  @Test
  void hessiansAreDifferentiatedAndMapped() {
    Function<Tensor, Tensor> f = x -> x.exp().dot(x.sin());
    Tensor x = normal(1, 3);
    Tape<Tensor, Tensor> hessian = Tape.record(f, x).hessian();
    GradCheck.standard().check((Tensor v) -> hessian.run(v), x);
    // Third derivatives: the Hessian of a sum of functions of one number is diagonal at each order.
    Tensor third = hessian.jacobian().run(x);
    assertThat(third.shape()).isEqualTo(Shape.of(3, 3, 3));
    near(third.sum(2).sum(1), x.exp().mul(x.cos().sub(x.sin())).mul(2));
    Tensor many = normal(2, 4, 3);
    Tensor each = hessian.vmap(4, Function.identity()).run(many);
    Tensor outside = Tape.record((Tensor v) -> Tape.vmap(f, v).sum(), many).hessian().run(many);
    for (int i = 0; i < 4; i++) {
      near(each.get(i), hessian.run(many.get(i)));
      near(outside.get(i).slice(1, i, i + 1).reshape(3, 3), each.get(i));
    }
    // Along a direction, forward over the matrix: the derivative of H in v.
    Tensor v = normal(3, 3);
    near(hessian.jvp(Function.<Tensor>identity()).run(new WithTangent<>(x, v)), third.matmul(v));
  }

  @Test
  void auxiliaryOutputsComeAlong() {
    record Result(Tensor loss, Tensor logits, Tensor guess) {}
    Function<Example, Result> f =
        e -> {
          Tensor logits = e.model().apply(e.x());
          return new Result(e.loss(), logits, logits.argmax(1));
        };
    Tape<Example, Result> tape = Tape.record(f, EXAMPLE);
    WithGrad<Result, Model> got = tape.valueAndGrad(Result::loss, Example::model).run(EXAMPLE);
    Grad<Model> want =
        Tape.record(Example::loss, EXAMPLE).valueAndGrad(Example::model).run(EXAMPLE);
    assertThat(got.value().loss().sameAs(want.value())).isTrue();
    assertThat(got.grad().weight().sameAs(want.grad().weight())).isTrue();
    assertThat(got.value().logits().sameAs(EXAMPLE.model().apply(EXAMPLE.x()))).isTrue();
    assertThat(got.value().guess().dtype()).isEqualTo(DType.I32);
    record Pair(Tensor loss, Tensor twice) {}
    WithGrad<Pair, Tensor> once =
        WithGrad.of(x -> new Pair(x.square().sum(), x.mul(2)), Pair::loss, Tensor.of(1., 2));
    assertThat(once.grad().sameAs(once.value().twice())).isTrue();
    // The auxiliary outputs take part when the whole is derived again.
    GradCheck.standard()
        .check(
            (Tensor x) ->
                WithGrad.of(v -> new Pair(v.exp().sum(), v.square()), Pair::loss, x)
                    .value()
                    .twice(),
            Tensor.of(1., 2));
  }
}
