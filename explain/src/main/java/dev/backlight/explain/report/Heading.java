package dev.backlight.explain.report;

import java.util.Objects;

/// The words on a figure: its title, its caption, and the unit that its numbers are in.
record Heading(String title, String caption, String unit) {

  Heading {
    Objects.requireNonNull(title, "title");
    Objects.requireNonNull(caption, "caption");
    Objects.requireNonNull(unit, "unit");
  }

  static Heading of(String title) {
    return new Heading(title, "", "");
  }

  Heading captioned(String text) {
    return new Heading(title, text, unit);
  }

  Heading in(String other) {
    return new Heading(title, caption, other);
  }

  /// The number with its unit: `+0.31 logit`.
  String signed(double value) {
    return Double.isNaN(value) ? Numbers.plain(value) : withUnit(Numbers.signed(value));
  }

  String withUnit(String number) {
    return unit.isEmpty() ? number : number + " " + unit;
  }
}
