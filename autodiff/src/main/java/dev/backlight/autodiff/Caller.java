package dev.backlight.autodiff;

import java.security.CodeSource;
import java.util.Set;
import java.util.stream.Stream;

/// Finds the user's source line: the innermost frame that is not the engine's own.
final class Caller {
  private static final Set<String> ENGINE =
      Set.of(
          "dev.backlight.core",
          "dev.backlight.autodiff",
          "dev.backlight.nn",
          "dev.backlight.explain",
          "dev.backlight.onnx");

  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private static final ClassValue<Boolean> OURS =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return isEngine(type);
        }
      };

  private Caller() {}

  /// As in `Xor.java:12`, or empty when every frame is the engine's.
  static String line() {
    return WALKER.walk(Caller::line);
  }

  private static String line(Stream<StackWalker.StackFrame> frames) {
    return frames
        .filter(frame -> !OURS.get(frame.getDeclaringClass()))
        .findFirst()
        .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
        .orElse("");
  }

  private static boolean isEngine(Class<?> type) {
    String name = type.getPackageName();
    if (name.startsWith("java.") || name.startsWith("jdk.")) {
      return true;
    }
    boolean ours = ENGINE.stream().anyMatch(p -> name.equals(p) || name.startsWith(p + "."));
    // Tests share our packages, but not our code's place: they are users.
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return ours && (source == null || !source.getLocation().getPath().contains("test-classes"));
  }
}
