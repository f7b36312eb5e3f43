/// Trained models from other frameworks as tapes.
@org.jspecify.annotations.NullMarked
module dev.backlight.onnx {
  requires static org.jspecify;
  requires transitive dev.backlight.autodiff;
  requires it.unimi.dsi.fastutil.core;

  exports dev.backlight.onnx;
}
