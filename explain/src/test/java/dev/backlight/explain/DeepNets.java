package dev.backlight.explain;

import dev.backlight.autodiff.Scanned;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.AttentionOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Networks of everything that rules have to cross, over (n, 6), with 2 outputs and no biases.
final class DeepNets {
  private DeepNets() {}

  private static Tensor w(int seed, int... sizes) {
    return Nets.draw(seed, DType.F64, sizes).mul(0.7);
  }

  /// By name, in a fixed order.
  static Map<String, Function<Tensor, Tensor>> all() {
    Map<String, Function<Tensor, Tensor>> all = new LinkedHashMap<>();
    Tensor square = w(1, 6, 6);
    Tensor out = w(2, 6, 2);
    all.put(
        "reused layers",
        x -> {
          Function<Tensor, Tensor> layer = h -> h.matmul(square).relu();
          return layer.apply(layer.apply(x)).matmul(out);
        });
    all.put(
        "functional and adjacent activations",
        x -> x.matmul(square).gelu().tanh().relu().matmul(square).silu().geluTanh().matmul(out));
    all.put(
        "choices",
        x -> {
          Tensor h = x.matmul(square);
          Tensor relu = h.gt(0).where(h.tanh(), 0);
          return relu.add(h.mul(h.gt(0.5).to(DType.F64))).matmul(out);
        });
    all.put(
        "residuals and concatenations",
        x -> {
          Tensor h = x.matmul(square).relu().add(x);
          return Tensor.concat(1, h, x.maximum(h), h.minimum(x.neg())).matmul(w(3, 18, 2));
        });
    all.put(
        "pools",
        x -> {
          Tensor image = x.matmul(w(4, 6, 16)).reshape(-1, 1, 4, 4);
          Tensor pooled = image.relu().maxPool2d(Pool2dOptions.of(2)).flattenFrom(1);
          return pooled.matmul(w(5, 4, 2)).add(image.amax(1, 2, 3).unsqueeze(1));
        });
    all.put("layer norm", x -> x.matmul(square).layerNorm(w(6, 6), null, 1e-5).tanh().matmul(out));
    all.put("RMS norm", x -> x.matmul(square).rmsNorm(w(6, 6), 1e-6).tanh().matmul(out));
    all.put("group norm", x -> x.matmul(square).groupNorm(2, w(6, 6), null, 1e-5).matmul(out));
    all.put("euclidean norm", x -> x.matmul(square).normalize(1).matmul(out));
    all.put("attention", x -> attended(x).flattenFrom(1).matmul(w(7, 12, 2)));
    all.put("transformer", DeepNets::transformer);
    all.put("lstm", x -> lstm(x.reshape(-1, 3, 2), w(12, 2, 12), w(13, 3, 12)).matmul(w(14, 3, 2)));
    all.put("gru", x -> gru(x.reshape(-1, 3, 2), w(15, 2, 9), w(16, 3, 9)).matmul(w(17, 3, 2)));
    all.put("a call", x -> Tape.call(h -> h.matmul(square).tanh(), x).matmul(out));
    return all;
  }

  private static Tensor attended(Tensor x) {
    Tensor tokens = x.reshape(-1, 3, 2).matmul(w(8, 2, 4));
    return tokens
        .matmul(w(9, 4, 4))
        .attention(
            tokens.matmul(w(10, 4, 4)),
            tokens.matmul(w(11, 4, 4)),
            AttentionOptions.of().heads(2).causally());
  }

  private static Tensor transformer(Tensor x) {
    Tensor tokens = x.reshape(-1, 3, 2).matmul(w(8, 2, 4));
    Tensor normed = tokens.layerNorm(Tensor.ones(4).to(DType.F64), null, 1e-5);
    Tensor attended =
        normed.matmul(w(9, 4, 4)).attention(normed.matmul(w(10, 4, 4)), normed.matmul(w(11, 4, 4)));
    Tensor h = tokens.add(attended);
    return h.add(h.matmul(w(18, 4, 8)).gelu().matmul(w(19, 8, 4))).mean(1).matmul(w(20, 4, 2));
  }

  /// The last state of the recurrence, (n, 3), as a scan.
  static Tensor lstm(Tensor x, Tensor input, Tensor recurrent) {
    Tensor none = Tensor.zeros(Shape.of(x.size(0), 3), x.dtype());
    return Tape.scan(
            (List<Tensor> state, Tensor now) -> {
              List<Tensor> gates =
                  now.matmul(input).add(state.getFirst().matmul(recurrent)).split(-1, 3, 3, 3, 3);
              Tensor c =
                  gates
                      .get(1)
                      .sigmoid()
                      .mul(state.getLast())
                      .add(gates.get(0).sigmoid().mul(gates.get(2).tanh()));
              Tensor h = gates.get(3).sigmoid().mul(c.tanh());
              return new Scanned<>(List.of(h, c), h);
            },
            List.of(none, none),
            x.swap(0, 1))
        .carry()
        .getFirst();
  }

  /// The last state of the recurrence, (n, 3), as a scan.
  static Tensor gru(Tensor x, Tensor input, Tensor recurrent) {
    Tensor none = Tensor.zeros(Shape.of(x.size(0), 3), x.dtype());
    return Tape.scan(
            (Tensor h, Tensor now) -> {
              List<Tensor> read = now.matmul(input).split(-1, 3, 3, 3);
              List<Tensor> held = h.matmul(recurrent).split(-1, 3, 3, 3);
              Tensor r = read.get(0).add(held.get(0)).sigmoid();
              Tensor z = read.get(1).add(held.get(1)).sigmoid();
              Tensor n = read.get(2).add(r.mul(held.get(2))).tanh();
              Tensor next = n.add(z.mul(h.sub(n)));
              return new Scanned<>(next, next);
            },
            none,
            x.swap(0, 1))
        .carry();
  }
}
