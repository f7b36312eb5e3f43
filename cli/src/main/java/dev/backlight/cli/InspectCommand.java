package dev.backlight.cli;

import dev.backlight.core.Spec;
import dev.backlight.onnx.NodeInfo;
import dev.backlight.onnx.OnnxModel;
import dev.backlight.onnx.Port;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows what an ONNX file holds.
@Command(
    name = "inspect",
    customSynopsis = "backlight inspect MODEL.onnx [OPTIONS]",
    description = "Shows what an ONNX model holds: inputs, nodes, shapes, parameters, operations.",
    footer = {
      "  backlight inspect resnet50.onnx",
      "  backlight inspect bert.onnx --shape input_ids=1,128 --shape attention_mask=1,128"
    })
final class InspectCommand extends Action {
  @Parameters(paramLabel = "MODEL.onnx", description = "The model.")
  private Path file = Path.of("");

  @Option(
      names = "--shape",
      paramLabel = "NAME=SIZES",
      description =
          "Sizes of an input, such as x=1,3,224,224; what the file leaves open is 1 otherwise.")
  private List<String> shapes = new ArrayList<>();

  InspectCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void act() throws IOException {
    OnnxModel model = Models.read(file);
    line(
        "model",
        file.getFileName() + (model.producer().isEmpty() ? "" : ", by " + model.producer()));
    line("version", "opset " + model.opset() + ", IR " + model.irVersion());
    for (Port port : model.inputs()) {
      line("input", port.name() + ": " + port);
    }
    for (Port port : model.outputs()) {
      line("output", port.name() + ": " + port);
    }
    line("nodes", grouped(model.nodes()));
    line("parameters", grouped(model.parameters()));
    Map<String, List<String>> missing = model.unsupported();
    if (!missing.isEmpty()) {
      for (Map.Entry<String, List<String>> one : missing.entrySet()) {
        line("unsupported", one.getKey() + ": " + String.join(", ", one.getValue()));
      }
      return;
    }
    table(Models.asked(file, () -> model.inspect(Models.examples(model, shapes))));
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private void table(List<NodeInfo> nodes) {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"node", "operator", "shape", "parameters", "operations"});
    long flops = 0;
    for (NodeInfo node : nodes) {
      flops += node.flops();
      rows.add(
          new String[] {
            node.name(),
            node.operator(),
            String.join(", ", node.outputs().stream().map(InspectCommand::shape).toList()),
            node.parameters() == 0 ? "" : grouped(node.parameters()),
            node.flops() == 0 ? "" : grouped(node.flops())
          });
    }
    line("operations", grouped(flops) + " for one run of the shapes below");
    int[] widths = new int[rows.getFirst().length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    terminal.say("");
    for (String[] row : rows) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        String gap = " ".repeat(widths[i] - row[i].length());
        text.append(i < 3 ? row[i] + gap : gap + row[i]).append("  ");
      }
      terminal.say(text.toString().stripTrailing());
    }
  }

  private static String shape(Spec spec) {
    return spec.shape().toString();
  }
}
