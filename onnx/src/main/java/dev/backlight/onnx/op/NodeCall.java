package dev.backlight.onnx.op;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.Attribute;
import dev.backlight.onnx.proto.ElementType;
import dev.backlight.onnx.proto.ExternalData;
import dev.backlight.onnx.proto.GraphProto;
import dev.backlight.onnx.proto.NodeProto;
import dev.backlight.onnx.proto.TensorData;
import dev.backlight.onnx.proto.TensorProto;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A node with the values of its inputs: what an [Operator] works from.
final class NodeCall {
  private final NodeProto node;
  private final Map<String, Attribute> attributes;
  private final List<@Nullable Value> inputs;
  private final long opset;
  private final Scope scope;

  NodeCall(
      NodeProto node,
      Map<String, Attribute> attributes,
      List<@Nullable Value> inputs,
      long opset,
      Scope scope) {
    this.node = node;
    this.attributes = attributes;
    this.inputs = inputs;
    this.opset = opset;
    this.scope = scope;
  }

  // ---- the node ----

  /// The version of the operators of its domain.
  long opset() {
    return opset;
  }

  /// The domain of its operator; nothing for ONNX itself.
  String domain() {
    return node.domain();
  }

  /// The name of its operator.
  String operator() {
    return node.operator();
  }

  /// The label of the node.
  String label() {
    return node.label();
  }

  /// How many outputs it has.
  int outputs() {
    return node.outputs().size();
  }

  /// Whether somebody wants this output.
  boolean wants(int output) {
    return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
  }

  /// What is visible here, for operators with graphs inside.
  Scope scope() {
    return scope;
  }

  // ---- inputs ----

  /// How many inputs it has, also those left out.
  int inputs() {
    return inputs.size();
  }

  /// Whether an input is there.
  boolean has(int i) {
    return i < inputs.size() && inputs.get(i) != null;
  }

  /// An input with its type.
  Value value(int i) {
    Value value = i < inputs.size() ? inputs.get(i) : null;
    if (value == null) {
      throw new Refusal("needs input " + i + ", got " + count());
    }
    return value;
  }

  private String count() {
    long there = inputs.stream().filter(Objects::nonNull).count();
    return there == 1 ? "1 input" : there + " inputs";
  }

  /// An input.
  Tensor x(int i) {
    return value(i).tensor();
  }

  /// An input, or `null` if it is left out.
  @Nullable Tensor optional(int i) {
    return has(i) ? x(i) : null;
  }

  /// The element type of an input.
  ElementType type(int i) {
    return value(i).type();
  }

  /// An input that has to be known at import.
  Tensor constant(int i) {
    Value value = value(i);
    if (!value.isConstant()) {
      throw new NotConstant(i < node.inputs().size() ? node.inputs().get(i) : "", i);
    }
    return value.tensor();
  }

  /// The whole numbers of an input that has to be known at import.
  long[] numbers(int i) {
    return longs(constant(i));
  }

  /// As [#numbers], each within the range of sizes.
  int[] sizes(int i) {
    return ints(numbers(i));
  }

  /// The one number of an input that has to be known at import.
  double number(int i) {
    Tensor x = constant(i);
    if (x.elements() != 1) {
      throw new Refusal("needs one number as input " + i + ", got " + x.shape());
    }
    return x.item();
  }

  /// The one whole number of an input that has to be known at import.
  long whole(int i) {
    long[] all = numbers(i);
    if (all.length != 1) {
      throw new Refusal("needs one number as input " + i + ", got " + all.length);
    }
    return all[0];
  }

  static long[] longs(Tensor x) {
    return switch (x.dtype()) {
      case I64 -> x.toLongs();
      case I32 -> Arrays.stream(x.toInts()).asLongStream().toArray();
      default -> throw new Refusal("needs whole numbers, got " + x.dtype());
    };
  }

  /// A tensor of the element type of the first input, or of what its dtype says.
  Value like(Tensor tensor) {
    for (Value input : inputs) {
      if (input != null) {
        return input.type().dtype() == tensor.dtype()
            ? Numbers.fitted(tensor, input.type())
            : Value.of(tensor);
      }
    }
    return Value.of(tensor);
  }

  // ---- attributes ----

  /// Whether an attribute is given.
  boolean given(String name) {
    return attributes.containsKey(name);
  }

  private @Nullable Object attribute(String name, Attribute.Kind kind) {
    Attribute attribute = attributes.get(name);
    if (attribute == null) {
      return null;
    }
    if (attribute.kind() != kind) {
      throw new Refusal(
          "needs attribute " + name + " to be of type " + kind + ", got " + attribute.kind());
    }
    return attribute.value();
  }

  private static <T> T needed(String name, @Nullable T value) {
    if (value == null) {
      throw new Refusal("needs attribute " + name + ", got none");
    }
    return value;
  }

  long integer(String name, long absent) {
    return attribute(name, Attribute.Kind.INT) instanceof Long i ? i : absent;
  }

  long integer(String name) {
    return needed(name, (Long) attribute(name, Attribute.Kind.INT));
  }

  /// An integer attribute within the range of sizes.
  int size(String name, long absent) {
    return ints(integer(name, absent))[0];
  }

  boolean flag(String name) {
    return integer(name, 0) != 0;
  }

