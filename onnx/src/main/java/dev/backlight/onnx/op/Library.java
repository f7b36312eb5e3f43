package dev.backlight.onnx.op;

import dev.backlight.core.Shape;
import dev.backlight.onnx.proto.Attribute;
import dev.backlight.onnx.proto.ExternalData;
import dev.backlight.onnx.proto.FunctionProto;
import dev.backlight.onnx.proto.GraphProto;
import dev.backlight.onnx.proto.ModelProto;
import dev.backlight.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What the nodes of one model may call: the operators of ONNX and the model's own functions. It
/// also holds the bounds on one import.
public final class Library {
  /// How deep graphs and functions may lie in each other.
  static final int DEEPEST = 50;

  /// How many nodes one import may run, those of unrolled loops counted each time.
  static final int MOST_NODES = 1_000_000;

  /// How many elements a tensor may have that a few numbers of a file ask for: 2²⁸, which is 1 GiB
  /// of `F32`.
  static final int MOST_ELEMENTS = 1 << 28;

  private static final Map<String, Operator> OPERATORS = Operators.all();

  private final Map<String, FunctionProto> functions = new HashMap<>();
  private final ExternalData beside;
  private @Nullable Observer observer;
  private long ran;
  private int drawn;

  /// Someone who wants to know what the nodes of the main graph come to.
  public interface Observer {
    /// A node that has been run.
    ///
    /// @param node as the file has it
    /// @param inputs its inputs, of which those left out are `null`
    /// @param outputs its outputs
    /// @param flops what it takes
    void ran(NodeProto node, List<@Nullable Value> inputs, List<Value> outputs, LongSupplier flops);
  }

  /// For one import of a model.
  ///
  /// @param beside where its external data are
  public Library(ModelProto model, ExternalData beside) {
    this.beside = beside;
    for (FunctionProto function : model.functions()) {
      functions.put(key(function.domain(), function.name(), function.overload()), function);
    }
  }

  /// This library, which tells an observer about every node of the main graph.
  public Library observed(Observer by) {
    observer = by;
    return this;
  }

  @Nullable Observer observer() {
    return observer;
  }

  ExternalData beside() {
    return beside;
  }

  private static String key(String domain, String name, String overload) {
    return domain + ":" + name + ":" + overload;
  }

  /// A node as errors speak of it: `node 'conv1' (Conv)`.
  static String told(NodeProto node) {
    return "node '" + node.label() + "' (" + node.operator() + ")";
  }

  @Nullable FunctionProto function(NodeProto node) {
    return functions.get(key(node.domain(), node.type(), node.overload()));
  }

  Operator operator(NodeProto node) {
    Operator operator = OPERATORS.get(node.operator());
    if (operator == null) {
      throw new Refusal("is not an operator that is supported");
    }
    return operator;
  }

  /// Counts a node that is run.
  void count() {
    count(1);
  }

  /// How many nodes were run.
  long ran() {
    return ran;
  }

  /// Counts nodes that are run, or that a tape will run.
  void count(long nodes) {
    ran += Math.min(nodes, 2L * MOST_NODES);
    if (ran > MOST_NODES) {
      throw new Refusal(
          "a graph needs to run at most " + MOST_NODES + " nodes, loops unrolled, got more");
    }
  }

  /// How many draws were made.
  int drawn() {
    return drawn;
  }

  /// The number of a draw.
  int draw() {
    return drawn++;
  }

  /// A shape that is not too large for a constant.
  static Shape room(Shape shape) {
    if (shape.elements() > MOST_ELEMENTS) {
      throw new Refusal("needs a tensor of at most " + MOST_ELEMENTS + " elements, got " + shape);
    }
    return shape;
  }

  /// The operators that are supported, as `Conv` or `ai.onnx.ml.Scaler`.
  public static List<String> supported() {
    return OPERATORS.keySet().stream().sorted().toList();
  }

  /// Every node of a graph, and of graphs and functions within, that cannot be imported: its name
  /// by operator.
  public Map<String, List<String>> unsupported(GraphProto graph) {
    return found(graph, node -> !OPERATORS.containsKey(node.operator()));
  }

  /// Every node, likewise, that draws at random.
  public Map<String, List<String>> drawing(GraphProto graph) {
    return found(graph, Randomness::draws);
  }

  private Map<String, List<String>> found(GraphProto graph, Predicate<NodeProto> wanted) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    collect(graph.nodes(), wanted, found, new IdentityHashMap<>(), 0);
    return found;
  }

  private void collect(
      List<NodeProto> nodes,
      Predicate<NodeProto> wanted,
      Map<String, List<String>> found,
      Map<FunctionProto, Boolean> seen,
      int depth) {
    if (depth > DEEPEST) {
      return;
    }
    for (NodeProto node : nodes) {
      FunctionProto function = function(node);
      if (function == null && wanted.test(node)) {
        found.computeIfAbsent(node.operator(), _ -> new ArrayList<>()).add(node.label());
      }
      if (function != null && seen.put(function, true) == null) {
        collect(function.nodes(), wanted, found, seen, depth + 1);
      }
      for (Attribute attribute : node.attributes().values()) {
        if (attribute.value() instanceof GraphProto inner) {
          collect(inner.nodes(), wanted, found, seen, depth + 1);
        }
      }
    }
  }
}
