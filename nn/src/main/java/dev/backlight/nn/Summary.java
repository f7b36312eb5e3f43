package dev.backlight.nn;

import dev.backlight.autodiff.Costs;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Struct;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;

/// What a model is made of: for each of its layers the shape of its output, how many parameters it
/// has, and the operations of one pass.
///
/// Operations are those that the tape of the layer counts, a multiplication and an addition being
/// two. A parameter that several layers share counts in the first of them; statistics of
/// normalisation count.
///
/// @param rows one for each layer, those of nested sequences in its place
public record Summary(List<Row> rows) {
  /// A layer.
  ///
  /// @param layer its label, as in `conv1` or `sequential1.linear2`
  /// @param output the shape for the example batch
  /// @param parameters how many numbers it is made of
  /// @param flops operations for the example batch
  public record Row(String layer, Shape output, long parameters, long flops) {}

  public Summary {
    rows = List.copyOf(rows);
  }

  /// The layers of a model, for a batch of inputs like this one.
  public static Summary of(Sequential model, Tensor example) {
    List<Row> rows = new ArrayList<>();
    Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    add(model, "", example, seen, rows);
    return new Summary(rows);
  }

  /// The labelled values of any model, for a batch of inputs like this one: each with the
  /// operations since the one before, and the parameters that are read there first. What comes
  /// after the last label is called `output`.
  ///
  /// @param forward as in `ResNet::apply`
  public static <M> Summary of(BiFunction<M, Tensor, Tensor> forward, M model, Tensor example) {
    Struct<M> form = Struct.of(model);
    List<Tensor> inputs = new ArrayList<>(form.flatten(model));
    inputs.add(example);
    Tape<List<Tensor>, Tensor> tape =
        Tape.record(
            in -> forward.apply(form.build(in.subList(0, form.size())), in.getLast()), inputs);
    Map<Integer, Spec> specs = new HashMap<>();
    tape.constants().forEach((value, constant) -> specs.put(value, constant.spec()));
    for (int i = 0; i < inputs.size(); i++) {
      specs.put(i, inputs.get(i).spec());
    }
    List<Row> rows = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    long parameters = 0;
    long flops = 0;
    for (Node node : tape.nodes()) {
      for (int value : node.inputs()) {
        parameters += value < form.size() && seen.add(value) ? inputs.get(value).elements() : 0;
      }
      Spec[] reads =
          Arrays.stream(node.inputs())
              .mapToObj(value -> Objects.requireNonNull(specs.get(value)))
              .toArray(Spec[]::new);
      flops += node.op().flops(reads, node.outputs().toArray(Spec[]::new));
      for (int i = 0; i < node.outputs().size(); i++) {
        specs.put(node.output() + i, node.outputs().get(i));
      }
      String label = node.label();
      if (label != null || node == tape.nodes().getLast()) {
        String layer = label == null ? "output" : label;
        rows.add(new Row(layer, node.outputs().getFirst().shape(), parameters, flops));
        parameters = 0;
        flops = 0;
      }
    }
    return new Summary(rows);
  }

  private static Tensor add(
      Sequential model, String prefix, Tensor x, Set<Tensor> seen, List<Row> rows) {
    List<String> labels = model.labels();
    Tensor y = x;
    for (int i = 0; i < labels.size(); i++) {
      String label = prefix + labels.get(i);
      Layer layer = model.layers().get(i);
      if (layer instanceof Sequential inner) {
        y = add(inner, label + ".", y, seen, rows);
        continue;
      }
      Tape<Tensor, Tensor> tape = Tape.record(layer::apply, y);
      var player = tape.player();
      player.set(y);
      Costs costs = player.costs();
      long parameters = 0;
      for (Tensor leaf : Parameters.of(layer).values()) {
        parameters += seen.add(leaf) ? leaf.elements() : 0;
      }
      y = layer.apply(y);
      rows.add(new Row(label, y.shape(), parameters, costs.total().flops()));
    }
    return y;
  }

  /// The parameters of all layers.
  public long parameters() {
    return rows.stream().mapToLong(Row::parameters).sum();
  }

  /// The operations of all layers.
  public long flops() {
    return rows.stream().mapToLong(Row::flops).sum();
  }

  /// A table, with the totals below.
  @Override
  public String toString() {
    List<List<String>> cells = new ArrayList<>();
    cells.add(List.of("layer", "output", "parameters", "FLOPs"));
    for (Row row : rows) {
      cells.add(line(row.layer(), row.output().toString(), row.parameters(), row.flops()));
    }
    cells.add(line("total", "", parameters(), flops()));
    int[] widths = new int[4];
    for (List<String> line : cells) {
      for (int column = 0; column < 4; column++) {
        widths[column] = Math.max(widths[column], line.get(column).length());
      }
    }
    String form =
        "%%-%ds  %%-%ds  %%%ds  %%%ds".formatted(widths[0], widths[1], widths[2], widths[3]);
    return String.join("\n", cells.stream().map(line -> form.formatted(line.toArray())).toList());
  }

  private static List<String> line(String layer, String output, long parameters, long flops) {
    return List.of(
        layer,
        output,
        String.format(Locale.ROOT, "%,d", parameters),
        String.format(Locale.ROOT, "%,d", flops));
  }
}
