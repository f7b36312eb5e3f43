package dev.backlight.onnx.proto;

import dev.backlight.core.io.FormatException;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An attribute of a node: a name and one of the possible values.
///
/// @param name of the attribute
/// @param reference the attribute of the surrounding function that it stands for, or nothing
/// @param kind which value it is, see [Kind]
/// @param value a Long, Float, String, Tensor, Graph, or a list of one of these
public record Attribute(String name, String reference, Kind kind, @Nullable Object value) {
  /// The kinds of attributes.
  public enum Kind {
    /// One float.
    FLOAT,
    /// One integer.
    INT,
    /// Text.
    STRING,
    /// A [TensorProto].
    TENSOR,
    /// A [GraphProto].
    GRAPH,
    /// A list of floats.
    FLOATS,
    /// A list of integers.
    INTS,
    /// A list of texts.
    STRINGS,
    /// A list of tensors.
    TENSORS,
    /// A list of graphs.
    GRAPHS,
    /// Sparse tensors and types, which no operator here takes.
    OTHER
  }

  static Attribute read(Wire in) throws FormatException {
    String name = "";
    String reference = "";
    long type = 0;
    float f = 0;
    long i = 0;
    String s = "";
    @Nullable TensorProto t = null;
    @Nullable GraphProto g = null;
    IntArrayList floats = new IntArrayList();
    LongArrayList ints = new LongArrayList();
    List<String> strings = new ArrayList<>();
    List<TensorProto> tensors = new ArrayList<>();
    List<GraphProto> graphs = new ArrayList<>();
    int seen = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> f = in.floating();
        case 3 -> i = in.integer();
        case 4 -> s = in.text();
        case 5 -> t = TensorProto.read(in.message());
        case 6 -> g = GraphProto.read(in.message());
        case 7 -> in.floats(floats);
        case 8 -> in.integers(ints);
        case 9 -> strings.add(in.text());
        case 10 -> tensors.add(TensorProto.read(in.message()));
        case 11 -> graphs.add(GraphProto.read(in.message()));
        case 20 -> type = in.integer();
        case 21 -> reference = in.text();
        default -> in.skip();
      }
      if (in.field() >= 2 && in.field() <= 11) {
        seen = in.field();
      }
    }
    // Files of the first versions have no type; there the field that is present tells.
    Kind kind = kind(type == 0 ? seen - 1 : type);
    Object value =
        switch (kind) {
          case FLOAT -> f;
          case INT -> i;
          case STRING -> s;
          case TENSOR -> t;
          case GRAPH -> g;
          case FLOATS -> Wire.ofBits(floats);
          case INTS -> ints.toLongArray();
          case STRINGS -> List.copyOf(strings);
          case TENSORS -> List.copyOf(tensors);
          case GRAPHS -> List.copyOf(graphs);
          case OTHER -> null;
        };
    if (value == null && kind != Kind.OTHER && reference.isEmpty()) {
      throw in.bad("attribute '" + name + "' needs a value of its type, got none");
    }
    return new Attribute(name, reference, kind, value);
  }

  private static Kind kind(long type) {
    return type >= 1 && type <= 10 ? Kind.values()[(int) type - 1] : Kind.OTHER;
  }
}
