package dev.backlight.core;

/// How numbers between those of a grid are found.
public enum Interpolation {
  /// The number at the place before: `⌊i n / m⌋`.
  NEAREST,
  /// In a straight line between the two neighbours.
  LINEAR,
  /// By the cubic polynomial of the four neighbours, with the slope parameter −0.75. R. Keys,
  /// "Cubic convolution interpolation" (1981).
  CUBIC
}
