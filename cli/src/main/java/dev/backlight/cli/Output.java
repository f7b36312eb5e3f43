package dev.backlight.cli;

import de.siegmar.fastcsv.writer.CsvWriter;
import dev.backlight.core.DType;
import dev.backlight.core.io.AtomicFile;
import dev.backlight.core.io.Json;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The formats of explained rows, told by the ending of a file's name.
enum Output {
  /// A page to be read.
  HTML,
  /// One object with all numbers.
  JSON,
  /// A row for every explained row, a column for every feature.
  CSV;

  static Output of(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    for (Output output : values()) {
      if (name.endsWith("." + output.name().toLowerCase(Locale.ROOT))) {
        return output;
      }
    }
    throw new BadInput("--out needs a name that ends in .html, .json or .csv, got '" + file + "'");
  }

  void write(Explained explained, Path file) throws IOException {
    switch (this) {
      case HTML -> ExplainedPage.of(explained).writeTo(file);
      case JSON ->
          Json.write(file, object(explained), Json.Style.PRETTY, Json.Style.NULL_FOR_NON_FINITE);
      case CSV ->
          AtomicFile.write(
              file,
              out -> {
                try (Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8)) {
                  table(explained, writer);
                }
              });
    }
  }

  private static Map<String, @Nullable Object> object(Explained explained) {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("data", explained.data());
    all.put("target", explained.column());
    all.put("classes", explained.model().classes());
    all.put("method", explained.attribution().method());
    Map<String, Object> parameters = new LinkedHashMap<>(explained.attribution().parameters());
    // By the option's word: the model was seen from there, so to the explainer it was zeros.
    parameters.put("baseline", explained.baseline());
    all.put("parameters", parameters);
    all.put("unit", explained.unit());
    all.put("evaluations", explained.attribution().evaluations());
    all.put("features", explained.features());
    double[][] scores = explained.scores();
    double[][] values = explained.values();
    List<Object> rows = new ArrayList<>();
    for (int row = 0; row < explained.rows(); row++) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("row", row + 1);
      one.put("predicted", explained.predictedClass(row));
      int[] labels = explained.labels();
      if (labels != null) {
        one.put("truth", explained.model().classes().get(labels[row]));
      }
      one.put("explained", explained.targetClass(row));
      one.put("output", number(explained, explained.output(row)));
      one.put("baselineOutput", number(explained, explained.start(row)));
      one.put("residual", explained.residual(row));
      one.put("values", numbers(explained, values[row]));
      one.put("scores", numbers(explained, scores[row]));
      rows.add(one);
    }
    all.put("rows", rows);
    return all;
  }

  /// What was computed in floats has their digits.
  private static Object numbers(Explained explained, double[] values) {
    if (explained.x().dtype() == DType.F64) {
      return values;
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static Number number(Explained explained, double value) {
    if (explained.x().dtype() == DType.F64) {
      return value;
    }
    return (float) value;
  }

  private static void table(Explained explained, Writer writer) throws IOException {
    CsvWriter csv = CsvWriter.builder().build(writer);
    List<String> header =
        new ArrayList<>(List.of("row", "predicted", "explained", "f(x)", "residual"));
    header.addAll(explained.features());
    csv.writeRecord(header);
    double[][] scores = explained.scores();
    for (int row = 0; row < explained.rows(); row++) {
      List<String> cells = new ArrayList<>();
      cells.add(String.valueOf(row + 1));
      cells.add(explained.predictedClass(row));
      cells.add(explained.targetClass(row));
      cells.add(cell(explained, explained.output(row)));
      cells.add(cell(explained, explained.residual(row)));
      for (double score : scores[row]) {
        cells.add(cell(explained, score));
      }
      csv.writeRecord(cells);
    }
    csv.flush();
  }

  /// Shortest digits that give the number back; nothing where there is none.
  private static String cell(Explained explained, double value) {
    return Double.isNaN(value) ? "" : number(explained, value).toString();
  }
}
