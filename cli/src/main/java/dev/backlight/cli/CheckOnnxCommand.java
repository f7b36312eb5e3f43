package dev.backlight.cli;

import dev.backlight.cli.Tally.End;
import dev.backlight.onnx.Conformance;
import dev.backlight.onnx.Conformance.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
      "A model with a file of the same name in JSON, which holds what another library says of it"
          + " (outputs, gradients, integrated gradients), is compared with that, and its gradient with"
          + " differences.",
      "",
      "Exit codes: 0 no answer was wrong, 1 some were."
    },
    footer = {
      "  backlight check-onnx onnx/backend/test/data/node",
      "  backlight check-onnx onnx/backend/test/data/node --unsupported",
      "  backlight check-onnx onnx/src/test/resources/dev/backlight/onnx/pytorch"
    })
final class CheckOnnxCommand extends Action {
  @Parameters(
      paramLabel = "DIR",
      description =
          "Folders with model.onnx and test_data_set_*/input_*.pb, output_*.pb; or files NAME.onnx and"
              + " NAME.json.")
  private Path folder = Path.of("");

  @Option(names = "--unsupported", description = "Also lists what is not supported, and why.")
  private boolean unsupported;

  private int code;

  CheckOnnxCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void act() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new BadInput(folder + ": a folder of test cases is needed, got none");
    }
    List<Path> cases = Conformance.cases(folder);
    List<OnnxReference> told = OnnxReference.in(folder);
    if (cases.isEmpty() && told.isEmpty()) {
      throw new BadInput(folder + ": folders with a model.onnx are needed, got none");
    }
    Tally tally = new Tally(this, unsupported);
    for (Path one : cases) {
      Result result = Conformance.run(one);
      tally.add(
          result.name(), End.valueOf(result.verdict().name()), result.reason(), result.error());
    }
    for (OnnxReference one : told) {
      one.run(tally);
    }
    tally.say();
    code = tally.code();
  }

  @Override
  int code() {
    return code;
  }
}
