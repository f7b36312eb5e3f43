package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/// The cases of special functions and activations.
final class SpecialReferences {
  private final Map<String, Fn> all;

  private SpecialReferences(Map<String, Fn> all) {
    this.all = all;
  }

  static void addTo(Map<String, Fn> all) {
    SpecialReferences to = new SpecialReferences(all);
    to.functions();
    to.activations();
  }

  private void one(String name, UnaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0])});
  }

  private void two(String name, BinaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0], x[1])});
  }

  private void functions() {
    one("asin", Tensor::asin);
    one("acos", Tensor::acos);
    one("atan", Tensor::atan);
    two("atan2", Tensor::atan2);
    two("hypot", Tensor::hypot);
    one("hypot/number", x -> x.hypot(1.5));
    one("sinh", Tensor::sinh);
    one("cosh", Tensor::cosh);
    one("asinh", Tensor::asinh);
    one("acosh", Tensor::acosh);
    one("atanh", Tensor::atanh);
    one("exp2", Tensor::exp2);
    one("log2", Tensor::log2);
    one("log10", Tensor::log10);
    one("cbrt", Tensor::cbrt);
    two("logAddExp", Tensor::logAddExp);
    two("xlogy", Tensor::xlogy);
    two("xlogy/zero", Tensor::xlogy);
    two("xlog1py", Tensor::xlog1py);
    one("entr", Tensor::entr);
    one("logit", Tensor::logit);
    two("remainder", Tensor::remainder);
    one("remainder/number", x -> x.remainder(-.7));
    two("fmod", Tensor::fmod);
    one("fmod/number", x -> x.fmod(-.7));
    two("floorDiv", Tensor::floorDiv);
    one("floorDiv/number", x -> x.floorDiv(-.7));
    two("truncDiv", Tensor::truncDiv);
    one("trunc", Tensor::trunc);
    one("frac", Tensor::frac);
    two("copysign", Tensor::copysign);
    one("isNan", Tensor::isNan);
    one("isInf", Tensor::isInf);
    one("isFinite", Tensor::isFinite);
    one("nanToNum", x -> x.nanToNum(7, 8, -9));
    all.put("lerp", x -> new Tensor[] {x[0].lerp(x[1], x[2])});
    two("lerp/number", (x, y) -> x.lerp(y, .3));
    two("lerp/late", (x, y) -> x.lerp(y, .8));
    all.put("clamp/tensors", x -> new Tensor[] {x[0].clamp(x[1], x[2])});
    for (String name : new String[] {"lgamma", "lgamma/left", "lgamma/right"}) {
      one(name, Tensor::lgamma);
    }
    one("digamma", Tensor::digamma);
    one("digamma/left", Tensor::digamma);
    for (int n = 1; n < 5; n++) {
      int order = n;
      one("polygamma/" + n, x -> x.polygamma(order));
    }
    one("erfc", Tensor::erfc);
    one("erfc/tail", Tensor::erfc);
    one("erfcx", Tensor::erfcx);
    one("erfinv", Tensor::erfinv);
    one("ndtr", Tensor::ndtr);
    one("logNdtr", Tensor::logNdtr);
    one("sinc", Tensor::sinc);
  }

  private void activations() {
    one("softsign", Tensor::softsign);
    one("selu", Tensor::selu);
    one("celu", x -> x.celu(1.7));
    one("mish", Tensor::mish);
    one("hardSigmoid", Tensor::hardSigmoid);
    one("hardSwish", Tensor::hardSwish);
    one("hardTanh", Tensor::hardTanh);
    one("softShrink", x -> x.softShrink(.4));
    one("hardShrink", x -> x.hardShrink(.4));
    one("tanhShrink", Tensor::tanhShrink);
    one("threshold", x -> x.threshold(.2, -3));
    one("squareplus", x -> x.squareplus(4));
    one("glu", x -> x.glu(1));
    one("leakyRelu/negative", x -> x.leakyRelu(-.3));
    one("elu/steep", x -> x.elu(1.7));
  }
}
