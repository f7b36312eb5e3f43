package dev.backlight.cli;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.io.AtomicFile;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Classifier;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.Standardizer;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.data.Encoder;
import dev.backlight.nn.data.Encoding;
import dev.backlight.nn.data.Missing;
import dev.backlight.nn.data.Rows;
import dev.backlight.nn.data.Table;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.train.Fitted;
import dev.backlight.nn.train.Score;
import dev.backlight.nn.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Trains a perceptron on a table and saves it.
@Command(
    name = "train",
    customSynopsis = "backlight train DATA.csv --target COLUMN --model OUT [OPTIONS]",
    description =
        "Trains a small network to tell one column of a table from the others, and saves it.",
    footer = {
      "  backlight train iris.csv --target species --model iris.safetensors",
      "  backlight train people.csv --target paid --model m.safetensors --names city --missing mean",
      "  backlight train loans.csv --target paid --model m.safetensors --hidden 64,32 --lr 0.001"
    })
final class TrainCommand extends Action {
  @Parameters(
      paramLabel = "DATA.csv",
      description =
          "Comma-separated values with a header; all columns but the target are numbers, unless"
              + " --names says otherwise.")
  private Path data = Path.of("");

  @Option(
      names = "--target",
      required = true,
      paramLabel = "COLUMN",
      description = "The column to tell: its values are the classes.")
  private String target = "";

  @Option(
      names = "--model",
      required = true,
      paramLabel = "OUT",
      description = "The file to write, in the safetensors format.")
  private Path model = Path.of("");

  @Option(
      names = "--names",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "Columns whose values are names, as in city,zip: each name becomes an input of 0 or 1, and"
              + " one that was not trained on is none of them.")
  private List<String> names = List.of();

  @Option(
      names = "--missing",
      paramLabel = "RULE",
      description =
          "What stands for empty cells of numbers: mean, median or most-frequent, of the rows that"
              + " are trained on; for names always the most frequent (default: empty cells are"
              + " refused).")
  private @Nullable String missing;

