package dev.backlight.onnx.proto;

import dev.backlight.core.io.FormatException;
import java.util.ArrayList;
import java.util.List;

/// A graph: nodes in an order in which each can be computed, weights, inputs and outputs.
///
/// @param name of the graph
/// @param nodes in the order of the file
/// @param initializers the weights
/// @param sparse names of weights that are stored as sparse tensors
/// @param inputs which may name weights again
/// @param outputs of the graph
/// @param values what is known about values within
public record GraphProto(
    String name,
    List<NodeProto> nodes,
    List<TensorProto> initializers,
    List<SparseProto> sparse,
    List<ValueInfo> inputs,
    List<ValueInfo> outputs,
    List<ValueInfo> values) {
  static GraphProto read(Wire in) throws FormatException {
    String name = "";
    List<NodeProto> nodes = new ArrayList<>();
    List<TensorProto> initializers = new ArrayList<>();
    List<SparseProto> sparse = new ArrayList<>();
    List<ValueInfo> inputs = new ArrayList<>();
    List<ValueInfo> outputs = new ArrayList<>();
    List<ValueInfo> values = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> nodes.add(NodeProto.read(in.message()));
        case 2 -> name = in.text();
        case 5 -> initializers.add(TensorProto.read(in.message()));
        case 11 -> inputs.add(ValueInfo.read(in.message()));
        case 12 -> outputs.add(ValueInfo.read(in.message()));
        case 13 -> values.add(ValueInfo.read(in.message()));
        case 15 -> sparse.add(SparseProto.read(in.message()));
        default -> in.skip();
      }
    }
    return new GraphProto(
        name,
        List.copyOf(nodes),
        List.copyOf(initializers),
        List.copyOf(sparse),
        List.copyOf(inputs),
        List.copyOf(outputs),
        List.copyOf(values));
  }
}
