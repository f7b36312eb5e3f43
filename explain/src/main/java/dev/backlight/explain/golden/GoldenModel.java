package dev.backlight.explain.golden;

import dev.backlight.core.AttentionOptions;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Inputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The model of a golden file in Tensor language, every node under its name.
final class GoldenModel {
  private final Map<String, Object> json;
  private final List<Map<String, Object>> nodes;
  private final Map<String, Shape> inputs = new LinkedHashMap<>();
  private final Map<String, Tensor> params;

  GoldenModel(Map<String, Object> json) {
    this.json = json;
    nodes = GoldenFile.objects(json, "nodes");
    params = GoldenFile.tensors(json, "params");
    for (Map<String, Object> input : GoldenFile.objects(json, "inputs")) {
      int[] sizes = GoldenFile.countArray(input, "shape");
      inputs.put(GoldenFile.text(input, "name"), Shape.of(sizes).without(0));
    }
  }

  Map<String, Tensor> params() {
    return params;
  }

  /// The names and shapes of the inputs, without the batch axis.
  Map<String, Shape> inputs() {
    return inputs;
  }

  /// Several inputs as one; a single input as it is.
  Tensor join(Map<String, Tensor> parts) {
    if (inputs.size() == 1) {
      return GoldenFile.need(parts, inputs.keySet().iterator().next());
    }
    return together()
        .join(
            inputs.keySet().stream()
                .map(name -> GoldenFile.need(parts, name))
                .toArray(Tensor[]::new));
  }

  /// The inputs that were joined.
  Map<String, Tensor> split(Tensor joined) {
    List<Tensor> each = inputs.size() == 1 ? List.of(joined) : together().split(joined);
    Map<String, Tensor> parts = new LinkedHashMap<>();
    for (String name : inputs.keySet()) {
      parts.put(name, each.get(parts.size()));
    }
    return parts;
  }

  private Inputs together() {
    return new Inputs(List.copyOf(inputs.values()));
  }

  /// The model with its own weights.
  Function<Tensor, Tensor> function() {
    return function(params);
  }

  /// The model with other weights.
  Function<Tensor, Tensor> function(Map<String, Tensor> weights) {
    String node = GoldenFile.text(json, "output");
    return joined -> {
      Map<String, Tensor> values = new LinkedHashMap<>(split(joined));
      for (Map<String, Object> each : nodes) {
        String name = GoldenFile.text(each, "name");
        Tensor value = apply(each, values, weights).named(name);
        if (name.equals(node)) {
          return value;
        }
        values.put(name, value);
      }
      throw new IllegalArgumentException("no node " + node);
    };
  }

  private static Tensor apply(
      Map<String, Object> node, Map<String, Tensor> values, Map<String, Tensor> weights) {
    Map<String, Object> attrs = GoldenFile.object(node, "attrs");
    Map<String, Object> roles = GoldenFile.object(node, "params");
    Function<String, Tensor> param = role -> GoldenFile.need(weights, GoldenFile.text(roles, role));
    List<Tensor> in =
        GoldenFile.texts(node, "inputs").stream()
            .map(name -> GoldenFile.need(values, name))
            .toList();
    Tensor x = in.getFirst();
    return switch (GoldenFile.text(node, "op")) {
      case "linear" -> x.matmul(param.apply("weight"), false, true).add(param.apply("bias"));
      case "conv2d" ->
          x.conv2d(param.apply("weight"), convolution(attrs)).add(channels(param.apply("bias")));
      case "relu" -> x.relu();
      case "tanh" -> x.tanh();
      case "sigmoid" -> x.sigmoid();
      case "gelu" -> x.gelu();
      case "maxpool2d" -> x.maxPool2d(pooling(attrs));
      case "avgpool2d" -> x.avgPool2d(pooling(attrs));
      case "batchnorm2d_eval" -> batchNorm(x, param, GoldenFile.number(attrs, "eps"));
      case "layernorm" ->
          x.layerNorm(param.apply("weight"), param.apply("bias"), GoldenFile.number(attrs, "eps"));
      case "attention_weights" ->
          x.attentionWeights(
              in.get(1), AttentionOptions.of().heads(GoldenFile.count(attrs, "heads")));
      case "attention_apply" -> {
        Tensor joined = x.matmul(heads(in.get(1), GoldenFile.count(attrs, "heads")));
        Tensor rows = joined.permute(0, 2, 1, 3);
        yield rows.reshape(rows.size(0), rows.size(1), rows.size(2) * rows.size(3));
      }
      case "lstm" -> lstm(x, param);
      case "gru" -> gru(x, param);
      case "flatten" -> x.flattenFrom(1);
      case "add" -> x.add(in.get(1));
      case "mul" -> x.mul(in.get(1));
      case "concat" -> Tensor.concat(GoldenFile.count(attrs, "axis"), in);
      case "mean" -> x.mean(GoldenFile.count(attrs, "axis"));
      case "last_step" -> x.slice(1, -1, x.size(1)).squeeze(1);
      default -> throw new IllegalArgumentException("no operation " + node.get("op"));
    };
  }

