package dev.backlight.cli.bench;

/// Refuses to time a wrong answer.
final class Answers {
  private Answers() {}

  /// That a number is the one wanted, to a tolerance of the larger of 1 and its size.
  static void require(String what, double got, double want, double tolerance) {
    if (!(Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want)))) {
      throw new IllegalStateException(what + " needs " + want + ", got " + got);
    }
  }
}
