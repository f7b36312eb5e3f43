package dev.backlight.cli;

import dev.backlight.onnx.Conformance;
import dev.backlight.onnx.Conformance.Result;
import dev.backlight.onnx.Conformance.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs the test cases of the ONNX project.
@Command(
    name = "check-onnx",
    customSynopsis = "backlight check-onnx DIR [OPTIONS]",
    description = {
      "Runs a folder of test cases in the layout of the ONNX project's backend tests and counts"
          + " passed, failed and unsupported ones.",
      "",
      "Exit codes: 0 no answer was wrong, 1 some were."
    },
    footer = {
      "  backlight check-onnx onnx/backend/test/data/node",
      "  backlight check-onnx onnx/backend/test/data/node --unsupported"
    })
final class CheckOnnxCommand extends Action {
  @Parameters(
      paramLabel = "DIR",
      description = "Folders with model.onnx and test_data_set_*/input_*.pb, output_*.pb.")
  private Path folder = Path.of("");

  @Option(names = "--unsupported", description = "Also lists what is not supported, and why.")
  private boolean unsupported;

  private boolean wrong;

  CheckOnnxCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void act() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new BadInput(folder + ": a folder of test cases is needed, got none");
    }
    List<Path> cases = Conformance.cases(folder);
    if (cases.isEmpty()) {
      throw new BadInput(folder + ": folders with a model.onnx are needed, got none");
    }
    List<Result> results = new ArrayList<>();
    for (Path one : cases) {
      Result result = Conformance.run(one);
      results.add(result);
      if (result.verdict() == Verdict.FAILED) {
        terminal.say("failed       " + result.name() + ": " + oneLine(result.reason()));
      } else if (unsupported && result.verdict() == Verdict.UNSUPPORTED) {
        terminal.say("unsupported  " + result.name() + ": " + oneLine(result.reason()));
      }
    }
    Map<Verdict, Integer> tally = new TreeMap<>();
    results.forEach(result -> tally.merge(result.verdict(), 1, Integer::sum));
    for (Verdict verdict : Verdict.values()) {
      line(verdict.name().toLowerCase(Locale.ROOT), "" + tally.getOrDefault(verdict, 0));
    }
    results.stream()
        .filter(result -> result.verdict() == Verdict.PASSED)
        .max(Comparator.comparingDouble(Result::error))
        .ifPresent(most ->
            line("largest", Words.magnitude(most.error()) + " of error, in " + most.name()));
    wrong = tally.containsKey(Verdict.FAILED);
  }

  private static String oneLine(String reason) {
    String flat = reason.strip().replaceAll("\\s+", " ");
    return flat.length() <= 300 ? flat : flat.substring(0, 300) + " ...";
  }

  @Override
  int code() {
    return wrong ? Main.BUG : Main.OK;
  }
}
