package dev.backlight.onnx.proto;

import dev.backlight.core.io.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A whole file: a graph, and the versions of the operators that it is written in.
///
/// @param irVersion the version of the file format
/// @param producer the program that wrote it, with its version
/// @param graph what it computes
/// @param functions operators of its own
/// @param opsets versions by domain; ONNX's own domain is the empty text
/// @param metadata what the producer left in it
public record ModelProto(
    long irVersion,
    String producer,
    GraphProto graph,
    List<FunctionProto> functions,
    Map<String, Long> opsets,
    Map<String, String> metadata) {
  /// Reads a file.
  ///
  /// @param name of the file, for error messages
  public static ModelProto read(String name, byte[] bytes) throws FormatException {
    Wire in = Wire.of(name, bytes);
    long irVersion = 0;
    String producer = "";
    String version = "";
    @Nullable GraphProto graph = null;
    List<FunctionProto> functions = new ArrayList<>();
    Map<String, Long> opsets = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> irVersion = in.integer();
        case 2 -> producer = in.text();
        case 3 -> version = in.text();
        case 7 -> graph = GraphProto.read(in.message());
        case 8 -> readOpset(in.message(), opsets);
        case 14 -> readEntry(in.message(), metadata);
        case 25 -> functions.add(FunctionProto.read(in.message()));
        default -> in.skip();
      }
    }
    if (graph == null) {
      throw new FormatException(name, "an ONNX model needs a graph, got none");
    }
    return new ModelProto(
        irVersion,
        (producer + " " + version).strip(),
        graph,
        List.copyOf(functions),
        opsets,
        metadata);
  }

  static void readOpset(Wire in, Map<String, Long> opsets) throws FormatException {
    String domain = "";
    long version = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> domain = in.text();
        case 2 -> version = in.integer();
        default -> in.skip();
      }
    }
    opsets.put(domain.equals("ai.onnx") ? "" : domain, version);
  }

  static void readEntry(Wire in, Map<String, String> entries) throws FormatException {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.text();
        case 2 -> value = in.text();
        default -> in.skip();
      }
    }
    entries.put(key, value);
  }
}
