package dev.backlight.nn;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;

/// Layers that PyTorch keeps in other tensors than we do, as rules of a [WeightMap].
final class TorchFormulas {
  private TorchFormulas() {}

  /// `in_proj_weight` (3d, d) holds queries, keys and values on top of each other.
  static WeightMap attention(WeightMap mapping, String from, String to) {
    List<String> parts = List.of("query", "key", "value");
    WeightMap all = mapping;
    for (int i = 0; i < 3; i++) {
      int third = i;
      all =
          all.make(
                  to + "." + parts.get(i) + ".weight",
                  t -> third(t.getFirst(), third).transpose(),
                  from + ".in_proj_weight")
              .make(
                  to + "." + parts.get(i) + ".bias",
                  t -> third(t.getFirst(), third),
                  from + ".in_proj_bias");
    }
    return all.make(to + ".out.weight", t -> t.getFirst().transpose(), from + ".out_proj.weight")
        .make(to + ".out.bias", List::getFirst, from + ".out_proj.bias");
  }

  private static Tensor third(Tensor stacked, int i) {
    int d = stacked.size(0) / 3;
    return stacked.slice(0, i * d, (i + 1) * d);
  }

  /// Weights are transposed, and its two biases are one here.
  static WeightMap recurrent(
      WeightMap mapping, Recurrent.Kind kind, String from, String to, int layers, boolean both) {
    WeightMap all = mapping;
    for (int layer = 0; layer < layers; layer++) {
      all = cell(all, kind, from, "_l" + layer, to + ".forward." + layer);
      if (both) {
        all = cell(all, kind, from, "_l" + layer + "_reverse", to + ".backward." + layer);
      }
    }
    return all;
  }

  private static WeightMap cell(
      WeightMap mapping, Recurrent.Kind kind, String from, String end, String to) {
    String ih = from + ".bias_ih" + end;
    String hh = from + ".bias_hh" + end;
    Function<List<Tensor>, Tensor> turned = t -> t.getFirst().transpose();
    WeightMap weights =
        mapping
            .make(to + ".input", turned, from + ".weight_ih" + end)
            .make(to + ".recurrent", turned, from + ".weight_hh" + end);
    return switch (kind) {
      case RNN, LSTM -> weights.make(to + ".bias", t -> t.getFirst().add(t.getLast()), ih, hh);
      case GRU ->
          // The reset gate stands between the recurrent bias of n and the rest.
          weights
              .make(to + ".bias", t -> t.getFirst().add(withoutLastThird(t.getLast())), ih, hh)
              .make(to + ".inner", t -> third(t.getFirst(), 2), hh);
    };
  }

  private static Tensor withoutLastThird(Tensor bias) {
    int h = bias.size(0) / 3;
    return Tensor.concat(0, bias.slice(0, 0, 2 * h), Tensor.zeros(Shape.of(h), bias.dtype()));
  }
}
