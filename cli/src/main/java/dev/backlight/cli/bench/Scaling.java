package dev.backlight.cli.bench;

import dev.backlight.explain.report.Curves;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/// How the cost of things grows, measured: with the size of a product, the examples of a batch, the
/// layers of a network, the nodes of integrated gradients, and the number of threads.
///
/// @param progress told what is being timed
public record Scaling(Consumer<String> progress) {
  /// What is measured of one thing that grows.
  ///
  /// @param law its name, see [ScalingCases]
  /// @param micros times in microseconds by threads, then by what grows
  /// @param kilobytes the memory of the player by what grows
  public record Growth(
      String law,
      Map<Integer, TreeMap<Integer, Double>> micros,
      TreeMap<Integer, Double> kilobytes) {
    /// What grows, in words.
    public String what() {
      return ScalingCases.valueOf(law).what;
    }

    /// A table in Markdown: a line for each size.
    String table() {
      StringBuilder text = new StringBuilder("| " + what() + " |");
      micros.keySet().forEach(threads -> text.append(heading(threads)));
      text.append(" per unit µs | memory KiB |\n|---:|");
      text.repeat("---:|", micros.size() + 2).append('\n');
      TreeMap<Integer, Double> one = micros.values().iterator().next();
      for (Map.Entry<Integer, Double> at : one.entrySet()) {
        int x = at.getKey();
        text.append("| ").append(x).append(" |");
        for (TreeMap<Integer, Double> times : micros.values()) {
          text.append(number(times.getOrDefault(x, Double.NaN)));
        }
        text.append(number(at.getValue() / ScalingCases.valueOf(law).units.applyAsDouble(x)));
        text.append(number(kilobytes.getOrDefault(x, Double.NaN))).append('\n');
      }
      return text.toString();
    }

    private static String heading(int threads) {
      return threads == 1 ? " 1 thread µs |" : " " + threads + " threads µs |";
    }

    private static String number(double value) {
      String format = value < 1 ? " %.5f |" : value < 100 ? " %.2f |" : " %.0f |";
      return String.format(Locale.ROOT, format, value);
    }

    /// Times over what grows, both in powers of ten, beside the line that the law says.
    Curves figure() {
      ScalingCases made = ScalingCases.valueOf(law);
      Curves curves =
          Curves.of("Time by " + made.what, made.what, "µs").logarithmic().caption(made.caption);
      for (Map.Entry<Integer, TreeMap<Integer, Double>> line : micros.entrySet()) {
        double[] xs = xs(line.getValue());
        double[] ys = line.getValue().values().stream().mapToDouble(v -> v).toArray();
        curves = curves.line(line.getKey() == 1 ? "1 thread" : line.getKey() + " threads", xs, ys);
      }
      TreeMap<Integer, Double> one = micros.values().iterator().next();
      double[] xs = xs(one);
      double last = xs[xs.length - 1];
      double end = one.lastEntry().getValue();
      double[] law = new double[xs.length];
      for (int i = 0; i < xs.length; i++) {
        law[i] = end * made.units.applyAsDouble((int) xs[i]) / made.units.applyAsDouble((int) last);
      }
      return curves.baseline("in proportion", xs, law);
    }

    private static double[] xs(TreeMap<Integer, Double> line) {
      return line.keySet().stream().mapToDouble(v -> v).toArray();
    }
  }

  /// Measures everything on one thread, and on as many as there are processors.
  public List<Growth> run() throws IOException, InterruptedException {
    Map<String, Growth> all = new LinkedHashMap<>();
    int most = Runtime.getRuntime().availableProcessors();
    for (int threads : most == 1 ? new int[] {1} : new int[] {1, most}) {
      Processes.lines(
          Processes.ours(ScalingCases.Main.class, List.of("-Ddev.backlight.threads=" + threads)),
          Map.of(),
          line -> {
            String law = Objects.toString(line.get("law"));
            int x = (int) Processes.number(line, "x");
            Growth growth =
                all.computeIfAbsent(
                    law, name -> new Growth(name, new TreeMap<>(), new TreeMap<>()));
            growth
                .micros
                .computeIfAbsent(threads, _ -> new TreeMap<>())
                .put(x, Processes.number(line, "us"));
            growth.kilobytes.put(x, Processes.number(line, "kilobytes"));
            progress.accept(threads + (threads == 1 ? " thread: " : " threads: ") + law + " " + x);
          });
    }
    return new ArrayList<>(all.values());
  }

  /// Writes a figure for each into a folder.
  public static void draw(List<Growth> all, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Growth growth : all) {
      String name = "scaling-" + growth.law().toLowerCase(Locale.ROOT) + ".svg";
      Files.writeString(folder.resolve(name), growth.figure().svg(), StandardCharsets.UTF_8);
    }
  }

  /// The tables, one after the other, in Markdown.
  public static String tables(List<Growth> all) {
    return String.join("\n", all.stream().map(Growth::table).toList());
  }
}
