package dev.backlight.cli;

import dev.backlight.core.Key;
import dev.backlight.core.io.AtomicFile;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Classifier;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.Standardizer;
import dev.backlight.nn.data.Csv;
import dev.backlight.nn.data.Dataset;
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
      "  backlight train loans.csv --target paid --model m.safetensors --hidden 64,32 --lr 0.001"
    })
final class TrainCommand extends Action {
  @Parameters(
      paramLabel = "DATA.csv",
      description = "Comma-separated values with a header; all columns but the target are numbers.")
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
    Dataset.Split split = split(Dataset.of(table, target), keys[0]);
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
    new Classifier(fitted.model(), scaling, train.features(), train.classes(), facts(onHeld))
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

  private Dataset.Split split(Dataset all, Key key) {
    if (all.rows() < 2 * all.classes().size()) {
      throw new BadInput(
          "%s: two rows of each of %d classes are needed to train and to judge, got %d rows"
              .formatted(data, all.classes().size(), all.rows()));
    }
    return all.split(validation, key);
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
