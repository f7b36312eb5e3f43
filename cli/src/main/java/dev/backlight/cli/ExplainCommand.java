package dev.backlight.cli;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.AtomicFile;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Target;
import dev.backlight.nn.Classifier;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Explains a saved model's answers to the rows of a table.
@Command(
    name = "explain",
    customSynopsis = {
      "backlight explain DATA.csv --model FILE --out FILE [OPTIONS]",
      "backlight explain MODEL.onnx --input FILE --out FILE [OPTIONS]"
    },
    description =
        "Explains a trained model's answers to the rows of a table, or an ONNX model's answer to"
            + " arrays and images.",
    footer = {
      "  backlight explain --model iris.safetensors iris.csv --out why.html",
      "  backlight explain --model iris.safetensors iris.csv --method lrp --rows 5 --out why.json",
      "  backlight explain --model iris.safetensors iris.csv --target-class setosa --out why.csv",
      "  backlight explain resnet50.onnx --input cat.png --target 281 --out why.html",
      "  backlight explain data/iris.onnx --input data/iris.csv --rows 3 --out why.html"
    })
final class ExplainCommand extends Action {
  @Parameters(
      paramLabel = "DATA.csv|MODEL.onnx",
      description =
          "Rows with the columns that the model was trained on, in any order; or an ONNX model.")
  private Path data = Path.of("");

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "A model written by 'backlight train'.")
  private @Nullable Path model;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description =
          "What to write: a page (.html), all numbers (.json), a table (.csv); for ONNX a page, all"
              + " numbers, or the scores as an array (.npy).")
  private Path out = Path.of("");

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description =
          "ig, saliency, gxi, lrp, occlusion, or another of 'backlight methods' (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "ig")
  private String method = "";

  @Option(
      names = "--baseline",
      paramLabel = "NAME",
      description =
          "What contributions are measured from: the mean of the training rows, or zeros (default:"
              + " mean); for ONNX zeros, a number or an array (default: zeros).")
  private @Nullable String given;

  private String baseline = "mean";

  @Option(
      names = "--target-class",
      paramLabel = "CLASS",
      description = "The class whose logit is explained (default: for each row the one predicted).")
  private @Nullable String targetClass;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description =
          "What an ONNX model is asked: an array (.npy), for (n, c, h, w) an image (.png, .jpg),"
              + " for (n, d) a table (.csv).")
  private @Nullable Path input;

  @Option(
      names = "--target",
      paramLabel = "N",
      description =
          "The output of an ONNX model that is explained, by number or, if there are names of"
              + " classes, by name (default: the greatest).")
  private @Nullable String target;

  @Mixin private InputOptions options = new InputOptions();

  @Option(
      names = "--rows",
      paramLabel = "N|all",
      description = "How many rows to explain, from the first on (default: ${DEFAULT-VALUE}).",
      defaultValue = "all")
  private String rows = "";

  ExplainCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void act() throws IOException {
    Method how = Method.named(method);
    if (Models.isOnnx(data)) {
      onnx(how);
      return;
    }
    baseline = given == null ? "mean" : given;
    Options.require(
        baseline.equals("mean") || baseline.equals("zeros"),
        "--baseline needs mean or zeros",
        "'" + baseline + "'");
    Output format = Output.of(out);
    AtomicFile.requireWritable(out);
    Path model = this.model;
    if (model == null) {
      throw new BadInput("explain needs a --model for the rows of " + data + ", got none");
    }
    Classifier saved = load(model);
    Explained explained = explain(saved, Csv.read(data), how);
    format.write(explained, out);
    report(explained);
  }

  private void onnx(Method how) throws IOException {
    Path asked = input;
    if (asked == null) {
      throw new BadInput("explain needs an --input for " + data + ", got none");
    }
    OnnxExplanation explanation =
        new OnnxExplanation(
            data,
            asked,
            how,
            given == null ? "zeros" : given,
            target,
            options.of(data),
            count(Integer.MAX_VALUE),
            out);
    explanation.write().forEach(this::line);
  }

  private Explained explain(Classifier saved, Table table, Method how) {
    int n = count(table.rows());
    Tensor x = saved.inputs(table).slice(0, 0, n);
    String column = saved.facts().getOrDefault("target", "");
    int @Nullable [] labels = null;
    if (table.columns().contains(column)) {
      labels = Arrays.copyOf(table.labels(column, saved.classes()).toInts(), n);
    }
    int[] predicted = saved.predict(x).to(DType.I32).toInts();
    int[] targets = targets(saved, predicted);

    Tensor z = saved.standardizer().apply(x);
    // Standardised, the mean of training is zero.
    Tensor nothing = Tensor.zeros(Shape.of(1, x.size(1)), x.dtype());
    Tensor point = baseline.equals("mean") ? nothing : saved.standardizer().apply(nothing);
    Sequential seen = seenFrom(point, saved.model());
    Attribution attribution =
        how.explainer()
            .explain(seen::apply, z.sub(point), Target.each(targets))
            .named(saved.features());
    // Every method here starts at zeros, also those that need not know it: f there belongs to the
    // result.
    if (attribution.baselineOutput() == null) {
      Tensor zeros = Tensor.zeros(z.shape(), z.dtype());
      attribution = attribution.against(zeros, Target.each(targets).scalars(seen.apply(zeros)));
    }
    return new Explained(
        saved,
        data.getFileName().toString(),
        how,
        baseline,
        x,
        predicted,
        targets,
        labels,
        attribution);
  }

  /// The model as a function of how far its inputs are from a point (1, d).
  private static Sequential seenFrom(Tensor point, Sequential model) {
    List<Layer> layers = new ArrayList<>(model.layers());
    if (layers.getFirst() instanceof Linear first) {
      // In the first bias, the point is nothing that a method without a baseline could mistake for
      // input.
      Tensor shift = point.matmul(first.weight()).flatten();
      Tensor bias = first.bias();
      layers.set(0, new Linear(first.weight(), bias == null ? shift : bias.add(shift)));
    } else {
      layers.addFirst(x -> x.add(point));
    }
    return new Sequential(layers);
  }

  private static Classifier load(Path model) throws IOException {
    if (Files.isDirectory(model)) {
      throw new BadInput(model + ": a model file is needed, got a directory");
    }
    try {
      return Classifier.load(model);
    } catch (NoSuchFileException e) {
      throw new BadInput(model + ": a model file is needed, got none of this name", e);
    }
  }

  private int[] targets(Classifier saved, int[] predicted) {
    String wanted = targetClass;
    if (wanted == null) {
      return predicted;
    }
    int place = saved.classes().indexOf(wanted);
    if (place < 0) {
      throw new BadInput(
          "--target-class needs one of "
              + String.join(", ", saved.classes())
              + ", got '"
              + wanted
              + "'");
    }
    int[] targets = new int[predicted.length];
    Arrays.fill(targets, place);
    return targets;
  }

  private int count(int available) {
    if (rows.equals("all")) {
      return available;
    }
    int wanted = 0;
    try {
      wanted = Integer.parseInt(rows);
    } catch (NumberFormatException e) {
      // Text is refused below, as 0 is.
    }
    Options.require(
        wanted >= 1, "--rows needs a whole number of at least 1, or all", "'" + rows + "'");
    return Math.min(wanted, available);
  }

  private void report(Explained explained) {
    int n = explained.rows();
    line("method", explained.attribution().method() + " from " + explained.baseline());
    line("rows", n + ", " + explained.features().size() + " features");
    Integer right = explained.right();
    if (right != null) {
      line("accuracy", "%s (%d of %d)".formatted(Words.percent(right, n), right, n));
    }
    if (explained.method().measuresShares()) {
      line("residual", Words.magnitude(explained.largestResidual()) + " logit at most");
    }
    line("written", out.toString());
  }
}
