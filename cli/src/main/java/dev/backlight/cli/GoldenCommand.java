package dev.backlight.cli;

import dev.backlight.cli.Tally.End;
import dev.backlight.explain.golden.GoldenCase;
import dev.backlight.explain.golden.GoldenCase.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs files of golden cases.
@Command(
    name = "golden",
    customSynopsis = "backlight golden DIR [OPTIONS]",
    description = {
      "Runs files of golden cases (models with the derivatives and explanations that other tools"
          + " computed of them) and counts passed, failed and unsupported ones.",
      "",
      "Exit codes: 0 no answer was wrong, 1 some were."
    },
    footer = {
      "  backlight golden explain/src/test/resources/golden",
      "  backlight golden explain/src/test/resources/golden/cnn.json --method lrp"
    })
final class GoldenCommand extends Action {
  @Parameters(paramLabel = "DIR", description = "A folder of .json files, or one of them.")
  private Path folder = Path.of("");

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = "Only the cases of this method, as integrated_gradients.")
  private String method = "";

  @Option(names = "--unsupported", description = "Also lists what is not supported, and why.")
  private boolean unsupported;

  private int code;

  GoldenCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void act() throws IOException {
    if (!Files.exists(folder)) {
      throw new BadInput(folder + ": a folder of golden files is needed, got none");
    }
    List<Path> files = GoldenCase.files(folder);
    if (files.isEmpty()) {
      throw new BadInput(folder + ": .json files are needed, got none");
    }
    Tally tally = new Tally(this, unsupported);
    boolean some = false;
    for (Path file : files) {
      for (GoldenCase one : GoldenCase.read(file)) {
        if (method.isEmpty() || method.equals(one.method())) {
          some = true;
          Result result = one.run();
          tally.add(
              one.name(), End.valueOf(result.verdict().name()), result.reason(), result.error());
        }
      }
    }
    if (!some) {
      throw new BadInput(
          folder + ": cases are needed" + (method.isEmpty() ? "" : " of " + method) + ", got none");
    }
    tally.say();
    code = tally.code();
  }

  @Override
  int code() {
    return code;
  }
}