  double real(String name, double absent) {
    return attribute(name, Attribute.Kind.FLOAT) instanceof Float f ? f : absent;
  }

  String text(String name, String absent) {
    return attribute(name, Attribute.Kind.STRING) instanceof String s ? s : absent;
  }

  long @Nullable [] integers(String name) {
    return (long[]) attribute(name, Attribute.Kind.INTS);
  }

  /// An attribute of sizes, or the same number so many times.
  int[] sizes(String name, int count, int absent) {
    long[] given = integers(name);
    if (given == null) {
      int[] all = new int[count];
      Arrays.fill(all, absent);
      return all;
    }
    if (given.length != count) {
      throw new Refusal(
          "needs " + count + " numbers as attribute " + name + ", got " + given.length);
    }
    return ints(given);
  }

  float @Nullable [] reals(String name) {
    return (float[]) attribute(name, Attribute.Kind.FLOATS);
  }

  @SuppressWarnings("unchecked")
  List<String> texts(String name) {
    Object value = attribute(name, Attribute.Kind.STRINGS);
    return value == null ? List.of() : (List<String>) value;
  }

  /// A tensor attribute, or `null`.
  @Nullable Value tensor(String name) {
    TensorProto proto = (TensorProto) attribute(name, Attribute.Kind.TENSOR);
    return proto == null ? null : scope.read(proto);
  }

  GraphProto graph(String name) {
    return needed(name, (GraphProto) attribute(name, Attribute.Kind.GRAPH));
  }

  /// The element type that an integer attribute names.
  ElementType elementType(String name, ElementType absent) {
    return given(name) ? elementType(integer(name)) : absent;
  }

  static ElementType elementType(long code) {
    return ElementType.of(code)
        .filter(type -> type.dtype() != null)
        .orElseThrow(() -> new Refusal("needs numbers or truth values, got element type " + code));
  }

  // ---- sizes ----

  static int[] ints(long... numbers) {
    int[] ints = new int[numbers.length];
    for (int i = 0; i < ints.length; i++) {
      if ((int) numbers[i] != numbers[i]) {
        throw new Refusal("needs numbers within 32 bits, got " + numbers[i]);
      }
      ints[i] = (int) numbers[i];
    }
    return ints;
  }

  /// An axis of a tensor, negative ones counting from the end.
  static int axis(long axis, Tensor x) {
    return axis(axis, x.rank());
  }

  static int axis(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new Refusal("needs an axis of " + -rank + ".." + (rank - 1) + ", got " + axis);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /// The axis that splits a shape in two, of which there is one more than axes; negative ones count
  /// from the last axis.
  static int split(long axis, Tensor x) {
    return axis < 0 ? axis(axis, x.rank()) : axis(axis, x.rank() + 1);
  }

  /// Axes from an attribute or from an input, as they moved from one to the other.
  int @Nullable [] axes(int input, Tensor x) {
    long[] axes = integers("axes");
    if (axes == null && has(input)) {
      axes = numbers(input);
    }
    if (axes == null) {
      return null;
    }
    int[] found = new int[axes.length];
    for (int i = 0; i < found.length; i++) {
      found[i] = axis(axes[i], x);
      for (int j = 0; j < i; j++) {
        if (found[j] == found[i]) {
          throw new Refusal("needs axes that differ, got " + Arrays.toString(axes));
        }
      }
    }
    return found;
  }

  /// A rank of at least so much.
  Tensor atLeast(int rank, int i) {
    Tensor x = x(i);
    if (x.rank() < rank) {
      throw new Refusal("needs input " + i + " of rank " + rank + " or more, got " + x.shape());
    }
    return x;
  }

  /// A float input.
  Tensor floats(int i) {
    Tensor x = x(i);
    if (!x.dtype().isFloat()) {
      throw new Refusal("needs floats as input " + i + ", got " + type(i));
    }
    return x;
  }

  /// An index, which may be negative and then counts from the end, as one that is not.
  static Tensor index(Tensor index, int size) {
    if (index.recording() == null && index.elements() > 0 && index.dtype().isInteger()) {
      for (long i : longs(index)) {
        if (i < -size || i >= size) {
          throw new Refusal("needs indices of " + -size + ".." + (size - 1) + ", got " + i);
        }
      }
    }
    return index.lt(0).where(index.add(size), index);
  }

  /// A shape that is not too large to be one.
  static Shape shape(long... sizes) {
    int[] ints = ints(sizes);
    for (int size : ints) {
      if (size < 0) {
        throw new Refusal("needs sizes of at least 0, got " + Arrays.toString(sizes));
      }
    }
    return Shape.of(ints);
  }

  /// One of several texts.
  static String oneOf(String name, String got, String... allowed) {
    if (!Arrays.asList(allowed).contains(got)) {
      throw new Refusal(
          "needs " + name + " of " + String.join(", ", allowed) + ", got '" + got + "'");
    }
    return got;
  }

  /// Reads what a file or attribute holds.
  static Value read(TensorProto proto, ExternalData beside) {
    try {
      return new Value(TensorData.read(proto, beside), TensorData.type(proto));
    } catch (IOException e) {
      throw new Refusal(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
  }

  /// A scalar of a dtype.
  static Tensor scalar(double value, DType dtype) {
    return Tensor.full(Shape.SCALAR, dtype, value);
  }
}