  private static Conv2dOptions convolution(Map<String, Object> attrs) {
    List<Integer> stride = GoldenFile.counts(attrs, "stride");
    List<Integer> padding = GoldenFile.counts(attrs, "padding");
    return Conv2dOptions.of()
        .stride(stride.getFirst(), stride.getLast())
        .padding(padding.getFirst(), padding.getLast());
  }

  private static Pool2dOptions pooling(Map<String, Object> attrs) {
    List<Integer> kernel = GoldenFile.counts(attrs, "kernel");
    List<Integer> stride = GoldenFile.counts(attrs, "stride");
    return Pool2dOptions.of(kernel.getFirst(), kernel.getLast())
        .stride(stride.getFirst(), stride.getLast());
  }

  private static Tensor channels(Tensor each) {
    return each.reshape(1, each.elements(), 1, 1);
  }

  private static Tensor batchNorm(Tensor x, Function<String, Tensor> param, double eps) {
    Tensor scale = param.apply("weight").div(param.apply("running_var").add(eps).sqrt());
    Tensor shift = param.apply("bias").sub(param.apply("running_mean").mul(scale));
    return x.mul(channels(scale)).add(channels(shift));
  }

  /// (n, t, d) as (n, heads, t, d / heads).
  private static Tensor heads(Tensor x, int heads) {
    return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads).permute(0, 2, 1, 3);
  }

  private static Tensor lstm(Tensor x, Function<String, Tensor> param) {
    Tensor hidden = Tensor.zeros(Shape.of(x.size(0), param.apply("weight_hh").size(1)), x.dtype());
    Tensor cell = hidden;
    List<Tensor> states = new ArrayList<>();
    for (int t = 0; t < x.size(1); t++) {
      Tensor z =
          x.slice(1, t, t + 1)
              .squeeze(1)
              .matmul(param.apply("weight_ih"), false, true)
              .add(param.apply("bias_ih"))
              .add(hidden.matmul(param.apply("weight_hh"), false, true))
              .add(param.apply("bias_hh"));
      Tensor[] gates = quarters(z, 4);
      cell = gates[1].sigmoid().mul(cell).add(gates[0].sigmoid().mul(gates[2].tanh()));
      hidden = gates[3].sigmoid().mul(cell.tanh());
      states.add(hidden);
    }
    return Tensor.stack(1, states);
  }

  private static Tensor gru(Tensor x, Function<String, Tensor> param) {
    Tensor hidden = Tensor.zeros(Shape.of(x.size(0), param.apply("weight_hh").size(1)), x.dtype());
    List<Tensor> states = new ArrayList<>();
    for (int t = 0; t < x.size(1); t++) {
      Tensor[] a =
          quarters(
              x.slice(1, t, t + 1)
                  .squeeze(1)
                  .matmul(param.apply("weight_ih"), false, true)
                  .add(param.apply("bias_ih")),
              3);
      Tensor[] b =
          quarters(
              hidden.matmul(param.apply("weight_hh"), false, true).add(param.apply("bias_hh")), 3);
      Tensor reset = a[0].add(b[0]).sigmoid();
      Tensor keep = a[1].add(b[1]).sigmoid();
      Tensor fresh = a[2].add(reset.mul(b[2])).tanh();
      hidden = keep.oneMinus().mul(fresh).add(keep.mul(hidden));
      states.add(hidden);
    }
    return Tensor.stack(1, states);
  }

  private static Tensor[] quarters(Tensor z, int parts) {
    int[] sizes = new int[parts];
    Arrays.fill(sizes, z.size(1) / parts);
    return z.split(1, sizes).toArray(Tensor[]::new);
  }
}
