package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/// The cases of reshaping, indexing, products and convolutions.
final class ShapingReferences {
  private final Map<String, Fn> all;

  private ShapingReferences(Map<String, Fn> all) {
    this.all = all;
  }

  static void addTo(Map<String, Fn> all) {
    ShapingReferences to = new ShapingReferences(all);
    to.shapes();
    to.indices();
    to.products();
  }

  private void one(String name, UnaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0])});
  }

  private void two(String name, BinaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0], x[1])});
  }

  private void shapes() {
    one("expand", x -> x.expand(Shape.of(4, 2, 3)));
    one("reshape", x -> x.reshape(3, 2));
    one("flatten", Tensor::flatten);
    one("flattenFrom", x -> x.flattenFrom(1));
    one("squeeze", x -> x.squeeze(1));
    one("unsqueeze", x -> x.unsqueeze(1));
    one("permute", x -> x.permute(2, 0, 1));
    one("swap", x -> x.swap(0, 2));
    one("transpose", Tensor::transpose);
    one("flip", x -> x.flip(0, 2));
    one("pad", x -> x.pad(1, 1, 2));
    one("pad/value", x -> x.pad(1, 1, 2, .5));
    two("concat", (x, y) -> Tensor.concat(1, x, y));
    two("stack", (x, y) -> Tensor.stack(1, x, y));
    all.put("split", x -> x[0].split(1, 1, 3).toArray(Tensor[]::new));
  }

  private void indices() {
    one("slice", x -> x.slice(1, 1, 3));
    one("slice/step", x -> x.slice(1, 0, 5, 2));
    one("get", x -> x.get(1));
    one("get/last", x -> x.get(1, -1));
    two("take", (x, i) -> x.take(1, i));
    two("takeAdd", (x, i) -> x.takeAdd(1, i, 5));
    two("takeAlong", (x, i) -> x.takeAlong(1, i));
    two("addAlong", (x, i) -> x.addAlong(1, i, 5));
    one("oneHot", i -> i.oneHot(4, DType.F64));
  }

  private void products() {
    two("matmul", Tensor::matmul);
    two("matmul/batch", Tensor::matmul);
    two("matmul/vector", Tensor::matmul);
    two("matmul/transposed", (x, y) -> x.matmul(y, true, true));
    two("dot", Tensor::dot);
    two("outer", Tensor::outer);
  }
}
