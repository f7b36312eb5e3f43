package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Programs as JSON and back. The last one is the tape's own; the bodies of nested ops come before
/// those that hold them.
final class TapeText {
  static final String FORMAT = "backlight-tape/1";

  private final Map<String, Tensor> constants;
  private final List<Object> programs = new ArrayList<>();
  private final IdentityHashMap<Program, Integer> numbers = new IdentityHashMap<>();

  /// Constants are collected in the map.
  TapeText(Map<String, Tensor> constants) {
    this.constants = constants;
  }

  // ---- writing ----

  Map<String, Object> write(Program program, List<String> inputs, List<String> outputs) {
    number(program);
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("format", FORMAT);
    page.put("inputs", inputs);
    page.put("outputs", outputs);
    page.put("programs", programs);
    return page;
  }

  /// The number under which a program is written.
  private int number(Program p) {
    Integer known = numbers.get(p);
    if (known != null) {
      return known;
    }
    if (!p.guards.isEmpty() || !p.pins.isEmpty()) {
      throw new IllegalArgumentException(
          "a tape that is saved needs bodies without guards and pins, got "
              + (p.pins.isEmpty() ? "test(...) at " + p.guards.getFirst().where() : p.pins));
    }
    List<Object> nodes = new ArrayList<>();
    for (Node node : p.nodes) {
      nodes.add(node(node));
    }
    int number = programs.size();
    numbers.put(p, number);
    Map<String, Object> text = new LinkedHashMap<>();
    List<Object> inputs = new ArrayList<>();
    for (int i = 0; i < p.inputs; i++) {
      inputs.add(spec(p.specs[i]));
    }
    text.put("inputs", inputs);
    Map<String, Object> held = new LinkedHashMap<>();
    p.constants.forEach((value, block) -> {
      String name = number + "." + value;
      held.put(String.valueOf(value), spec(block.spec()));
      constants.put(name, Tensor.over(block));
    });
    text.put("constants", held);
    text.put("nodes", nodes);
    text.put("outputs", p.outputs);
    programs.add(text);
    return number;
  }

  private Map<String, Object> node(Node node) {
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("first", node.output());
    text.put("makes", node.outputs().stream().map(TapeText::spec).toList());
    text.put("does", OpText.write(node.op(), this::number));
    text.put("reads", node.inputs());
    text.put("where", node.where());
    if (node.behind() != null) {
      text.put("behind", node.behind());
    }
    if (node.label() != null) {
      text.put("label", node.label());
    }
    return text;
  }

  private static String spec(Spec spec) {
    return spec.dtype() + Arrays.toString(spec.shape().sizes()).replace(" ", "");
  }

  /// The page with a line for each node.
  static String lines(Map<String, Object> page) {
    StringBuilder text = new StringBuilder("{\n");
    page.forEach((key, value) -> {
      if (!key.equals("programs")) {
        text.append(Json.write(key)).append(": ").append(Json.write(value)).append(",\n");
      }
    });
    text.append("\"programs\": [\n");
    List<?> programs = (List<?>) Objects.requireNonNull(page.get("programs"));
    for (int p = 0; p < programs.size(); p++) {
      Map<?, ?> program = (Map<?, ?>) programs.get(p);
      text.append("{\"inputs\": ").append(Json.write(program.get("inputs")));
      text.append(",\n\"constants\": ").append(Json.write(program.get("constants")));
      text.append(",\n\"nodes\": [\n");
      List<?> nodes = (List<?>) Objects.requireNonNull(program.get("nodes"));
      for (int n = 0; n < nodes.size(); n++) {
        text.append(Json.write(nodes.get(n))).append(n == nodes.size() - 1 ? "\n" : ",\n");
      }
      text.append("],\n\"outputs\": ").append(Json.write(program.get("outputs"))).append('}');
      text.append(p == programs.size() - 1 ? "\n" : ",\n");
    }
    return text.append("]\n}\n").toString();
  }

  // ---- reading ----

  /// What a page holds.
  record Saved(Program program, List<String> inputs, List<String> outputs) {}

  static Saved read(Map<?, ?> page, Map<String, Tensor> constants, Set<Class<?>> custom)
      throws FormatException {
    List<Program> programs = new ArrayList<>();
    for (Object text : OpText.list(page.get("programs"), "programs")) {
      Map<?, ?> map = OpText.need(Map.class, text, "a program");
      programs.add(program(map, programs, constants, custom));
    }
    if (programs.isEmpty()) {
      throw new FormatException("needs at least one program, got none");
    }
    Program main = programs.getLast();
    List<String> inputs = names(page.get("inputs"), "inputs", main.inputs);
    return new Saved(main, inputs, names(page.get("outputs"), "outputs", main.outputs.length));
  }

