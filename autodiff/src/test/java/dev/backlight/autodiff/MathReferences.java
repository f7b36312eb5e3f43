package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.DType;
import dev.backlight.core.Selected;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/// The cases of arithmetic, logic and reductions.
final class MathReferences {
  private final Map<String, Fn> all;

  private MathReferences(Map<String, Fn> all) {
    this.all = all;
  }

  static void addTo(Map<String, Fn> all) {
    MathReferences to = new MathReferences(all);
    to.math();
    to.logic();
    to.reductions();
  }

  private void one(String name, UnaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0])});
  }

  private void two(String name, BinaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0], x[1])});
  }

  private void selected(String name, java.util.function.Function<Tensor, Selected> f) {
    all.put(
        name,
        x -> {
          Selected s = f.apply(x[0]);
          return new Tensor[] {s.values(), s.index()};
        });
  }

  private void math() {
    two("add", Tensor::add);
    one("add/number", x -> x.add(1.5));
    two("sub", Tensor::sub);
    one("sub/number", x -> x.sub(1.5));
    two("mul", Tensor::mul);
    one("mul/number", x -> x.mul(-2.5));
    two("div", Tensor::div);
    one("div/number", x -> x.div(3));
    one("neg", Tensor::neg);
    one("oneMinus", Tensor::oneMinus);
    one("square", Tensor::square);
    one("reciprocal", Tensor::reciprocal);
    two("divNoNan", Tensor::divNoNan);
    two("divNoNan/zero", Tensor::divNoNan);
    two("pow", Tensor::pow);
    one("pow/number", x -> x.pow(2.5));
    one("pow/whole", x -> x.pow(3));
    two("maximum", Tensor::maximum);
    one("maximum/number", x -> x.maximum(.1));
    two("minimum", Tensor::minimum);
    one("minimum/number", x -> x.minimum(.1));
    one("clamp", x -> x.clamp(-.5, .5));
    one("abs", Tensor::abs);
    one("exp", Tensor::exp);
    one("expm1", Tensor::expm1);
    one("sin", Tensor::sin);
    one("cos", Tensor::cos);
    one("tan", Tensor::tan);
    one("tanh", Tensor::tanh);
    one("sigmoid", Tensor::sigmoid);
    one("erf", Tensor::erf);
    one("sign", Tensor::sign);
    one("floor", Tensor::floor);
    one("ceil", Tensor::ceil);
    one("round", Tensor::round);
    one("sqrt", Tensor::sqrt);
    one("rsqrt", Tensor::rsqrt);
    one("log", Tensor::log);
    one("log1p", Tensor::log1p);
    one("relu", Tensor::relu);
    one("relu6", Tensor::relu6);
    one("leakyRelu", x -> x.leakyRelu(.1));
    one("elu", x -> x.elu(.7));
    one("softplus", Tensor::softplus);
    one("logSigmoid", Tensor::logSigmoid);
    one("silu", Tensor::silu);
    one("gelu", Tensor::gelu);
    one("geluTanh", Tensor::geluTanh);
    one("to", x -> x.to(DType.F32));
    one("to/same", x -> x.to(DType.F64));
    one("to/fromWhole", x -> x.to(DType.F64));
    one("stopGradient", x -> x.mul(x.stopGradient()));
  }

  private void logic() {
    two("gt", Tensor::gt);
    one("gt/number", x -> x.gt(2));
    two("ge", Tensor::ge);
    one("ge/number", x -> x.ge(2));
    two("lt", Tensor::lt);
    one("lt/number", x -> x.lt(2));
    two("le", Tensor::le);
    one("le/number", x -> x.le(2));
    two("eq", Tensor::eq);
    one("eq/number", x -> x.eq(2));
    two("ne", Tensor::ne);
    one("ne/number", x -> x.ne(2));
    two("and", Tensor::and);
    two("or", Tensor::or);
    one("not", Tensor::not);
    all.put("where", x -> new Tensor[] {x[0].where(x[1], x[2])});
    all.put("where/static", x -> new Tensor[] {Tensor.where(x[0], x[1], x[2])});
    two("where/number", (c, x) -> c.where(x, 1.5));
    two("where/numberFirst", (c, x) -> c.where(1.5, x));
  }

  private void reductions() {
    one("sum", Tensor::sum);
    one("sum/axis", x -> x.sum(1));
    one("sum/axes", x -> x.sum(0, 2));
    one("sumKeep", x -> x.sumKeep(0));
    one("sumTo", x -> x.sumTo(Shape.of(3, 1)));
    one("mean", Tensor::mean);
    one("meanKeep", x -> x.meanKeep(1));
    one("variance", x -> x.variance(1, 1));
    one("variance/biased", x -> x.variance(0));
    one("std", x -> x.std(1, 1));
    one("amax", x -> x.amax(0, 2));
    one("amax/tie", x -> x.amax(1));
    one("amaxKeep", x -> x.amaxKeep(1));
    one("amin", x -> x.amin(0));
    one("aminKeep", x -> x.aminKeep(1));
    selected("max", x -> x.max(1));
    selected("max/tie", x -> x.max(1));
    selected("min", x -> x.min(0));
    one("argmax", x -> x.argmax(1));
    one("argmin", x -> x.argmin(0));
    one("softmax", x -> x.softmax(1));
    one("softmax/first", x -> x.softmax(0));
    two("maskedSoftmax", (x, seen) -> seen.where(x, -1 / 0.).maskedSoftmax(1));
    one("logSoftmax", x -> x.logSoftmax(1));
    one("logSumExp", x -> x.logSumExp(1));
  }
}
