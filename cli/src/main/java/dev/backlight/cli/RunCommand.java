package dev.backlight.cli;

import dev.backlight.core.Tensor;
import dev.backlight.core.io.AtomicFile;
import dev.backlight.core.io.Npy;
import dev.backlight.onnx.OnnxModel;
import dev.backlight.onnx.Port;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs an ONNX model on given inputs.
@Command(
    name = "run",
    customSynopsis = "backlight run MODEL.onnx --input FILE [OPTIONS]",
    description = "Runs an ONNX model on arrays, on an image or on rows of a table.",
    footer = {
      "  backlight run model.onnx --input x.npy --out y.npy",
      "  backlight run resnet50.onnx --input cat.png --mean 0.485,0.456,0.406 --std"
          + " 0.229,0.224,0.225",
      "  backlight run data/iris.onnx --input data/iris.csv",
      "  backlight run bert.onnx --input input_ids=ids.npy --input attention_mask=mask.npy"
    })
final class RunCommand extends Action {
  @Parameters(paramLabel = "MODEL.onnx", description = "The model.")
  private Path file = Path.of("");

  @Option(
      names = "--input",
      required = true,
      paramLabel = "[NAME=]FILE",
      description =
          "An array (.npy), for (n, c, h, w) an image (.png, .jpg), for (n, d) a table (.csv).")
  private List<String> inputs = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "FILE.npy",
      description = "Where the first output goes; without it, it is shown.")
  private @Nullable Path out;

  @Mixin private InputOptions options = new InputOptions();

  RunCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void act() throws IOException {
    Path target = out;
    if (target != null) {
      Options.require(
          target.toString().endsWith(".npy"), "--out needs a name that ends in .npy", target);
      AtomicFile.requireWritable(target);
    }
    OnnxModel model = Models.read(file);
    Preparation prepare = options.of(file);
    Map<String, Tensor> values = new LinkedHashMap<>();
    List<Port> ports = model.inputs();
    for (String text : inputs) {
      Port port = InputFiles.port(text, ports);
      values.put(port.name(), InputFiles.read(InputFiles.path(text, ports), port, prepare).x());
    }
    Map<String, Tensor> outputs = Models.asked(file, () -> model.apply(values));
    for (Map.Entry<String, Tensor> one : outputs.entrySet()) {
      line("output", one.getKey() + ": " + one.getValue().spec());
    }
    Tensor first = outputs.values().iterator().next();
    if (target == null) {
      terminal.say(first.toString());
    } else {
      Npy.write(target, first);
      line("written", target.toString());
    }
  }
}
