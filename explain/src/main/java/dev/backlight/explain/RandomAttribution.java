package dev.backlight.explain;

import dev.backlight.core.Block;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.Function;

/// Scores that know nothing: normal draws. What a method must beat before it is worth a look.
///
/// The draws of an example depend on the seed and on the example's own values, not on its place in
/// the batch.
///
/// @param seed where draws begin
public record RandomAttribution(long seed) implements Explainer {
  @Override
  public String name() {
    return "random";
  }

  @Override
  public Map<String, Object> parameters() {
    return Map.of("seed", seed);
  }

  @Override
  public Completeness completeness() {
    return Completeness.NONE;
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireValues(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor[] rows = new Tensor[x.size(0)];
    for (int i = 0; i < rows.length; i++) {
      Tensor row = x.slice(0, i, i + 1);
      rows[i] = Key.of(seed).fold(digest(row)).normal(row.shape(), x.dtype());
    }
    return Attribution.of(
            this, x, decided, Tensor.concat(0, rows), Recorded.scalars(model, x, decided))
        .seeded(seed);
  }

  private static long digest(Tensor row) {
    Block values = row.block();
    long digest = 1;
    for (int i = 0; values != null && i < values.size(); i++) {
      digest = 31 * digest + Double.hashCode(values.get(i));
    }
    return digest;
  }
}
