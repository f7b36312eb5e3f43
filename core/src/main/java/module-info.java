/// Tensors and the operations on them.
@org.jspecify.annotations.NullMarked
module dev.backlight.core {
  requires static jdk.incubator.vector;
  requires static org.jspecify;
  requires it.unimi.dsi.fastutil.core;

  exports dev.backlight.core;
  exports dev.backlight.core.io;
  exports dev.backlight.core.op;
  exports dev.backlight.core.parallel;
}
