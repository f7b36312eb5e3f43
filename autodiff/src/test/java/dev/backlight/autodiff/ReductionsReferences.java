package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/// The cases of norms, distances, counts and further reductions.
final class ReductionsReferences {
  private final Map<String, Fn> all;

  private ReductionsReferences(Map<String, Fn> all) {
    this.all = all;
  }

  static void addTo(Map<String, Fn> all) {
    ReductionsReferences to = new ReductionsReferences(all);
    to.reductions();
    to.norms();
  }

  private void one(String name, UnaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0])});
  }

  private void two(String name, BinaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0], x[1])});
  }

  private void reductions() {
    one("logSumExp/axes", x -> x.logSumExp(0, 2));
    one("logSumExpKeep", x -> x.logSumExpKeep(0, 1));
    one("varianceKeep", x -> x.varianceKeep(1, 1));
    one("stdKeep", x -> x.stdKeep(0, 1));
    one("argmax/all", Tensor::argmax);
    one("argmin/all", Tensor::argmin);
    one("countNonZero", x -> x.countNonZero(1));
    one("any", x -> x.any(1));
    one("all", x -> x.all(0));
  }

  private void norms() {
    one("norm", x -> x.norm(1));
    one("norm/all", x -> x.norm());
    one("normKeep", x -> x.normKeep(0, 2));
    one("pNorm", x -> x.pNorm(1, 1));
    one("pNorm/3", x -> x.pNorm(3, 0, 2));
    one("pNorm/half", x -> x.pNorm(.5, 0));
    one("pNorm/infinity", x -> x.pNorm(Double.POSITIVE_INFINITY, 1));
    one("pNorm/ties", x -> x.pNorm(Double.POSITIVE_INFINITY));
    one("pNorm/least", x -> x.pNorm(Double.NEGATIVE_INFINITY));
    one("pNorm/zero", x -> x.pNorm(3));
    one("pNormKeep", x -> x.pNormKeep(1.5, 1));
    one("normalize", x -> x.normalize(1));
    two("cosineSimilarity", (x, y) -> x.cosineSimilarity(y, 1));
    two("cosineSimilarity/eps", (x, y) -> x.cosineSimilarity(y, 0, 9));
    two("distance", (x, y) -> x.distance(y, 1));
    two("cdist", Tensor::cdist);
  }
}
