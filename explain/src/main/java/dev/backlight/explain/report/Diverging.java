package dev.backlight.explain.report;

/// The signed colour scale: orange above zero, blue below, and zero exactly the colour of the page.
///
/// A colour is an ink and an opacity `|v| / reach`, so one drawing serves light and dark. `reach`
/// is the number drawn in full ink, by default the largest magnitude in the data, and the legend
/// says it.
record Diverging(double reach) {

  static Diverging over(double largest) {
    return new Diverging(largest);
  }

  String ink(double value) {
    return value < 0 ? "neg" : "pos";
  }

  double opacity(double value) {
    return reach > 0 ? Math.min(1, Math.abs(value) / reach) : 0;
  }

  /// The class for text on top of the value's colour.
  String textOn(double value) {
    return opacity(value) > 0.68 ? "on" : "";
  }
}
