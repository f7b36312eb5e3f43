package dev.backlight.cli;

import dev.backlight.cli.bench.Comparison;
import dev.backlight.cli.bench.Guard;
import dev.backlight.cli.bench.Row;
import dev.backlight.cli.bench.Scaling;
import dev.backlight.core.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Times everything that speed is promised for, beside PyTorch if there is one.
@Command(
    name = "bench",
    description =
        "Times products, kernels, training steps and explanations, beside other engines if asked.",
    footer = {
      "  backlight bench --quick",
      "  backlight bench --peers --json bench.json",
      "  backlight bench --only ig50 train_mlp",
      "  backlight bench --guard"
    })
final class BenchCommand extends Action {
  @Option(
      names = "--quick",
      description =
          "A short pass over a few cases on one thread: a sign of life, not to be quoted.")
  private boolean quick;

  @Option(
      names = "--peers",
      description =
          "The same in PyTorch, JAX and ONNX Runtime, if a Python with them is found, and in DJL, "
              + "ND4J and netlib, "
              + "if mvn -Ppeers -DskipTests package has built them, and the ratios.")
  private boolean peers;

  @Option(
      names = "--python",
      paramLabel = "FILE",
      defaultValue = "python3",
      description = "The interpreter that --peers runs (${DEFAULT-VALUE}).")
  private String python = "python3";

  @Option(
      names = "--onnx",
      paramLabel = "DIR",
      description =
          "A folder with ResNet-50 as model.onnx and its expected outputs, for the cases onnx_resnet50…; "
              + "onnx/src/test/reference/light_models.py writes it.")
  private @Nullable Path onnx;

  @Option(
      names = "--only",
      paramLabel = "CASE",
      arity = "1..*",
      description = "Only the cases whose names begin so.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--guard",
      description =
          "Only whether the kernels still reach half of their recorded share of the processor's peak, "
              + "at each lane width: under two minutes. --json writes the shares.")
  private boolean guard;

  @Option(
      names = "--scaling",
      paramLabel = "DIR",
      description =
          "Only how times grow with size, batch, depth, nodes and threads: tables in Markdown, and a "
              + "figure of each in this folder.")
  private @Nullable Path scaling;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "The rows as JSON: case, threads, ours_us, peer, peer_us, ratio, target, met.")
  private @Nullable Path json;

  private boolean wrong;

  BenchCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void act() throws IOException {
    if (onnx != null && !Files.isRegularFile(onnx.resolve("model.onnx"))) {
      throw new BadInput(onnx + ": a folder with a model.onnx is needed, got none");
    }
    try {
      if (guard) {
        guard();
        return;
      }
      if (scaling != null) {
        List<Scaling.Growth> all = new Scaling(terminal::note).run();
        Scaling.draw(all, scaling);
        terminal.say(Scaling.tables(all));
        return;
      }
      Comparison comparison =
          peers
              ? Comparison.withPeers(quick, only, python, onnx, terminal::note)
              : Comparison.alone(quick, only, onnx, terminal::note);
      List<Row> rows = comparison.run();
      terminal.say(Row.table(rows));
      if (json != null) {
        Json.write(json, rows.stream().map(Row::json).toList(), Json.Style.PRETTY);
      }
      wrong = rows.stream().anyMatch(row -> !row.error().isEmpty());
    } catch (IllegalArgumentException unknown) {
      throw new BadInput(String.valueOf(unknown.getMessage()), unknown);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException("it was interrupted", stopped);
    }
  }

  private void guard() throws IOException, InterruptedException {
    List<Guard.Row> rows = Guard.recorded(terminal::note).run();
    terminal.say(Guard.table(rows));
    if (json != null) {
      Json.write(json, Guard.shares(rows), Json.Style.PRETTY);
    }
    wrong = rows.stream().anyMatch(Guard.Row::isBroken);
  }

  /// A wrong answer is a failure, whatever the times; so is a kernel that has become slow.
  @Override
  int code() {
    return wrong ? Main.BUG : Main.OK;
  }
}
