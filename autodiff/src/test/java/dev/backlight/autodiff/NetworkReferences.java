package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.AttentionOptions;
import dev.backlight.core.Key;
import dev.backlight.core.KeyTensor;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.Function;

/// The cases of normalisations, attention, losses and dropout.
final class NetworkReferences {
  private final Map<String, Fn> all;

  private NetworkReferences(Map<String, Fn> all) {
    this.all = all;
  }

  static void addTo(Map<String, Fn> all) {
    NetworkReferences to = new NetworkReferences(all);
    to.norms();
    to.attention();
    to.losses();
  }

  private void put(String name, Function<Tensor[], Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x)});
  }

  private void norms() {
    put("standardize", x -> x[0].standardize(.01, 1));
    put("layerNorm", x -> x[0].layerNorm(x[1], x[2], 1e-5));
    put("layerNorm/plain", x -> x[0].layerNorm(x[1], null, 1e-5));
    put("rmsNorm", x -> x[0].rmsNorm(x[1], 1e-5));
    put("groupNorm", x -> x[0].groupNorm(2, x[1], x[2], 1e-5));
    put("instanceNorm", x -> x[0].instanceNorm(x[1], x[2], 1e-5));
    put("batchNorm", x -> x[0].batchNorm(x[1], x[2], 1e-5));
    put("batchNorm/given", x -> x[0].batchNorm(x[1], x[2], x[3], x[4], 1e-5));
    put("batchNorm/formula", x -> x[0].batchNorm(x[1], x[2], x[3], x[4], 1e-5));
  }

  private void attention() {
    AttentionOptions plain = AttentionOptions.of();
    put("attention", x -> x[0].attention(x[1], x[2]));
    put("attention/heads", x -> x[0].attention(x[1], x[2], plain.heads(2).scale(.3)));
    put("attention/causal", x -> x[0].attention(x[1], x[2], plain.heads(2).causally()));
    put("attention/mask", x -> x[0].attention(x[1], x[2], plain.mask(x[3])));
    put("attentionWeights", x -> x[0].attentionWeights(x[1], plain).squeeze(-3));
  }

  private void losses() {
    put("crossEntropy", x -> x[0].crossEntropy(x[1]));
    put("crossEntropyWith", x -> x[0].crossEntropyWith(x[1]));
    put("dropout", x -> x[0].dropout(.25, Key.of(7)));
    put("dropout/keyTensor", x -> x[0].dropout(.25, new KeyTensor(x[1]).fold(5)));
    put("dropout/noise", x -> x[0].add(new KeyTensor(x[1]).normal(Shape.of(3, 3), x[0].dtype())));
  }
}
