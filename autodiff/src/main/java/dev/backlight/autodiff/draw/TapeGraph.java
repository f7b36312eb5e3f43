package dev.backlight.autodiff.draw;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A tape as boxes and arrows: its inputs, its nodes, its outputs. Constants are left out, because
/// they say nothing about the way.
record TapeGraph(List<Box> boxes, List<Arrow> arrows) {
  /// One thing to draw: a headline, what stands below it, and all that is known for those who ask.
  record Box(Kind kind, String title, String detail, String hint) {}

  /// From box to box, with the shape of what flows.
  record Arrow(int from, int to, String shape) {}

  /// What a box is, for its colour.
  enum Kind {
    INPUT("input"),
    ELEMENTWISE("elementwise"),
    PAIRWISE("pairwise"),
    LINEAR("linear"),
    BILINEAR("bilinear"),
    ROUTING("routing"),
    COUPLED("coupled"),
    DISCRETE("discrete"),
    NESTED("a tape"),
    CUSTOM("custom"),
    OUTPUT("output");

    final String word;

    Kind(String word) {
      this.word = word;
    }

    static Kind of(Op op) {
      return switch (op) {
        case Op.Elementwise _ -> ELEMENTWISE;
        case Op.Pairwise _ -> PAIRWISE;
        case Op.Linear _ -> LINEAR;
        case Op.Bilinear _ -> BILINEAR;
        case Op.Routing _ -> ROUTING;
        case Op.Coupled _ -> COUPLED;
        case Op.Discrete _ -> DISCRETE;
        case Op.Nested _ -> NESTED;
        case Op.Custom _ -> CUSTOM;
      };
    }
  }

  static TapeGraph of(Tape<?, ?> tape) {
    List<Box> boxes = new ArrayList<>();
    List<Arrow> arrows = new ArrayList<>();
    Map<Integer, Integer> makers = new HashMap<>();
    Map<Integer, Spec> specs = new HashMap<>();
    List<Spec> inputs = tape.inputSpecs();
    for (int i = 0; i < inputs.size(); i++) {
      makers.put(i, boxes.size());
      specs.put(i, inputs.get(i));
      String name = i < tape.inputNames().size() ? tape.inputNames().get(i) : "%" + i;
      boxes.add(new Box(Kind.INPUT, name, inputs.get(i).toString(), "%" + i));
    }
    for (Node node : tape.nodes()) {
      int box = boxes.size();
      boxes.add(box(node));
      for (int value : node.inputs()) {
        Integer from = makers.get(value);
        if (from != null) {
          arrows.add(
              new Arrow(from, box, Objects.requireNonNull(specs.get(value)).shape().toString()));
        }
      }
      for (int k = 0; k < node.outputs().size(); k++) {
        makers.put(node.output() + k, box);
        specs.put(node.output() + k, node.outputs().get(k));
      }
    }
    int[] outputs = tape.outputValues();
    for (int k = 0; k < outputs.length; k++) {
      Integer from = makers.get(outputs[k]);
      if (from != null) {
        Spec spec = Objects.requireNonNull(specs.get(outputs[k]));
        arrows.add(new Arrow(from, boxes.size(), spec.shape().toString()));
        String title = outputs.length == 1 ? "output" : tape.outputNames().get(k);
        boxes.add(new Box(Kind.OUTPUT, title, spec.toString(), "%" + outputs[k]));
      }
    }
    return new TapeGraph(List.copyOf(boxes), List.copyOf(arrows));
  }

  private static Box box(Node node) {
    String name = node.label() != null ? node.label() : node.op().name();
    StringBuilder detail = new StringBuilder(node.outputs().getFirst().shape().toString());
    if (!node.where().isEmpty()) {
      detail.append("  ").append(node.where());
    }
    String hint = "%" + node.output() + " = " + node.op() + " of " + Arrays.toString(node.inputs());
    return new Box(Kind.of(node.op()), name, detail.toString(), hint);
  }
}
