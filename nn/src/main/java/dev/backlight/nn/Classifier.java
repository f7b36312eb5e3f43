package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import dev.backlight.core.io.Safetensors;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.data.Encoding;
import dev.backlight.nn.data.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A trained model with all that it takes to use it: how raw numbers are prepared, what the columns
/// and the classes are called, and facts about its training.
///
/// [#of] checks that the parts fit; the constructor does not, because tapes rebuild records around
/// tensors of their own. A classifier is itself a layer, from raw numbers (n, d) to logits (n, k).
/// It is saved as one safetensors file, with the parameters by path (`model.layers.0.weight`) and
/// the rest as JSON beside them.
///
/// @param model from prepared numbers to logits
/// @param standardizer prepares the raw numbers
/// @param features the names of the d columns
/// @param classes the names of the k classes
/// @param facts what is worth knowing of its training, for people
/// @param encoding how the columns of a table become raw numbers, or `null` if they are numbers
public record Classifier(
    Sequential model,
    Standardizer standardizer,
    List<String> features,
    List<String> classes,
    Map<String, String> facts,
    @Nullable Encoding encoding)
    implements Layer {
  private static final String NOTE = "backlight";
  private static final String KIND = "classifier";

  public Classifier {
    features = List.copyOf(features);
    classes = List.copyOf(classes);
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  /// A classifier of columns that are numbers.
  public Classifier(
      Sequential model,
      Standardizer standardizer,
      List<String> features,
      List<String> classes,
      Map<String, String> facts) {
    this(model, standardizer, features, classes, facts, null);
  }

  /// A classifier of encoded columns whose parts fit: tried on one row.
  public static Classifier of(
      Sequential model,
      Standardizer standardizer,
      Encoding encoding,
      List<String> classes,
      Map<String, String> facts) {
    Classifier plain = of(model, standardizer, encoding.features(), classes, facts);
    return new Classifier(model, standardizer, plain.features, classes, facts, encoding);
  }

  /// A classifier whose parts fit: tried on one row.
  public static Classifier of(
      Sequential model,
      Standardizer standardizer,
      List<String> features,
      List<String> classes,
      Map<String, String> facts) {
    int columns = standardizer.mean().elements();
    int k = classes.size();
    if (features.size() != columns) {
      throw new IllegalArgumentException(
          "a classifier of " + columns + " columns needs as many names, got " + features.size());
    }
    DType dtype = standardizer.mean().dtype();
    Shape logits = model.apply(Tensor.zeros(Shape.of(1, columns), dtype)).shape();
    if (!logits.equals(Shape.of(1, k))) {
      throw new ShapeException(
          "a classifier of %d classes needs logits (n, %d), got %s for one row"
              .formatted(k, k, logits));
    }
    return new Classifier(model, standardizer, features, classes, facts);
  }

  // ---- use ----

  /// Preparation and model as one chain of labelled layers.
  public Sequential pipeline() {
    List<Layer> all = new ArrayList<>(model.layers());
    all.addFirst(standardizer);
    return new Sequential(all);
  }

  /// The logits (n, k) of raw rows (n, d).
  @Override
  public Tensor apply(Tensor x) {
    return pipeline().apply(x);
  }

  /// The probabilities (n, k) of raw rows (n, d).
  public Tensor probabilities(Tensor x) {
    return apply(x).softmax(1);
  }

  /// The most probable class of every raw row: (n) of `I32`, places in [#classes].
  public Tensor predict(Tensor x) {
    return apply(x).argmax(1);
  }

  /// The raw numbers (n, d) of a table's rows, by the columns that this model reads, wherever they
  /// stand; others are ignored.
  public Tensor inputs(Table table) {
    DType dtype = standardizer.mean().dtype();
    return encoding == null ? table.numbers(features, dtype) : encoding.apply(table, dtype);
  }

  /// A table with a target as examples for this model; a class that it does not know is an error.
  public Dataset examples(Table table, String target) {
    return Dataset.of(inputs(table), table.labels(target, classes), features, classes);
  }

  // ---- files ----

  /// Writes everything to one file, wholly or not at all.
  public void save(Path file) throws IOException {
    Map<String, Object> note = new LinkedHashMap<>();
    note.put("kind", KIND);
    note.put("version", 1);
    note.put("dtype", standardizer.mean().dtype().name());
    note.put("features", features);
    note.put("classes", classes);
    if (encoding != null) {
      note.put("encoding", encoding.json());
    }
    note.put("model", Architecture.describe(model, "model"));
    note.put("facts", facts);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Parameters.of(standardizer).forEach((name, t) -> tensors.put("standardizer." + name, t));
    Parameters.of(model).forEach((name, t) -> tensors.put("model." + name, t));
    new Safetensors(tensors, Map.of(NOTE, Json.write(note))).write(file);
  }

  /// Reads what [#save] wrote.
  ///
  /// @throws FormatException if the file is none of that kind; if parameters do not fit, it lists
  ///   all that do not
  public static Classifier load(Path file) throws IOException {
    Safetensors found = Safetensors.read(file);
    String note = found.metadata().get(NOTE);
    if (note == null) {
      throw new FormatException(
          file.toString(), "a note '" + NOTE + "' is needed, got a file without it");
    }
    try {
      return restore(file.toString(), Json.parse(note), found.tensors());
    } catch (FormatException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(file + ":") ? e : new FormatException(file.toString(), message);
    } catch (RuntimeException e) {
      // Whatever shapes a hostile description leads to, trying the model on one row has failed.
      throw new FormatException(
          file.toString(), "layers that fit together are needed, got: " + e.getMessage());
    }
  }

  private static Classifier restore(String file, @Nullable Object json, Map<String, Tensor> tensors)
      throws FormatException {
    Fields note = Fields.of(NOTE, json);
    if (!note.text("kind").equals(KIND) || note.whole("version", 0) != 1) {
      throw new FormatException(
          NOTE,
          "a "
              + KIND
              + " of version 1 is needed, got "
              + note.text("kind")
              + " of version "
              + note.whole("version", 0));
    }
    DType dtype = dtype(note);
    List<String> features = note.texts("features");
    Parameters.Fit fit = new Parameters.Fit(tensors);
    Spec columns = Spec.of(Shape.of(features.size()), dtype);
    Standardizer standardizer =
        new Standardizer(
            fit.take("standardizer.mean", columns), fit.take("standardizer.scale", columns));
    Layer model = Architecture.restore(note.object("model"), "model", dtype, fit);
    fit.finish(file);
    requireFinite(tensors);
    if (!(model instanceof Sequential layers)) {
      throw new FormatException(NOTE + ".model", "a sequential is needed, got a " + model.kind());
    }
    Map<String, String> facts = new LinkedHashMap<>();
    Fields told = note.object("facts");
    for (Object name : told.map().keySet()) {
      facts.put(name.toString(), told.text(name.toString()));
    }
    List<String> classes = note.texts("classes");
    if (!note.map().containsKey("encoding")) {
      return of(layers, standardizer, features, classes, facts);
    }
    Encoding encoding = Encoding.parse(note.map().get("encoding"));
    if (!encoding.features().equals(features)) {
      throw new FormatException(
          NOTE,
          "an encoding that makes the features is needed, got one that makes "
              + encoding.features().size()
              + " others");
    }
    return of(layers, standardizer, encoding, classes, facts);
  }

  private static DType dtype(Fields note) throws FormatException {
    return switch (note.text("dtype")) {
      case "F32" -> DType.F32;
      case "F64" -> DType.F64;
      case String other ->
          throw new FormatException(NOTE, "'dtype' needs F32 or F64, got " + other);
    };
  }

  private static void requireFinite(Map<String, Tensor> tensors) throws FormatException {
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      boolean scale = entry.getKey().equals("standardizer.scale");
      double[] values = entry.getValue().toDoubles();
      if (!Arrays.stream(values).allMatch(v -> Double.isFinite(v) && !(scale && v <= 0))) {
        throw new FormatException(
            entry.getKey(),
            "finite numbers" + (scale ? " above 0" : "") + " are needed, got others");
      }
    }
  }
}
