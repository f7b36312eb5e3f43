package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.op.Mul;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// All ops that come with Backlight, found among the classes of their package.
final class OpRegistry {
  private OpRegistry() {}

  /// Every public record of the package of ops that is an op, by name.
  static List<Class<?>> all() throws IOException, URISyntaxException {
    // A folder of classes in an IDE or `mvn test`, a jar in `mvn verify`.
    Path place = Path.of(Mul.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    if (Files.isDirectory(place)) {
      return in(place.resolve("dev/backlight/core/op"));
    }
    try (FileSystem jar = FileSystems.newFileSystem(place)) {
      return in(jar.getPath("dev/backlight/core/op"));
    }
  }

  private static List<Class<?>> in(Path folder) throws IOException {
    List<Class<?>> ops = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".class") && !name.startsWith("package-info")) {
          Class<?> type = load("dev.backlight.core.op." + name.substring(0, name.length() - 6));
          if (type.isRecord() && Op.class.isAssignableFrom(type)) {
            ops.add(type);
          }
        }
      }
    }
    ops.sort(Comparator.comparing(Class::getSimpleName));
    return ops;
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
