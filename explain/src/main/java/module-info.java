/// Explanations that are tapes.
@org.jspecify.annotations.NullMarked
module dev.backlight.explain {
  requires static org.jspecify;
  requires transitive dev.backlight.autodiff;

  exports dev.backlight.explain;
  exports dev.backlight.explain.golden;
  exports dev.backlight.explain.fusion;
  exports dev.backlight.explain.quality;
  exports dev.backlight.explain.report;
}
