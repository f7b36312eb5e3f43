package dev.backlight.core.kernel;

import java.lang.System.Logger.Level;

/// Which loops run here: decided once, when the first kernel is asked for.
///
/// The vector loops need the module `jdk.incubator.vector` and a JVM with its optimizing compiler,
/// since without it every vector is an object. `-Ddev.backlight.scalar=true` chooses the scalar
/// loops, silently.
public final class Lanes {
  private static final int BITS = decide();

  private Lanes() {}

  /// Whether the vector loops run.
  public static boolean isVector() {
    return BITS > 0;
  }

  /// The width of a vector in bits, 0 for the scalar loops.
  public static int bits() {
    return BITS;
  }

  private static int decide() {
    if (Boolean.getBoolean("dev.backlight.scalar")) {
      return 0;
    }
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      warn(
          "jdk.incubator.vector is not loaded: Backlight runs on its scalar kernels, several times slower. "
              + "Start java with --add-modules jdk.incubator.vector");
      return 0;
    }
    // "mixed mode, emulated-client" is what -XX:TieredStopAtLevel=1 reports; IDEs like to set that
    // flag.
    String mode = System.getProperty("java.vm.info", "");
    if (mode.contains("emulated-client") || mode.contains("interpreted mode")) {
      warn(
          "this JVM runs without its optimizing compiler ("
              + mode
              + "): Backlight runs on its scalar kernels, several times slower. "
              + "Start java without -Xint and -XX:TieredStopAtLevel");
      return 0;
    }
    // Below 128 bits a "vector" of floats is a pair: not worth its overhead.
    return FloatLanes.BITS >= 128 ? FloatLanes.BITS : 0;
  }

  private static void warn(String sentence) {
    System.getLogger("dev.backlight.core").log(Level.WARNING, sentence);
  }
}
