package dev.backlight.core;

import dev.backlight.core.kernel.Lanes;

/// What the arithmetic runs on: the vector loops, or the scalar loops where there are none.
///
/// Both give the same results, bit for bit; the scalar ones take several times longer. They run
/// when java was started without `--add-modules jdk.incubator.vector`, which a warning tells once,
/// or with `-Ddev.backlight.scalar=true`.
public record Backend(String name, int bits) {
  private static final Backend CURRENT =
      Lanes.isVector() ? new Backend("vector", Lanes.bits()) : new Backend("scalar", 0);

  /// The backend of this JVM, chosen once.
  public static Backend current() {
    return CURRENT;
  }

  /// Whether the vector loops run; then [#bits()] is the width of a vector.
  public boolean isVector() {
    return bits > 0;
  }

  @Override
  public String toString() {
    return isVector() ? name + ", " + bits + " bits" : name;
  }
}
