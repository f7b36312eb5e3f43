package dev.backlight.onnx;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.onnx.op.Library;
import dev.backlight.onnx.op.NotConstant;
import dev.backlight.onnx.op.Refusal;
import dev.backlight.onnx.op.Scope;
import dev.backlight.onnx.op.Sparse;
import dev.backlight.onnx.op.Value;
import dev.backlight.onnx.proto.ElementType;
import dev.backlight.onnx.proto.ExternalData;
import dev.backlight.onnx.proto.GraphProto;
import dev.backlight.onnx.proto.ModelProto;
import dev.backlight.onnx.proto.NodeProto;
import dev.backlight.onnx.proto.SparseProto;
import dev.backlight.onnx.proto.TensorData;
import dev.backlight.onnx.proto.TensorProto;
import dev.backlight.onnx.proto.ValueInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A model from an ONNX file. It becomes a tape for inputs of given shapes:
///
/// ```java
/// OnnxModel model = OnnxModel.read(Path.of("resnet50.onnx"));
/// Tape<Tensor, Tensor> tape = model.tape(Tensor.zeros(1, 3, 224, 224));
/// Tensor logits = tape.run(image);
/// ```
///
/// Weights are constants of the tape. What depends on shapes alone is computed at import, so the
/// tape holds arithmetic only. Nodes carry the names that they have in the file, and explanations
/// find them by these.
///
/// Floats of 16 bits and less are computed as `F32`, without rounding between nodes; small integers
/// are held as `I32` or `I64` and overflow as their own type does.
///
/// Immutable and thread-safe.
public final class OnnxModel {
  private final ModelProto proto;
  private final ExternalData beside;
  private final Map<String, Tensor> fixed;
  private final Supplier<Map<String, Value>> weights;

  private OnnxModel(
      ModelProto proto,
      ExternalData beside,
      Map<String, Tensor> fixed,
      Supplier<Map<String, Value>> weights) {
    this.proto = proto;
    this.beside = beside;
    this.fixed = fixed;
    this.weights = weights;
  }

  // ---- reading ----

  /// Reads a model, whose external data lie in its folder.
  ///
  /// @throws FormatException if it is no ONNX file
  public static OnnxModel read(Path file) throws IOException {
    if (Files.size(file) > Integer.MAX_VALUE - 8) {
      throw new FormatException(
          file.toString(), "an ONNX file holds at most 2 GiB, got " + Files.size(file) + " bytes");
    }
    Path folder = file.toAbsolutePath().getParent();
    return of(ModelProto.read(file.toString(), Files.readAllBytes(file)), new ExternalData(folder));
  }

  /// Reads a model from memory; external data are refused.
  ///
  /// @param name of the model, for error messages
  public static OnnxModel read(String name, byte[] bytes) throws IOException {
    return of(ModelProto.read(name, bytes), ExternalData.NONE);
  }

  private static OnnxModel of(ModelProto proto, ExternalData beside) throws IOException {
    Map<String, Value> weights = new HashMap<>();
    for (TensorProto tensor : proto.graph().initializers()) {
      weights.put(
          tensor.name(), new Value(TensorData.read(tensor, beside), TensorData.type(tensor)));
    }
    for (SparseProto tensor : proto.graph().sparse()) {
      try {
        weights.put(tensor.values().name(), Sparse.read(tensor, beside));
      } catch (Refusal e) {
        throw new FormatException(String.valueOf(e.getMessage()));
      }
    }
    Map<String, Value> all = Map.copyOf(weights);
    return new OnnxModel(proto, beside, Map.of(), () -> all);
  }

  // ---- what it is ----

  /// The inputs that a run needs, in order; weights and fixed inputs are none.
  public List<Port> inputs() {
    return declared().stream().filter(port -> !fixed.containsKey(port.name())).toList();
  }

  private List<Port> declared() {
    Map<String, Value> known = weights.get();
    return proto.graph().inputs().stream()
        .filter(info -> !known.containsKey(info.name()))
        .map(Port::new)
        .toList();
  }

  /// The outputs, in order.
  public List<Port> outputs() {
    return proto.graph().outputs().stream().map(Port::new).toList();
  }

