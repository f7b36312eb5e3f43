package dev.backlight.explain.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// The colours of figures and pages, light and dark, and the style sheet that goes with a figure.
///
/// A page uses them as CSS variables. A figure that stands alone gets literal colours, because the
/// drawing programs that people open it with (Inkscape, librsvg) know no variables.
final class Theme {

  /// Name → light, dark. Orange and blue stay apart for all common kinds of colour blindness and
  /// are equally far from the page; `low` to `high` grow monotonically away from it.
  private static final Map<String, String[]> COLOURS = colours();

  private static final String RULES = Resource.text("figure.css");
  private static final String STANDALONE =
      literal(0) + "@media (prefers-color-scheme:dark){\n" + literal(1) + "}\n";

  private Theme() {}

  private static Map<String, String[]> colours() {
    Map<String, String[]> all = new LinkedHashMap<>();
    all.put("paper", new String[] {"#fdfdfc", "#15171b"});
    all.put("ink", new String[] {"#1f2328", "#e6e6e3"});
    all.put("muted", new String[] {"#63686f", "#9a9fa7"});
    all.put("line", new String[] {"#e4e4e0", "#2c3037"});
    all.put("axis", new String[] {"#a9adb3", "#5a606a"});
    all.put("pos", new String[] {"#b94e00", "#ff9e4f"});
    all.put("neg", new String[] {"#1a62b0", "#6cb0ff"});
    all.put("on", new String[] {"#ffffff", "#14161a"});
    all.put("plain", new String[] {"#5b6b7f", "#8d9db3"});
    all.put("nan", new String[] {"#dcdcd8", "#363a41"});
    String[] light = {
      "#55b5a3", "#4fa3ab", "#5592b3", "#6380b6", "#726db2", "#7e5aa9", "#86479b", "#87328a",
      "#831e76", "#7a085f"
    };
    String[] dark = {
      "#2f8d80", "#3b8f9a", "#4d92b2", "#6794c6", "#8496d5", "#a399df", "#c09fe4", "#d9a8e8",
      "#eeb5ec", "#ffc6f2"
    };
    for (int i = 0; i < light.length; i++) {
      all.put("q" + i, new String[] {light[i], dark[i]});
    }
    String[] lines = {"#1a62b0", "#b94e00", "#0b7d62", "#a03a8c", "#7a6a00", "#5a4fcf"};
    String[] linesDark = {"#6cb0ff", "#ff9e4f", "#4cc9a6", "#e58fd4", "#d6c24a", "#a79dff"};
    for (int i = 0; i < lines.length; i++) {
      all.put("c" + i, new String[] {lines[i], linesDark[i]});
    }
    return all;
  }

  /// The style sheet for a figure that is a file of its own.
  static String standalone() {
    return STANDALONE;
  }

  /// The style sheet for the figures of a page, with the variables that the page itself uses too.
  static String page() {
    return COLOURS.entrySet().stream()
            .map(e ->
                "--%s:light-dark(%s,%s);".formatted(e.getKey(), e.getValue()[0], e.getValue()[1]))
            .collect(Collectors.joining("\n", ":root{color-scheme:light dark;\n", "\n}\n"))
        + RULES;
  }

  private static String literal(int theme) {
    String rules = RULES;
    for (var colour : COLOURS.entrySet()) {
      rules = rules.replace("var(--" + colour.getKey() + ")", colour.getValue()[theme]);
    }
    return rules;
  }
}
