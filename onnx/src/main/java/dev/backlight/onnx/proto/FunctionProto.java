package dev.backlight.onnx.proto;

import dev.backlight.core.io.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An operator that a model defines by a graph of others.
///
/// @param name of the operator
/// @param domain of the operator
/// @param overload which of several of that name
/// @param inputs names within
/// @param outputs names within
/// @param required attributes that a call gives
/// @param defaults attributes that a call may give
/// @param nodes of the body
/// @param opsets the versions that the body is written in, by domain
public record FunctionProto(
    String name,
    String domain,
    String overload,
    List<String> inputs,
    List<String> outputs,
    List<String> required,
    Map<String, Attribute> defaults,
    List<NodeProto> nodes,
    Map<String, Long> opsets) {
  static FunctionProto read(Wire in) throws FormatException {
    String name = "";
    String domain = "";
    String overload = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    List<String> required = new ArrayList<>();
    Map<String, Attribute> defaults = new LinkedHashMap<>();
    List<NodeProto> nodes = new ArrayList<>();
    Map<String, Long> opsets = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 4 -> inputs.add(in.text());
        case 5 -> outputs.add(in.text());
        case 6 -> required.add(in.text());
        case 7 -> nodes.add(NodeProto.read(in.message()));
        case 9 -> ModelProto.readOpset(in.message(), opsets);
        case 10 -> domain = in.text();
        case 11 -> {
          Attribute attribute = Attribute.read(in.message());
          defaults.put(attribute.name(), attribute);
        }
        case 13 -> overload = in.text();
        default -> in.skip();
      }
    }
    return new FunctionProto(
        name,
        domain.equals("ai.onnx") ? "" : domain,
        overload,
        List.copyOf(inputs),
        List.copyOf(outputs),
        List.copyOf(required),
        defaults,
        List.copyOf(nodes),
        opsets);
  }
}
