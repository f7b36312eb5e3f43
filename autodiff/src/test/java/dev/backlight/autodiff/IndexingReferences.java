package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.DType;
import dev.backlight.core.Padding;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.UnaryOperator;

/// The cases of gathering, scattering, rearranging and padding.
final class IndexingReferences {
  private IndexingReferences() {}

  private static Fn one(UnaryOperator<Tensor> f) {
    return x -> new Tensor[] {f.apply(x[0])};
  }

  static void addTo(Map<String, Fn> all) {
    all.put("gatherNd", x -> new Tensor[] {x[0].gatherNd(x[1])});
    all.put("scatterAddNd", x -> new Tensor[] {x[0].scatterAddNd(x[1], x[2])});
    all.put("scatterAdd", x -> new Tensor[] {x[0].scatterAdd(1, x[1], x[2])});
    all.put("scatter", x -> new Tensor[] {x[0].scatter(1, x[1], x[2])});
    all.put("indexAdd", x -> new Tensor[] {x[0].indexAdd(1, x[1], x[2])});
    all.put("maskedFill", x -> new Tensor[] {x[0].maskedFill(x[1], 1.5)});
    all.put("oneHot/axis", one(x -> x.oneHot(4, DType.F64, 0)));
    all.put("diagonal", one(x -> x.diagonal()));
    all.put("diagonal/offset", one(x -> x.diagonal(-1, 0, 2)));
    all.put("diagEmbed", one(x -> x.diagEmbed(1)));
    all.put("tril", one(x -> x.tril(1)));
    all.put("triu", one(x -> x.triu(-1)));
    all.put("moveAxis", one(x -> x.moveAxis(0, 2)));
    all.put("roll", one(x -> x.roll(-1, 1)));
    all.put("tile", one(x -> x.tile(2, 1, 3)));
    all.put("repeatInterleave", one(x -> x.repeatInterleave(2, 0)));
    all.put("chunk", x -> x[0].chunk(3, 1).toArray(Tensor[]::new));
    all.put("windows", one(x -> x.windows(1, 3, 2)));
    all.put("pad/reflect", one(x -> x.pad(1, 2, 1, Padding.REFLECT)));
    all.put("pad/replicate", one(x -> x.pad(1, 2, 1, Padding.REPLICATE)));
    all.put("pad/circular", one(x -> x.pad(1, 2, 1, Padding.CIRCULAR)));
    all.put("pad/symmetric", one(x -> x.pad(1, 2, 1, Padding.SYMMETRIC)));
  }
}
