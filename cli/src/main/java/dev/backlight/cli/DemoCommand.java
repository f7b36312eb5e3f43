package dev.backlight.cli;

import dev.backlight.cli.demo.Demo;
import dev.backlight.core.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Trains and explains small networks, judges explanations, cures a shortcut, and writes the page
/// about it.
@Command(
    name = "demo",
    description =
        "Trains small networks (XOR, handwritten digits, breast cancer), explains their answers,"
            + " judges the explanations, cures a network of a shortcut, and writes one page that"
            + " shows it all.",
    footer = {"  backlight demo", "  backlight demo --seed 7 --out seven.html"})
final class DemoCommand extends Action {
  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The page to write (default: ${DEFAULT-VALUE}).",
      defaultValue = "backlight-report.html")
  private Path out = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description =
          "Where all random draws begin; the same seed gives the same page"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  @Option(names = "--quick", description = "Less training, fewer scans.")
  private boolean quick;

  DemoCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void act() throws IOException {
    long began = System.nanoTime();
    AtomicFile.requireWritable(out);
    Demo demo = Demo.run(seed, quick ? Demo.Size.quick() : Demo.Size.full(), terminal);
    demo.report().writeTo(out);
    demo.figures().forEach(this::line);
    line("report", out.toAbsolutePath().normalize() + size());
    line(
        "time",
        String.format(Locale.ROOT, "%.1f s, seed %d", (System.nanoTime() - began) * 1e-9, seed));
  }

  private String size() throws IOException {
    return Files.isRegularFile(out)
        ? String.format(Locale.ROOT, " (%.1f MB)", Files.size(out) * 1e-6)
        : "";
  }
}
