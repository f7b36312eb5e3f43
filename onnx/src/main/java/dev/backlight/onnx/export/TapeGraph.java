package dev.backlight.onnx.export;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.onnx.proto.Message;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A tape as the bytes of an ONNX model.
public final class TapeGraph {
  /// The version of the operators that is written.
  public static final int OPSET = 17;

  private static final int IR_VERSION = 8;

  private final Tape<?, ?> tape;
  private final Draft draft = new Draft("tape");
  private final Map<Integer, String> names = new HashMap<>();
  private final Map<Integer, Spec> specs = new HashMap<>();

  private TapeGraph(Tape<?, ?> tape) {
    this.tape = tape;
  }

  /// The ops of a tape that have no nodes in ONNX, each with the label or line of a node.
  public static List<String> unsupported(Tape<?, ?> tape) {
    List<String> missing = new ArrayList<>();
    for (Node node : tape.nodes()) {
      if (!isSupported(node.op())) {
        missing.add(
            node.op().name() + " (" + Optional.ofNullable(node.label()).orElse(node.where()) + ")");
      }
    }
    return missing;
  }

  private static boolean isSupported(Op op) {
    return Elements.isSupported(op) || Moves.isSupported(op) || Sums.isSupported(op);
  }

  /// The model, whose tape has no unsupported ops.
  public static byte[] bytes(Tape<?, ?> tape) {
    return new TapeGraph(tape).model();
  }

  private byte[] model() {
    List<Spec> inputs = tape.inputSpecs();
    for (int i = 0; i < inputs.size(); i++) {
      String name = draft.fresh(tape.inputNames().get(i));
      draft.input(name, inputs.get(i));
      names.put(i, name);
      specs.put(i, inputs.get(i));
    }
    List<String> outputs = new ArrayList<>();
    for (String name : tape.outputNames()) {
      outputs.add(draft.fresh(name.equals("x") ? "y" : name));
    }
    tape.constants()
        .forEach((value, tensor) -> {
          names.put(value, draft.constant(tensor));
          specs.put(value, tensor.spec());
        });
    tape.nodes().forEach(this::write);
    draft.label(null);
    int[] values = tape.outputValues();
    for (int k = 0; k < values.length; k++) {
      draft.named("Identity", List.of(name(values[k])), List.of(outputs.get(k)));
      draft.output(outputs.get(k), tape.outputSpecs().get(k));
    }
    return new Message()
        .integer(1, IR_VERSION)
        .text(2, "backlight")
        .message(7, draft.graph())
        .message(8, new Message().text(1, "").integer(2, OPSET))
        .bytes();
  }

  private String name(int value) {
    return Objects.requireNonNull(names.get(value));
  }

  private void write(Node node) {
    List<String> in = new ArrayList<>();
    List<Spec> from = new ArrayList<>();
    for (int value : node.inputs()) {
      in.add(name(value));
      from.add(Objects.requireNonNull(specs.get(value)));
    }
    draft.label(node.label());
    Call call =
        new Call(
            draft,
            Collections.unmodifiableList(in),
            Collections.unmodifiableList(from),
            node.outputs());
    List<String> out;
    if (Elements.isSupported(node.op())) {
      out = List.of(Elements.write(node.op(), call));
    } else if (Moves.isSupported(node.op())) {
      out = List.of(Moves.write(node.op(), call));
    } else {
      out = Sums.write(node.op(), call);
    }
    for (int k = 0; k < node.outputs().size(); k++) {
      names.put(node.output() + k, out.get(k));
      specs.put(node.output() + k, node.outputs().get(k));
    }
  }
}
