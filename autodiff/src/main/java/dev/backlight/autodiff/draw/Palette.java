package dev.backlight.autodiff.draw;

/// One quiet colour for each kind of box.
final class Palette {
  private Palette() {}

  static String light(TapeGraph.Kind kind) {
    return switch (kind) {
      case INPUT, OUTPUT -> "#ffffff";
      case ELEMENTWISE -> "#fde7c8";
      case PAIRWISE -> "#fbdcd3";
      case LINEAR -> "#d5e8f7";
      case BILINEAR -> "#bcd9f2";
      case ROUTING -> "#e9e9ee";
      case COUPLED -> "#e5d9f2";
      case DISCRETE -> "#dcefd9";
      case NESTED -> "#f4d8e6";
      case CUSTOM -> "#f2f0c4";
    };
  }

  static String dark(TapeGraph.Kind kind) {
    return switch (kind) {
      case INPUT, OUTPUT -> "#16191d";
      case ELEMENTWISE -> "#5c421a";
      case PAIRWISE -> "#5f3226";
      case LINEAR -> "#1f4460";
      case BILINEAR -> "#1b4f7d";
      case ROUTING -> "#3a3d44";
      case COUPLED -> "#483660";
      case DISCRETE -> "#2d4d29";
      case NESTED -> "#5c2b45";
      case CUSTOM -> "#55521c";
    };
  }
}
