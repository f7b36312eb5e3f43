package dev.backlight.cli;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.AtomicFile;
import dev.backlight.core.io.Npy;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.Occlusion;
import dev.backlight.explain.Regions;
import dev.backlight.explain.Target;
import dev.backlight.explain.report.BarRanking;
import dev.backlight.explain.report.HeatMap;
import dev.backlight.explain.report.Report;
import dev.backlight.onnx.OnnxModel;
import dev.backlight.onnx.Port;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Why an ONNX model answers an input as it does.
///
/// @param file the model
/// @param input what it is asked
/// @param how the method
/// @param baseline `zeros`, a number, or an array's file
/// @param target the number or name of the output that is explained, or `null` for the greatest
/// @param prepare how a picture or row becomes numbers
/// @param rows how many examples at most
/// @param out what is written, by its ending
record OnnxExplanation(
    Path file,
    Path input,
    Method how,
    String baseline,
    @Nullable String target,
    Preparation prepare,
    int rows,
    Path out) {
  /// Explains, writes, and answers what there is to say, by name.
  Map<String, String> write() throws IOException {
    String name = out.toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(".html") && !name.endsWith(".json") && !name.endsWith(".npy")) {
      throw new BadInput("--out needs a name that ends in .html, .json or .npy, got '" + out + "'");
    }
    AtomicFile.requireWritable(out);
    OnnxModel model = Models.read(file);
    Answer answer = Models.asked(file, () -> explained(model));
    Attribution why = answer.why();
    if (name.endsWith(".npy")) {
      Npy.write(out, why.scores());
    } else if (name.endsWith(".json")) {
      AtomicFile.write(
          out,
          to -> {
            try (Writer writer = new OutputStreamWriter(to, StandardCharsets.UTF_8)) {
              writer.write(why.json());
            }
          });
    } else {
      page(answer).writeTo(out);
    }
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("method", why.method() + " from " + baseline);
    lines.put("target", why.target() + (target == null ? "" : answer.name(prepare, 0)));
    lines.put("output", shown(why.output()));
    if (why.baselineOutput() != null) {
      lines.put("residual", Words.magnitude(why.relativeResidual()) + " of the difference");
    }
    lines.put("written", out.toString());
    return lines;
  }

  private static String shown(Tensor outputs) {
    StringBuilder text = new StringBuilder();
    for (double each : outputs.toDoubles()) {
      text.append(text.isEmpty() ? "" : ", ").append(Words.value(each));
    }
    return text.toString();
  }

  /// An explanation, and which output each example's is of; one for all if there is one.
  private record Answer(Attribution why, int[] places) {
    String name(Preparation prepare, int example) {
      return prepare.named(places[Math.min(example, places.length - 1)]);
    }
  }

  private Answer explained(OnnxModel model) throws IOException {
    if (model.inputs().size() != 1 || model.outputs().size() != 1) {
      throw new BadInput(
          file
              + ": a model of one input and one output is needed, got "
              + model.inputs().size()
              + " and "
              + model.outputs().size());
    }
    Port port = model.inputs().getFirst();
    InputFiles.Input read = InputFiles.read(input, port, prepare);
    Tensor x = read.x();
    if (x.rank() > 0 && x.size(0) > rows) {
      x = x.slice(0, 0, rows);
    }
    if (!x.dtype().isFloat() || x.rank() < 1 || x.size(0) < 1) {
      throw new BadInput(input + ": floats (n, ...) are needed, got " + x.spec());
    }
    Tensor y = model.apply(x);
    int outputs = y.elements() / x.size(0);
    if (y.rank() == 0 || y.size(0) != x.size(0) || outputs == 0) {
      throw new BadInput(
          file + ": an output (n, k) for inputs " + x.shape() + " is needed, got " + y.shape());
    }
    int[] places =
        target != null
            ? new int[] {prepare.output(target, outputs)}
            : flat(y).argmax(1).to(DType.I32).toInts();
    Target aim = target != null || outputs == 1 ? Target.at(places[0]) : Target.predicted();
    Attribution why = explainer(x).explain(batch -> flat(model.apply(batch)), x, aim);
    return new Answer(
        x.rank() == 2 && read.names().size() == x.size(1) ? why.named(read.names()) : why, places);
  }

  private static Tensor flat(Tensor y) {
    return y.rank() == 2 ? y : y.reshape(Shape.of(y.size(0), y.elements() / y.size(0)));
  }

  /// Pixels are taken away in patches, of which an image has some two hundred.
  private Explainer explainer(Tensor x) throws IOException {
    Baseline from = baseline(x);
    if (how == Method.OCCLUSION && x.rank() == 4) {
      int h = Math.max(1, x.size(2) / 14);
      int w = Math.max(1, x.size(3) / 14);
      return Occlusion.with(from)
          .of(Regions.windows(List.of(x.size(1), h, w), List.of(x.size(1), h, w)));
    }
    return how.explainer(from);
  }

  private Baseline baseline(Tensor x) throws IOException {
    if (baseline.equals("zeros")) {
      return Baseline.zeros();
    }
    try {
      return Baseline.constant(Double.parseDouble(baseline));
    } catch (NumberFormatException e) {
      Path path = Path.of(baseline);
      if (!baseline.endsWith(".npy") || !Files.isRegularFile(path)) {
        throw new BadInput(
            "--baseline needs zeros, a number or an array (.npy), got '" + baseline + "'", e);
      }
      Tensor value = Npy.read(path).to(x.dtype());
      if (!value.shape().expandsTo(x.shape())) {
        throw new BadInput(
            "--baseline needs an array like " + x.shape() + ", got " + value.shape());
      }
      return Baseline.of(value);
    }
  }

  // ---- the page ----

  private Report page(Answer answer) {
    Attribution why = answer.why();
    Report report =
        Report.titled("Why " + file.getFileName() + " answers so")
            .subtitle(
                Words.capital(why.method()) + " of " + input.getFileName() + ", from " + baseline)
            .footer("backlight explain " + file.getFileName());
    for (int i = 0; i < why.examples(); i++) {
      Attribution one = why.of(i);
      report =
          report
              .section("Example " + (i + 1))
              .text(
                  "The explained output"
                      + answer.name(prepare, i)
                      + " is "
                      + Words.value(one.output().toDoubles()[0])
                      + " ("
                      + why.target()
                      + ").");
      report = one.x().rank() == 4 ? report.figure(map(one)) : report.figure(ranking(one));
    }
    return report;
  }

  private HeatMap map(Attribution one) {
    Tensor scores = Objects.requireNonNull(one.scores()).to(DType.F64);
    return HeatMap.of("Scores, summed over the channels", grid(scores.get(0).sum(0)))
        .beside(grid(one.x().to(DType.F64).get(0).mean(0)))
        .unit(how.unit("output", "input"));
  }

  private static double[][] grid(Tensor matrix) {
    double[] flat = matrix.toDoubles();
    int w = matrix.size(1);
    double[][] rows = new double[matrix.size(0)][w];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(flat, i * w, rows[i], 0, w);
    }
    return rows;
  }

  private BarRanking ranking(Attribution one) {
    double[] scores = one.scores().toDoubles();
    String[] names = new String[scores.length];
    for (int j = 0; j < names.length; j++) {
      names[j] = one.feature(j);
    }
    return BarRanking.signed("Scores of the inputs", names, scores)
        .unit(how.unit("output", "input"))
        .top(20);
  }
}
