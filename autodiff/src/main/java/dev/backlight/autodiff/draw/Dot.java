package dev.backlight.autodiff.draw;

import dev.backlight.autodiff.Tape;

/// A tape in the language of Graphviz: `dot -Tsvg tape.dot > tape.svg`.
public final class Dot {
  private Dot() {}

  /// The source of a directed graph from inputs, at the top, to outputs.
  public static String of(Tape<?, ?> tape) {
    TapeGraph graph = TapeGraph.of(tape);
    StringBuilder dot = new StringBuilder("digraph tape {\n");
    dot.append("  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n");
    for (int i = 0; i < graph.boxes().size(); i++) {
      TapeGraph.Box box = graph.boxes().get(i);
      dot.append("  n").append(i).append(" [label=");
      quote(dot, box.title() + "\n" + box.detail());
      dot.append(", tooltip=");
      quote(dot, box.hint());
      dot.append(", fillcolor=\"").append(Palette.light(box.kind())).append("\"];\n");
    }
    for (TapeGraph.Arrow arrow : graph.arrows()) {
      dot.append("  n").append(arrow.from()).append(" -> n").append(arrow.to());
      dot.append(" [tooltip=");
      quote(dot, arrow.shape());
      dot.append("];\n");
    }
    return dot.append("}\n").toString();
  }

  private static void quote(StringBuilder dot, String text) {
    dot.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> dot.append('\\').append(c);
        case '\n' -> dot.append("\\n");
        default -> dot.append(c);
      }
    }
    dot.append('"');
  }
}