  private static List<String> names(@Nullable Object text, String what, int count)
      throws FormatException {
    List<String> names = new ArrayList<>();
    for (Object name : OpText.list(text, what)) {
      names.add(OpText.need(String.class, name, what));
    }
    if (names.size() != count || Set.copyOf(names).size() != count) {
      throw new FormatException(what + " need " + count + " different names, got " + names);
    }
    return List.copyOf(names);
  }

  private static Program program(
      Map<?, ?> text, List<Program> earlier, Map<String, Tensor> constants, Set<Class<?>> custom)
      throws FormatException {
    List<Spec> specs = new ArrayList<>();
    for (Object input : OpText.list(text.get("inputs"), "inputs")) {
      specs.add(spec(input, "an input"));
    }
    int inputs = specs.size();
    Map<Integer, Block> held = new LinkedHashMap<>();
    Map<?, ?> listed = OpText.need(Map.class, text.get("constants"), "constants");
    for (Map.Entry<?, ?> entry : listed.entrySet()) {
      Spec spec = spec(entry.getValue(), "a constant");
      String name = earlier.size() + "." + entry.getKey();
      Tensor tensor = constants.get(name);
      if (!entry.getKey().equals(String.valueOf(specs.size()))) {
        throw new FormatException(
            "constants need numbers in order, next " + specs.size() + ", got " + entry.getKey());
      }
      if (tensor == null || !tensor.spec().equals(spec)) {
        throw new FormatException(
            "constant "
                + name
                + " needs "
                + spec
                + ", got "
                + (tensor == null ? "none" : tensor.spec()));
      }
      held.put(specs.size(), Objects.requireNonNull(tensor.block()));
      specs.add(spec);
    }
    List<Node> nodes = new ArrayList<>();
    for (Object line : OpText.list(text.get("nodes"), "nodes")) {
      Map<?, ?> node = OpText.need(Map.class, line, "a node");
      try {
        nodes.add(node(node, specs, earlier, custom));
      } catch (FormatException e) {
        throw new FormatException("node " + nodes.size() + ": " + e.getMessage());
      }
    }
    int[] outputs = values(text.get("outputs"), "outputs", specs.size());
    return new Program(
        inputs,
        Map.of(),
        held,
        List.copyOf(nodes),
        specs.toArray(Spec[]::new),
        outputs,
        List.of(),
        List.of(),
        new Block[inputs]);
  }

  private static Node node(
      Map<?, ?> text, List<Spec> specs, List<Program> earlier, Set<Class<?>> custom)
      throws FormatException {
    Op op =
        OpText.read(
            OpText.need(Map.class, text.get("does"), "does"),
            custom,
            number -> number >= 0 && number < earlier.size() ? earlier.get(number) : null);
    int[] reads = values(text.get("reads"), "reads", specs.size());
    Spec[] made;
    try {
      made = op.infer(Arrays.stream(reads).mapToObj(specs::get).toArray(Spec[]::new));
    } catch (RuntimeException e) {
      throw new FormatException(String.valueOf(e.getMessage()));
    }
    List<Spec> declared = new ArrayList<>();
    for (Object spec : OpText.list(text.get("makes"), "makes")) {
      declared.add(spec(spec, "makes"));
    }
    if (!declared.equals(List.of(made))) {
      throw new FormatException(op.name() + " makes " + List.of(made) + ", got " + declared);
    }
    if (!Long.valueOf(specs.size()).equals(text.get("first"))) {
      throw new FormatException("first needs " + specs.size() + ", got " + text.get("first"));
    }
    Node node =
        new Node(
            op,
            reads,
            specs.size(),
            List.of(made),
            OpText.need(String.class, text.get("where"), "where"),
            word(text.get("behind"), "behind"),
            word(text.get("label"), "label"));
    specs.addAll(List.of(made));
    return node;
  }

  private static @Nullable String word(@Nullable Object text, String owner) throws FormatException {
    return text == null ? null : OpText.need(String.class, text, owner);
  }

  private static int[] values(@Nullable Object text, String what, int known)
      throws FormatException {
    List<?> list = OpText.list(text, what);
    int[] values = new int[list.size()];
    for (int i = 0; i < values.length; i++) {
      long value = OpText.need(Long.class, list.get(i), what);
      if (value < 0 || value >= known) {
        throw new FormatException(
            what + " needs values that exist, 0.." + (known - 1) + ", got " + value);
      }
      values[i] = (int) value;
    }
    return values;
  }

  private static Spec spec(@Nullable Object text, String owner) throws FormatException {
    String word = OpText.need(String.class, text, owner);
    int open = word.indexOf('[');
    if (open < 0) {
      throw new FormatException(owner + " needs a dtype and a shape, got " + word);
    }
    DType dtype = (DType) OpText.constant(DType.class, word.substring(0, open), owner);
    return Spec.of(OpText.shape(Json.parse(word.substring(open)), owner), dtype);
  }
}
