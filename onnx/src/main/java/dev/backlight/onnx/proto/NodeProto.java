package dev.backlight.onnx.proto;

import dev.backlight.core.io.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A node: an operator by name, and what goes in and comes out.
///
/// @param inputs names of values; an empty one is an input left out
/// @param outputs names of values; an empty one is an output that nobody wants
/// @param name of the node, often empty
/// @param type the operator
/// @param domain whose operator it is; nothing means that of ONNX itself
/// @param overload which of several functions of that name
/// @param attributes by name
public record NodeProto(
    List<String> inputs,
    List<String> outputs,
    String name,
    String type,
    String domain,
    String overload,
    Map<String, Attribute> attributes) {
  static NodeProto read(Wire in) throws FormatException {
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    String name = "";
    String type = "";
    String domain = "";
    String overload = "";
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> inputs.add(in.text());
        case 2 -> outputs.add(in.text());
        case 3 -> name = in.text();
        case 4 -> type = in.text();
        case 5 -> {
          Attribute attribute = Attribute.read(in.message());
          if (attributes.put(attribute.name(), attribute) != null) {
            throw in.bad(
                "a node needs attributes of different names, got two '" + attribute.name() + "'");
          }
        }
        case 7 -> domain = in.text();
        case 8 -> overload = in.text();
        default -> in.skip();
      }
    }
    return new NodeProto(
        List.copyOf(inputs),
        List.copyOf(outputs),
        name,
        type,
        domain.equals("ai.onnx") ? "" : domain,
        overload,
        attributes);
  }

  /// The operator with its domain: `Conv`, `ai.onnx.ml.Scaler`.
  public String operator() {
    return domain.isEmpty() ? type : domain + "." + type;
  }

  /// What people know the node by: its name, or else that of its first output.
  public String label() {
    return !name.isEmpty()
        ? name
        : outputs.stream().filter(output -> !output.isEmpty()).findFirst().orElse("");
  }
}
