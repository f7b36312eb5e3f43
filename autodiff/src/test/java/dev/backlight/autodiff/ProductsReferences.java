package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.Tensor;
import java.util.Map;

/// The cases of Einstein sums and other products.
final class ProductsReferences {
  private ProductsReferences() {}

  private static Fn sum(String equation) {
    return x -> new Tensor[] {Tensor.einsum(equation, x)};
  }

  static void addTo(Map<String, Fn> all) {
    all.put("tensordot", x -> new Tensor[] {x[0].tensordot(x[1], 2)});
    all.put(
        "tensordot/axes",
        x -> new Tensor[] {x[0].tensordot(x[1], new int[] {0, 2}, new int[] {2, 1})});
    all.put("kron", x -> new Tensor[] {x[0].kron(x[1])});
    all.put("trace", x -> new Tensor[] {x[0].trace()});
    all.put("einsum", sum("bij,bjk->bik"));
    all.put("einsum/chain", sum("ij, jk, kl -> li"));
    all.put("einsum/diagonal", sum("iij->j"));
    all.put("einsum/dots", sum("...ij,kj->...ki"));
    all.put("einsum/spread", sum("...i,...i->..."));
    all.put("einsum/sum", sum("ij,k->i"));
    all.put("meshgrid", x -> Tensor.meshgrid(x).toArray(Tensor[]::new));
  }
}