  /// The version of the operators of ONNX that it is written in, 0 if it has none.
  public long opset() {
    return proto.opsets().getOrDefault("", 0L);
  }

  /// The version of the file format.
  public long irVersion() {
    return proto.irVersion();
  }

  /// The program that wrote it, with its version, if that said so.
  public String producer() {
    return proto.producer();
  }

  /// How many numbers its weights are.
  public long parameters() {
    return weights.get().values().stream().mapToLong(value -> value.tensor().elements()).sum();
  }

  /// How many nodes its main graph has.
  public int nodes() {
    return proto.graph().nodes().size();
  }

  /// The operators that cannot be imported, each with the names of its nodes; empty if [#tape] will
  /// not fail for that reason.
  public Map<String, List<String>> unsupported() {
    return new Library(proto, beside).unsupported(proto.graph());
  }

  /// The operators that draw at random, each with the names of its nodes. What they draw, by their
  /// seeds or else by their names, is a constant of a tape.
  public Map<String, List<String>> drawing() {
    return new Library(proto, beside).drawing(proto.graph());
  }

  /// This model with an input as a constant. Inputs that decide about shapes, such as the shape of
  /// a `Reshape`, have to be.
  public OnnxModel fix(String input, Tensor value) {
    Port port =
        declared().stream()
            .filter(one -> one.name().equals(input))
            .findFirst()
            .orElseThrow(() ->
                new OnnxException(
                    "needs an input of " + names(declared()) + ", got '" + input + "'"));
    port.check(value);
    Map<String, Tensor> more = new LinkedHashMap<>(fixed);
    more.put(input, value.detached());
    return new OnnxModel(proto, beside, Map.copyOf(more), weights);
  }

  private static List<String> names(List<Port> ports) {
    return ports.stream().map(Port::name).toList();
  }

  // ---- tapes ----

  /// The tape of a model with one input and one output, for inputs of the shape of the example.
  public Tape<Tensor, Tensor> tape(Tensor example) {
    List<Port> inputs = inputs();
    if (inputs.size() != 1 || outputs().size() != 1) {
      throw new OnnxException(
          "a tape from tensor to tensor needs one input and one output, got "
              + names(inputs)
              + " and "
              + names(outputs()));
    }
    String name = inputs.getFirst().name();
    requireSupported();
    return guarded(
        () -> Tape.record(x -> run(Map.of(name, x)).values().iterator().next(), example));
  }

  /// The tape for inputs of the shapes of these examples, by name.
  public Tape<Map<String, Tensor>, Map<String, Tensor>> tape(Map<String, Tensor> example) {
    requireSupported();
    return guarded(() -> Tape.record(this::run, example));
  }

  /// The outputs by name, for inputs by name; tensors of a recording are recorded on.
  public Map<String, Tensor> apply(Map<String, Tensor> inputs) {
    requireSupported();
    return guarded(() -> run(inputs));
  }

  private Map<String, Tensor> run(Map<String, Tensor> inputs) {
    return run(new Library(proto, beside), inputs);
  }

  private Map<String, Tensor> run(Library library, Map<String, Tensor> inputs) {
    Map<String, Value> values = new HashMap<>();
    for (Port port : declared()) {
      Tensor tensor =
          fixed.containsKey(port.name()) ? fixed.get(port.name()) : inputs.get(port.name());
      if (tensor == null) {
        throw new OnnxException("needs the inputs " + names(inputs()) + ", got " + inputs.keySet());
      }
      port.check(tensor);
      values.put(port.name(), new Value(tensor, Objects.requireNonNull(port.element())));
    }
    for (String name : inputs.keySet()) {
      if (!values.containsKey(name) || fixed.containsKey(name)) {
        throw new OnnxException("needs the inputs " + names(inputs()) + ", got " + inputs.keySet());
      }
    }
    List<Value> results = Scope.run(library, proto.opsets(), proto.graph(), weights.get(), values);
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (int i = 0; i < results.size(); i++) {
      outputs.put(proto.graph().outputs().get(i).name(), results.get(i).tensor());
    }
    return outputs;
  }

