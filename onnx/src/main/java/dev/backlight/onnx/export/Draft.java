package dev.backlight.onnx.export;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import dev.backlight.onnx.proto.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An ONNX graph that is being written.
final class Draft {
  // Numbers of fields in onnx.proto.
  private static final int NODE = 1;
  private static final int NAME = 2;
  private static final int INITIALIZER = 5;
  private static final int INPUT = 11;
  private static final int OUTPUT = 12;

  private final Message graph = new Message();
  private final Map<List<Object>, String> constants = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private @Nullable String label;
  private int next;

  Draft(String name) {
    graph.text(NAME, name);
  }

  /// The message of the graph.
  Message graph() {
    return graph;
  }

  /// A name that nothing has yet, as near to the wanted one as can be.
  String fresh(String wanted) {
    String name = wanted;
    for (int i = 2; !taken.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /// The label that the next nodes have, if any.
  void label(@Nullable String text) {
    label = text;
  }

  void input(String name, Spec spec) {
    graph.message(INPUT, port(name, spec));
  }

  void output(String name, Spec spec) {
    graph.message(OUTPUT, port(name, spec));
  }

  private static Message port(String name, Spec spec) {
    Message shape = new Message();
    for (int size : spec.shape().sizes()) {
      shape.message(1, new Message().integer(1, size));
    }
    Message tensor =
        new Message().integer(1, ElementType.of(spec.dtype()).code()).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  // ---- constants ----

  /// A tensor of its own.
  String constant(Tensor value) {
    String name = fresh("c" + next++);
    graph.message(
        INITIALIZER, Message.tensor(name, Objects.requireNonNull(value.detached().block())));
    return name;
  }

  /// A vector of integers; equal ones are one.
  String integers(long... values) {
    List<Object> key = List.of("vector", Arrays.stream(values).boxed().toList());
    String known = constants.get(key);
    if (known == null) {
      known = constant(Tensor.of(Shape.of(values.length), values));
      constants.put(key, known);
    }
    return known;
  }

  String integers(int... values) {
    return integers(Arrays.stream(values).asLongStream().toArray());
  }

  String integers(List<Integer> values) {
    return integers(values.stream().mapToLong(Integer::longValue).toArray());
  }

  /// A number of a dtype; equal ones are one.
  String number(double value, DType dtype) {
    List<Object> key = List.of("number", Double.doubleToRawLongBits(value), dtype);
    String known = constants.get(key);
    if (known == null) {
      known = constant(Tensor.full(Shape.SCALAR, dtype, value));
      constants.put(key, known);
    }
    return known;
  }

  // ---- nodes ----

  /// A node with one output, whose name it answers.
  String node(String operator, List<String> inputs, Attribute... attributes) {
    return nodes(operator, inputs, 1, attributes).getFirst();
  }

  /// A node with some outputs, whose names it answers.
  List<String> nodes(String operator, List<String> inputs, int outputs, Attribute... attributes) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      names.add(fresh("v" + next++));
    }
    named(operator, inputs, names, attributes);
    return names;
  }

  /// A node with outputs of these names.
  void named(String operator, List<String> inputs, List<String> outputs, Attribute... attributes) {
    Message node = new Message();
    inputs.forEach(name -> node.text(1, name));
    outputs.forEach(name -> node.text(2, name));
    node.text(3, label == null ? fresh(operator + "_" + outputs.getFirst()) : fresh(label));
    node.text(4, operator);
    for (Attribute attribute : attributes) {
      node.message(5, attribute.message());
    }
    graph.message(NODE, node);
  }

  /// An attribute of a node.
  ///
  /// @param message as `AttributeProto`
  record Attribute(Message message) {
    static Attribute of(String name, long value) {
      return new Attribute(new Message().text(1, name).integer(3, value).integer(20, 2));
    }

    static Attribute of(String name, float value) {
      return new Attribute(new Message().text(1, name).floating(2, value).integer(20, 1));
    }

    static Attribute of(String name, String value) {
      return new Attribute(new Message().text(1, name).text(4, value).integer(20, 3));
    }

    static Attribute of(String name, int... values) {
      Message message = new Message().text(1, name);
      for (int value : values) {
        message.integer(8, value);
      }
      return new Attribute(message.integer(20, 7));
    }

    static Attribute of(String name, List<Integer> values) {
      return of(name, values.stream().mapToInt(Integer::intValue).toArray());
    }
  }
}
