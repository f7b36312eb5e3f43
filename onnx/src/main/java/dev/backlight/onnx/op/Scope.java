package dev.backlight.onnx.op;

import dev.backlight.autodiff.Player;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.Attribute;
import dev.backlight.onnx.proto.FunctionProto;
import dev.backlight.onnx.proto.GraphProto;
import dev.backlight.onnx.proto.NodeProto;
import dev.backlight.onnx.proto.SparseProto;
import dev.backlight.onnx.proto.TensorProto;
import dev.backlight.onnx.proto.ValueInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The values that are visible at a place in a graph, and the running of graphs from there.
///
/// Graphs within nodes see the values around them; bodies of functions see only what they are
/// given.
public final class Scope {
  private final Library library;
  private final Map<String, Long> opsets;
  private final Map<String, Attribute> attributes;
  private final @Nullable Scope outer;
  private final int depth;
  private final Map<String, Value> values = new HashMap<>();

  /// Inputs of a function that its caller left out.
  private final Set<String> absent = new HashSet<>();

  private Scope(
      Library library,
      Map<String, Long> opsets,
      Map<String, Attribute> attributes,
      @Nullable Scope outer,
      int depth) {
    this.library = library;
    this.opsets = opsets;
    this.attributes = attributes;
    this.outer = outer;
    this.depth = depth;
  }

  /// Runs the main graph of a model.
  ///
  /// @param weights values of initializers
  /// @param inputs values of the inputs, by name
  /// @return the outputs, in order
  public static List<Value> run(
      Library library,
      Map<String, Long> opsets,
      GraphProto graph,
      Map<String, Value> weights,
      Map<String, Value> inputs) {
    Scope scope = new Scope(library, opsets, Map.of(), null, 0);
    scope.values.putAll(weights);
    scope.values.putAll(inputs);
    return scope.runNodes(graph.nodes(), names(graph.outputs()));
  }

  /// Runs a graph that lies in a node of this scope.
  List<Value> run(GraphProto graph, List<Value> arguments) {
    Scope inner = inside(this, opsets, attributes);
    if (arguments.size() != graph.inputs().size()) {
      throw new Refusal(
          "needs a graph of " + arguments.size() + " inputs, got " + graph.inputs().size());
    }
    for (TensorProto weight : graph.initializers()) {
      inner.values.put(weight.name(), read(weight));
    }
    for (SparseProto weight : graph.sparse()) {
      inner.values.put(weight.values().name(), Sparse.read(weight, library.beside()));
    }
    for (int i = 0; i < arguments.size(); i++) {
      inner.values.put(graph.inputs().get(i).name(), arguments.get(i));
    }
    return inner.runNodes(graph.nodes(), names(graph.outputs()));
  }

  private Scope inside(
      @Nullable Scope around, Map<String, Long> versions, Map<String, Attribute> given) {
    if (depth == Library.DEEPEST) {
      throw new Refusal(
          "needs graphs and functions within each other at most "
              + Library.DEEPEST
              + " deep, got more");
    }
    return new Scope(library, versions, given, around, depth + 1);
  }

  private static List<String> names(List<ValueInfo> infos) {
    return infos.stream().map(ValueInfo::name).toList();
  }

  /// A tensor of the file.
  Value read(TensorProto proto) {
    return NodeCall.read(proto, library.beside());
  }

  /// How many draws have been made before, in the whole import.
  int draws() {
    return library.draw();
  }

  /// Runs a step that stands for `length` of them, and counts its nodes as often; `null` if it
  /// draws at random, as every step draws anew.
  @Nullable List<Value> repeated(long length, Supplier<List<Value>> step) {
    long before = library.ran();
    int drawn = library.drawn();
    List<Value> results = step.get();
    if (library.drawn() > drawn) {
      return null;
    }
    library.count((length - 1) * Math.max(1, library.ran() - before));
    return results;
  }

  private @Nullable Value find(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Value value = scope.values.get(name);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  private boolean isAbsent(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      if (scope.absent.contains(name)) {
        return true;
      }
    }
    return name.isEmpty();
  }

  private Value value(String name, String reader) {
    Value value = find(name);
    if (value == null) {
      throw new Refusal(reader + " needs the value '" + name + "', which nothing before it gives");
    }
    return value;
  }

