package dev.backlight.cli.bench;

import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Processes that write JSON lines.
final class Processes {
  private Processes() {}

  /// The `java` that runs this.
  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /// What runs a class of this package in a JVM like this one.
  ///
  /// @param options of the JVM
  static List<String> ours(Class<?> main, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.add("--add-modules=jdk.incubator.vector");
    command.addAll(options);
    String modules = System.getProperty("jdk.module.path");
    if (modules == null) {
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    } else {
      command.addAll(List.of("--module-path", modules.replace(',', File.pathSeparatorChar)));
      command.addAll(List.of("-m", "dev.backlight.cli/" + main.getName()));
    }
    return command;
  }

  /// Runs a command to its end and hands over the objects that it writes, a line each, as they
  /// come.
  static void lines(List<String> command, Map<String, String> environment, Consumer<Map<?, ?>> each)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("{") && parsed(line) instanceof Map<?, ?> map) {
          each.accept(map);
        }
      }
    } finally {
      process.destroy();
    }
    process.waitFor();
  }

  /// The most memory that this process has had resident; NaN where the system does not say.
  static double megabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.isReadable(status)
        ? Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
            .findFirst()
            .orElse(Double.NaN)
        : Double.NaN;
  }

  /// A number of a line.
  static double number(Map<?, ?> line, String name) {
    if (line.get(name) instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalStateException("a number %s is needed, got %s".formatted(name, line));
  }

  private static @Nullable Object parsed(String line) throws FormatException {
    return Json.parse(line);
  }
}