  @Option(
      names = "--hidden",
      split = ",",
      paramLabel = "WIDTH",
      description = "The widths of the hidden layers, as in 32,16 (default: ${DEFAULT-VALUE}).",
      defaultValue = "32,16")
  private List<Integer> hidden = List.of();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "How often to go through the rows (default: ${DEFAULT-VALUE}).",
      defaultValue = "60")
  private int epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "How many rows a step looks at (default: ${DEFAULT-VALUE}).",
      defaultValue = "32")
  private int batch;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "The learning rate of AdamW (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.005")
  private double rate;

  @Option(
      names = "--validation",
      paramLabel = "PART",
      description = "The part of the rows held out to judge by (default: ${DEFAULT-VALUE}).",
      defaultValue = "0.2")
  private double validation;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Where all random draws begin (default: ${DEFAULT-VALUE}).",
      defaultValue = "0")
  private long seed;

  TrainCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void act() throws IOException {
    Options.atLeastOne("--epochs", epochs);
    Options.atLeastOne("--batch", batch);
    hidden.forEach(width -> Options.atLeastOne("--hidden", width));
    Options.require(rate > 0 && Double.isFinite(rate), "--lr needs a number above 0", rate);
    Options.require(
        validation > 0 && validation < 1,
        "--validation needs a number between 0 and 1",
        validation);
    AtomicFile.requireWritable(model);

    Table table = Csv.read(data);
    Key[] keys = Key.of(seed).split(3);
    Encoded split = encoded(table, keys[0]);
    Standardizer scaling = Standardizer.fit(split.train().x());
    Trainer<Sequential> trainer =
        Trainer.<Sequential>classification(Sequential::apply)
            .optimizer(AdamW.of(rate))
            .epochs(epochs)
            .batch(batch)
            .key(keys[1])
            .progress(terminal.progress());
    Dataset train = scaled(split.train(), scaling);
    Dataset held = scaled(split.held(), scaling);
    Fitted<Sequential> fitted =
        trainer.fit(Sequential.mlp(keys[2], Activation.RELU, widths(train)), train, held);
    Score onTrain = trainer.evaluate(fitted.model(), train);
    Score onHeld = trainer.evaluate(fitted.model(), held);
    new Classifier(
            fitted.model(),
            scaling,
            train.features(),
            train.classes(),
            facts(onHeld),
            split.encoding())
        .save(model);
    report(train, held, onTrain, onHeld);
  }

  private Map<String, String> facts(Score onHeld) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("target", target);
    facts.put("accuracy", String.format(Locale.ROOT, "%.4f", onHeld.metric()));
    facts.put("epochs", String.valueOf(epochs));
    facts.put("seed", String.valueOf(seed));
    return facts;
  }

  /// Rows to train on and rows held out, and how their columns became numbers if they are not such.
  private record Encoded(Dataset train, Dataset held, @Nullable Encoding encoding) {}

  private Encoded encoded(Table table, Key key) {
    Missing rule = rule();
    if (names.isEmpty() && rule.equals(Missing.refused())) {
      Dataset all = Dataset.of(table, target);
      requireRows(all.rows(), all.classes());
      Dataset.Split split = all.split(validation, key);
      return new Encoded(split.train(), split.held(), null);
    }
    List<String> classes = Dataset.classes(table, target);
    requireRows(table.rows(), classes);
    Rows rows = Rows.stratified(table.labels(target, classes).toInts(), validation, key);
    Table train = table.select(rows.train());
    Missing named = missing == null ? Missing.refused() : Missing.mostFrequent();
    Encoding encoding =
        Encoder.of()
            .numbers(rule)
            .categories(named)
            .categorical(names.toArray(String[]::new))
            .others(true)
            .fit(train, target);
    requireNamed(encoding);
    return new Encoded(
        encoding.examples(train, target, classes, DType.F32),
        encoding.examples(table.select(rows.held()), target, classes, DType.F32),
        encoding);
  }

  private Missing rule() {
    return switch (missing) {
      case null -> Missing.refused();
      case "mean" -> Missing.mean();
      case "median" -> Missing.median();
      case "most-frequent" -> Missing.mostFrequent();
      default ->
          throw new BadInput("--missing needs mean, median or most-frequent, got " + missing);
    };
  }

  /// A column of names that nobody spoke of may be a column of numbers gone wrong.
  private void requireNamed(Encoding encoding) {
    for (Encoding.Column column : encoding.columns()) {
      if (column instanceof Encoding.Categorical && !names.contains(column.name())) {
        throw new BadInput(
            "%s, column %s: numbers are needed, got names; if so, say --names %s"
                .formatted(data, column.name(), column.name()));
      }
    }
  }

  private void requireRows(int rows, List<String> classes) {
    if (rows < 2 * classes.size()) {
      throw new BadInput(
          "%s: two rows of each of %d classes are needed to train and to judge, got %d rows"
              .formatted(data, classes.size(), rows));
    }
  }

  private static Dataset scaled(Dataset raw, Standardizer scaling) {
    return new Dataset(scaling.apply(raw.x()), raw.y(), raw.features(), raw.classes());
  }

  private int[] widths(Dataset train) {
    int[] widths = new int[hidden.size() + 2];
    widths[0] = train.features().size();
    for (int i = 0; i < hidden.size(); i++) {
      widths[i + 1] = hidden.get(i);
    }
    widths[widths.length - 1] = train.classes().size();
    return widths;
  }

  private void report(Dataset train, Dataset held, Score onTrain, Score onHeld) {
    int rows = train.rows() + held.rows();
    line("data", rows + " rows, " + train.features().size() + " features");
    line("target", target + ": " + String.join(", ", train.classes()));
    line("trained on", accuracy(train, onTrain));
    line("held out", accuracy(held, onHeld));
    line("model", model.toString());
  }

  private static String accuracy(Dataset on, Score score) {
    return String.format(Locale.ROOT, "%d rows, accuracy %.1f %%", on.rows(), 100 * score.metric());
  }
}
