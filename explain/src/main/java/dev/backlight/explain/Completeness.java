package dev.backlight.explain;

/// What the scores of one example add up to, if the method promises that.
public enum Completeness {
  /// Nothing is promised.
  NONE("nothing"),
  /// The answer less the answer at the baseline, `f(x) − f(baseline)`.
  DIFFERENCE("f(x) - f(baseline)"),
  /// The answer itself, `f(x)`, as far as no layer has a bias.
  OUTPUT("f(x)");

  private final String text;

  Completeness(String text) {
    this.text = text;
  }

  /// As a formula in words.
  @Override
  public String toString() {
    return text;
  }
}
