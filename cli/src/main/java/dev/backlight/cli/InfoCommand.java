package dev.backlight.cli;

import dev.backlight.core.Backend;
import dev.backlight.core.parallel.Threads;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;

/// What the program runs on: version, JDK, vector lanes, threads.
@Command(
    name = "info",
    description = "Shows what this program runs on: JDK, vector lanes, threads.",
    footer = "  backlight info")
final class InfoCommand extends Action {
  InfoCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void act() throws IOException {
    Backend backend = Backend.current();
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("backlight", Main.version());
    lines.put(
        "java",
        System.getProperty("java.version")
            + ", "
            + System.getProperty("java.vm.name")
            + ", "
            + System.getProperty("java.vendor"));
    lines.put("system", System.getProperty("os.name") + " on " + System.getProperty("os.arch"));
    lines.put(
        "arithmetic",
        backend.isVector()
            ? "vectors of %d bits: %d lanes of F32, %d of F64"
                .formatted(backend.bits(), backend.bits() / 32, backend.bits() / 64)
            : "scalar loops, several times slower than vectors");
    lines.put("fallback", backend.isVector() ? "no" : "yes");
    lines.put("threads", String.valueOf(Threads.count()));
    lines.put("memory", Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB at most");
    lines.forEach(this::line);
  }
}
