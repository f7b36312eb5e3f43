package dev.backlight.core.kernel;

/// The loops of this JVM, made when first asked for.
final class FloatLoopsHolder {
  static final FloatLoops CURRENT =
      Lanes.isVector() ? new FloatVectorLoops(false) : new FloatScalarLoops();

  private FloatLoopsHolder() {}
}