  /// The outputs of a model with one input and one output, at once or on a recording. A model that
  /// was exported for a batch of 1 is run on one example after the other.
  public Tensor apply(Tensor x) {
    List<Port> inputs = inputs();
    if (inputs.size() != 1 || outputs().size() != 1) {
      throw new OnnxException(
          "a function from tensor to tensor needs one input and one output, got "
              + names(inputs)
              + " and "
              + names(outputs()));
    }
    Port port = inputs.getFirst();
    boolean single =
        x.rank() > 0
            && x.size(0) > 1
            && port.sizes()
                .map(sizes -> !sizes.isEmpty() && sizes.getFirst().equals("1"))
                .orElse(false);
    if (!single) {
      return apply(Map.of(port.name(), x)).values().iterator().next();
    }
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < x.size(0); i++) {
      parts.add(apply(Map.of(port.name(), x.slice(0, i, i + 1))).values().iterator().next());
    }
    return Tensor.concat(0, parts);
  }

  /// What every node of the main graph comes to, for inputs of the shapes of these examples.
  public List<NodeInfo> inspect(Map<String, Tensor> example) {
    requireSupported();
    List<NodeInfo> infos = new ArrayList<>();
    Map<String, Value> known = weights.get();
    Library library =
        new Library(proto, beside)
            .observed((node, inputs, outputs, flops) -> {
              long parameters = 0;
              for (String input : node.inputs()) {
                Value weight = known.get(input);
                parameters += weight == null ? 0 : weight.tensor().elements();
              }
              infos.add(
                  new NodeInfo(
                      node.label(),
                      node.operator(),
                      outputs.stream().map(value -> value.tensor().spec()).toList(),
                      parameters,
                      flops.getAsLong()));
            });
    guarded(() -> Tape.record(inputs -> run(library, inputs), example));
    return List.copyOf(infos);
  }

  private void requireSupported() {
    Map<String, List<String>> missing = unsupported();
    if (!missing.isEmpty()) {
      StringBuilder all = new StringBuilder("needs operators that are supported, got ");
      String gap = "";
      for (Map.Entry<String, List<String>> one : missing.entrySet()) {
        all.append(gap).append(one.getKey()).append(" (").append(some(one.getValue())).append(')');
        gap = ", ";
      }
      throw new OnnxException(all.toString());
    }
  }

  private static String some(List<String> names) {
    int shown = Math.min(5, names.size());
    String text = String.join(", ", names.subList(0, shown));
    return shown == names.size() ? text : text + " and " + (names.size() - shown) + " more";
  }

  private <T> T guarded(Supplier<T> work) {
    try {
      return work.get();
    } catch (Refusal e) {
      throw new OnnxException(String.valueOf(e.getMessage()), e);
    } catch (NotConstant e) {
      throw new OnnxException(e.getMessage() + "; fix " + String.join(" and ", deciding(e)), e);
    } catch (StackOverflowError e) {
      throw new OnnxException("needs less deeply nested graphs, got a stack overflow", e);
    } catch (OutOfMemoryError e) {
      throw new OnnxException("needs more memory than there is", e);
    }
  }

  /// The inputs that a value which is needed at import depends on.
  Set<String> deciding(NotConstant wanted) {
    GraphProto graph = proto.graph();
    Map<String, NodeProto> makers = new HashMap<>();
    for (NodeProto node : graph.nodes()) {
      node.outputs().forEach(output -> makers.put(output, node));
    }
    Set<String> open = new LinkedHashSet<>(names(inputs()));
    Set<String> found = new LinkedHashSet<>();
    Set<String> seen = new LinkedHashSet<>();
    List<String> next = new ArrayList<>(List.of(wanted.value()));
    while (!next.isEmpty()) {
      String name = next.removeLast();
      @Nullable NodeProto maker = makers.get(name);
      if (!seen.add(name)) {
        continue;
      }
      if (open.contains(name)) {
        found.add(name);
      } else if (maker != null && !maker.type().equals("Shape") && !maker.type().equals("Size")) {
        next.addAll(maker.inputs());
      }
    }
    // Values of inner graphs are not looked up: any input may decide about them.
    return found.isEmpty() ? open : found;
  }

  @Nullable ElementType type(int output) {
    List<ValueInfo> outputs = proto.graph().outputs();
    return output < outputs.size() ? outputs.get(output).type() : null;
  }
}
