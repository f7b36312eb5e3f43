/// Tapes and their derivatives.
@org.jspecify.annotations.NullMarked
module dev.backlight.autodiff {
  requires jdk.jfr;
  requires static org.jspecify;
  requires static jdk.management;
  requires it.unimi.dsi.fastutil.core;
  requires transitive dev.backlight.core;

  exports dev.backlight.autodiff;
  exports dev.backlight.autodiff.draw;
}