  private List<Value> runNodes(List<NodeProto> nodes, List<String> outputs) {
    for (NodeProto node : nodes) {
      library.count();
      run(node);
    }
    List<Value> results = new ArrayList<>();
    for (String output : outputs) {
      results.add(value(output, "the output of the graph"));
    }
    return results;
  }

  private void run(NodeProto node) {
    List<@Nullable Value> inputs = new ArrayList<>();
    for (String name : node.inputs()) {
      inputs.add(isAbsent(name) ? null : value(name, Library.told(node)));
    }
    List<Value> results;
    try {
      results = apply(node, inputs);
    } catch (Refusal e) {
      throw e.getMessage() != null && e.getMessage().startsWith("node ")
          ? e
          : new Refusal(Library.told(node) + " " + e.getMessage(), e);
    } catch (NotConstant | StackOverflowError e) {
      throw e;
    } catch (RuntimeException e) {
      throw new Refusal(Library.told(node) + ": " + e.getMessage(), e);
    }
    Library.Observer observer = depth == 0 ? library.observer() : null;
    if (observer != null) {
      observer.ran(node, inputs, results, () -> flops(node, inputs));
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      String name = node.outputs().get(i);
      if (name.isEmpty()) {
        continue;
      }
      if (i >= results.size()) {
        throw new Refusal(
            Library.told(node) + " has " + results.size() + " outputs, got a name for output " + i);
      }
      Value result = results.get(i);
      if (inputs.stream().noneMatch(x -> x != null && x.tensor() == result.tensor())) {
        result.tensor().named(node.label());
      }
      values.put(name, result);
    }
  }

  /// What a node takes by itself: it is recorded once more, on a tape of its own.
  private long flops(NodeProto node, List<@Nullable Value> inputs) {
    List<Tensor> open = new ArrayList<>();
    for (Value input : inputs) {
      if (input != null && !input.isConstant()) {
        open.add(input.tensor().detached());
      }
    }
    if (open.isEmpty()) {
      return 0;
    }
    Tape<List<Tensor>, List<Tensor>> tape =
        Tape.record(
            recorded -> {
              List<@Nullable Value> seen = new ArrayList<>();
              int next = 0;
              for (Value input : inputs) {
                seen.add(
                    input == null || input.isConstant()
                        ? input
                        : new Value(recorded.get(next++), input.type()));
              }
              return apply(node, seen).stream().map(Value::tensor).toList();
            },
            open);
    Player<List<Tensor>, List<Tensor>> player = tape.player();
    player.set(open);
    return player.costs().total().flops();
  }

  private List<Value> apply(NodeProto node, List<@Nullable Value> inputs) {
    Map<String, Attribute> given = resolved(node.attributes());
    FunctionProto function = library.function(node);
    if (function != null) {
      return call(function, given, inputs);
    }
    long version = opsets.getOrDefault(node.domain(), 1L);
    return library.operator(node).apply(new NodeCall(node, given, inputs, version, this));
  }

  private Map<String, Attribute> resolved(Map<String, Attribute> own) {
    Map<String, Attribute> given = new LinkedHashMap<>();
    own.forEach((name, attribute) -> {
      Attribute found =
          attribute.reference().isEmpty() ? attribute : attributes.get(attribute.reference());
      if (found != null) {
        given.put(name, found);
      }
    });
    return given;
  }

  private List<Value> call(
      FunctionProto function, Map<String, Attribute> given, List<@Nullable Value> inputs) {
    if (inputs.size() > function.inputs().size()) {
      throw new Refusal(
          "needs at most " + function.inputs().size() + " inputs, got " + inputs.size());
    }
    Map<String, Attribute> known = new HashMap<>(function.defaults());
    known.putAll(given);
    Scope body = inside(null, function.opsets(), known);
    for (int i = 0; i < inputs.size(); i++) {
      Value value = inputs.get(i);
      if (value != null) {
        body.values.put(function.inputs().get(i), value);
      }
    }
    body.absent.addAll(
        function.inputs().stream().filter(name -> !body.values.containsKey(name)).toList());
    return body.runNodes(function.nodes(), function.outputs());
  }
}
