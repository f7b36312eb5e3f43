package dev.backlight.onnx.op;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.GraphProto;
import java.util.ArrayList;
import java.util.List;

/// Graphs within nodes: choices and scans, and [Loops].
///
/// A choice that is known at import is made there, and scans, whose length is, are unrolled unless
/// they are long (see [Recurrence]), so that explanations see what is inside. A choice that depends
/// on inputs becomes a [Tape#cond].
final class ControlFlow {
  private ControlFlow() {}

  static void addTo(Operators all) {
    all.add("If", ControlFlow::choice);
    all.add("Loop", Loops::loop);
    all.add("Scan", ControlFlow::scan);
  }

  private static List<Value> choice(NodeCall node) {
    GraphProto yes = node.graph("then_branch");
    GraphProto no = node.graph("else_branch");
    Tensor condition = node.x(0);
    if (condition.elements() != 1 || condition.dtype() != DType.BOOL) {
      throw new Refusal("needs one truth value, got " + condition.spec());
    }
    if (node.value(0).isConstant()) {
      return node.scope().run(condition.toBooleans()[0] ? yes : no, List.of());
    }
    List<Value> a = new ArrayList<>();
    List<Value> b = new ArrayList<>();
    List<Tensor> chosen =
        Tape.cond(
            condition.reshape(Shape.SCALAR),
            none -> tensors(node.scope().run(yes, List.of()), a),
            none -> tensors(node.scope().run(no, List.of()), b),
            List.<Tensor>of());
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < chosen.size(); i++) {
      if (a.get(i).type() != b.get(i).type()) {
        throw new Refusal(
            "needs branches of one element type, got "
                + a.get(i).type()
                + " and "
                + b.get(i).type());
      }
      values.add(new Value(chosen.get(i), a.get(i).type()));
    }
    return values;
  }

  private static List<Tensor> tensors(List<Value> values, List<Value> seen) {
    seen.clear();
    seen.addAll(values);
    return values.stream().map(Value::tensor).toList();
  }

  static Value stack(List<Value> rows, int axis, boolean backwards) {
    List<Value> order = backwards ? rows.reversed() : rows;
    Tensor all = Tensor.stack(axis, order.stream().map(Value::tensor).toList());
    return new Value(all, rows.getFirst().type());
  }

  private static List<Value> scan(NodeCall node) {
    if (node.opset() < 9) {
      return batched(node);
    }
    GraphProto body = node.graph("body");
    int n = node.size("num_scan_inputs", 0);
    int carried = node.inputs() - n;
    if (n < 1 || carried < 0) {
      throw new Refusal("needs 1.." + node.inputs() + " scan inputs, got " + n);
    }
    List<Value> state = new ArrayList<>();
    for (int i = 0; i < carried; i++) {
      state.add(node.value(i));
    }
    List<Value> sequences = new ArrayList<>();
    int[] axes = node.sizes("scan_input_axes", n, 0);
    for (int i = 0; i < n; i++) {
      sequences.add(node.value(carried + i));
      axes[i] = NodeCall.axis(axes[i], node.x(carried + i));
    }
    int stacked = body.outputs().size() - carried;
    return scanned(
        node,
        state,
        sequences,
        axes,
        node.sizes("scan_input_directions", n, 0),
        node.sizes("scan_output_axes", Math.max(0, stacked), 0),
        node.sizes("scan_output_directions", Math.max(0, stacked), 0));
  }

  private static List<Value> scanned(
      NodeCall node,
      List<Value> init,
      List<Value> sequences,
      int[] axes,
      int[] backwards,
      int[] outAxes,
      int[] outBackwards) {
    GraphProto body = node.graph("body");
    List<Value> state = init;
    int carried = state.size();
    int length = sequences.getFirst().tensor().size(axes[0]);
    for (int i = 0; i < sequences.size(); i++) {
      int other = sequences.get(i).tensor().size(axes[i]);
      if (other != length) {
        throw new Refusal("needs scan inputs of one length, got " + length + " and " + other);
      }
    }
    List<Value> atOnce =
        Recurrence.of(
            node.scope(),
            length,
            init,
            inOrder(sequences, axes, backwards),
            arguments -> step(node, body, arguments, carried + outAxes.length));
    if (atOnce != null) {
      return inPlace(atOnce, carried, outAxes, outBackwards);
    }
    List<List<Value>> rows = new ArrayList<>();
    for (int i = 0; i < outAxes.length; i++) {
      rows.add(new ArrayList<>());
    }
    for (int step = 0; step < length; step++) {
      List<Value> arguments = new ArrayList<>(state);
      for (int i = 0; i < sequences.size(); i++) {
        Value all = sequences.get(i);
        int at = backwards[i] != 0 ? length - 1 - step : step;
        arguments.add(
            new Value(all.tensor().slice(axes[i], at, at + 1).squeeze(axes[i]), all.type()));
      }
      List<Value> results = step(node, body, arguments, carried + outAxes.length);
      state = results.subList(0, carried);
      for (int i = 0; i < outAxes.length; i++) {
        rows.get(i).add(results.get(carried + i));
      }
    }
    List<Value> outputs = new ArrayList<>(state);
    for (int i = 0; i < outAxes.length; i++) {
      if (rows.get(i).isEmpty()) {
        throw new Refusal("needs at least one step to stack its results, got 0");
      }
      int rank = rows.get(i).getFirst().tensor().rank() + 1;
      outputs.add(stack(rows.get(i), NodeCall.axis(outAxes[i], rank), outBackwards[i] != 0));
    }
    return outputs;
  }

  private static List<Value> step(
      NodeCall node, GraphProto body, List<Value> arguments, int outputs) {
    List<Value> results = node.scope().run(body, arguments);
    if (results.size() != outputs) {
      throw new Refusal("needs a body of " + outputs + " outputs, got " + results.size());
    }
    return results;
  }

  /// Sequences along their first axes, in the order of the steps.
  private static List<Value> inOrder(List<Value> sequences, int[] axes, int[] backwards) {
    List<Value> all = new ArrayList<>();
    for (int i = 0; i < axes.length; i++) {
      Tensor x = sequences.get(i).tensor().moveAxis(axes[i], 0);
      all.add(new Value(backwards[i] != 0 ? x.flip(0) : x, sequences.get(i).type()));
    }
    return all;
  }

  /// What steps gave out along the axes and in the order that are asked for.
  private static List<Value> inPlace(
      List<Value> results, int carried, int[] axes, int[] backwards) {
    List<Value> all = new ArrayList<>(results.subList(0, carried));
    for (int i = 0; i < axes.length; i++) {
      Value rows = results.get(carried + i);
      Tensor y = backwards[i] != 0 ? rows.tensor().flip(0) : rows.tensor();
      all.add(new Value(y.moveAxis(0, NodeCall.axis(axes[i], y.rank())), rows.type()));
    }
    return all;
  }

  /// Before opset 9 a scan had a batch before everything.
  private static List<Value> batched(NodeCall node) {
    GraphProto body = node.graph("body");
    int n = node.size("num_scan_inputs", 0);
    int carried = node.inputs() - 1 - n;
    if (n < 1 || carried < 0 || node.has(0)) {
      throw new Refusal("needs scan inputs without sequence_lens, got " + n);
    }
    int batch = node.x(1).size(0);
    List<List<Value>> all = new ArrayList<>();
    for (int b = 0; b < batch; b++) {
      List<Value> state = new ArrayList<>();
      List<Value> sequences = new ArrayList<>();
      for (int i = 1; i < node.inputs(); i++) {
        Value one = new Value(node.x(i).get(b), node.type(i));
        (i <= carried ? state : sequences).add(one);
      }
      int stacked = body.outputs().size() - carried;
      all.add(
          scanned(
              node,
              state,
              sequences,
              new int[n],
              node.sizes("directions", n, 0),
              new int[stacked],
              new int[stacked]));
    }
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < body.outputs().size(); i++) {
      int k = i;
      outputs.add(stack(all.stream().map(results -> results.get(k)).toList(), 0, false));
    }
    return outputs;
  }
}
