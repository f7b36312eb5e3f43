package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Products of matrices and sums of products.
final class Products {
  private Products() {}

  static void addTo(Operators all) {
    all.one("MatMul", node -> matmul(node.x(0), node.x(1)));
    all.one("Gemm", Products::gemm);
    all.one("Det", node -> node.floats(0).det());
    all.one("Einsum", Products::einsum);
  }

  /// The product of matrices, that of integers exact in their range.
  static Tensor matmul(Tensor x, Tensor y) {
    if (x.dtype().isFloat()) {
      return x.matmul(y);
    }
    if (x.rank() == 0 || y.rank() == 0) {
      throw new Refusal("needs matrices, got " + x.shape() + " and " + y.shape());
    }
    Tensor rows = x.rank() == 1 ? x.unsqueeze(0) : x;
    Tensor columns = y.rank() == 1 ? y.unsqueeze(1) : y;
    if (rows.size(-1) != columns.size(-2)) {
      throw new Refusal("needs (m, k) and (k, n), got " + x.shape() + " and " + y.shape());
    }
    Tensor terms = rows.unsqueeze(-1).mul(columns.unsqueeze(-3));
    Tensor product = terms.sum(-2);
    product = y.rank() == 1 ? product.squeeze(-1) : product;
    return x.rank() == 1 ? product.squeeze(y.rank() == 1 ? -1 : -2) : product;
  }

  private static Tensor gemm(NodeCall node) {
    Tensor a = node.x(0);
    Tensor b = node.x(1);
    boolean ta = node.flag("transA");
    boolean tb = node.flag("transB");
    if (a.rank() != 2 || b.rank() != 2) {
      throw new Refusal("needs two matrices, got " + a.shape() + " and " + b.shape());
    }
    double alpha = node.real("alpha", 1);
    double beta = node.real("beta", 1);
    Tensor product =
        a.dtype().isFloat()
            ? a.matmul(b, ta, tb)
            : matmul(ta ? a.transpose() : a, tb ? b.transpose() : b);
    if (alpha != 1) {
      product = product.mul(alpha);
    }
    if (!node.has(2) || beta == 0) {
      return product;
    }
    Tensor c = node.x(2);
    if (!c.shape().expandsTo(product.shape())) {
      throw new Refusal("needs input 2 to expand to " + product.shape() + ", got " + c.shape());
    }
    return product.add(beta == 1 ? c : c.mul(beta));
  }

  private static Tensor einsum(NodeCall node) {
    String equation = node.text("equation", "").replace(" ", "");
    List<Tensor> operands = new ArrayList<>();
    for (int i = 0; i < node.inputs(); i++) {
      Tensor x = node.x(i);
      operands.add(x.dtype().isFloat() ? x : x.to(DType.F64));
    }
    Tensor result = Tensor.einsum(equation, operands.toArray(Tensor[]::new));
    return result.dtype() == node.x(0).dtype() ? result : result.to(node.x(0).dtype());
  }
}
