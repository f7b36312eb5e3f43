package dev.backlight.cli.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// From the start of a process: to its first gradient, and to its full speed. No flags but the
/// vector module; as many threads as there are processors.
///
/// @param quick fewer runs
/// @param folder for scripts
record Starts(boolean quick, Path folder) {
  static final String FIRST = "first_gradient";
  static final String MEMORY = "first_gradient_mb";
  static final String FULL = "full_speed";
  static final List<String> NAMES = List.of(FIRST, MEMORY, FULL);

  private static final double FIRST_MICROS = 150_000;
  private static final double FIRST_MEGABYTES = 60;
  private static final double FULL_MICROS = 1_500_000;

  /// The rows of the cases that are wanted.
  List<Row> rows(List<String> wanted, List<Peer> peers) throws IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    int threads = Runtime.getRuntime().availableProcessors();
    if (wanted.contains(FIRST) || wanted.contains(MEMORY)) {
      double[] ours = first(onClassPath());
      Map<String, double[]> theirs = new LinkedHashMap<>();
      for (Peer peer : peers) {
        if (peer instanceof PythonPeer python && python.derives()) {
          theirs.put(peer.name(), first(python.first(folder)));
        }
      }
      for (int i = 0; i < 2; i++) {
        String name = NAMES.get(i);
        if (wanted.contains(name)) {
          double limit = i == 0 ? FIRST_MICROS : FIRST_MEGABYTES;
          rows.add(new Row(name, threads, ours[i], Demand.LIMIT, limit, 1, ""));
          for (Map.Entry<String, double[]> peer : theirs.entrySet()) {
            rows.add(new Row(name, threads, ours[i], peer.getKey(), peer.getValue()[i], 0, ""));
          }
        }
      }
    }
    if (wanted.contains(FULL)) {
      List<Double> times = new ArrayList<>();
      for (int i = 0; i < (quick ? 1 : 3); i++) {
        Processes.lines(
            Processes.ours(
                FullSpeed.class,
                List.of("-D" + FullSpeed.STARTED + "=" + System.currentTimeMillis())),
            Map.of(),
            line -> times.add(Processes.number(line, "us")));
      }
      rows.add(new Row(FULL, threads, median(times), Demand.LIMIT, FULL_MICROS, 1, ""));
    }
    return rows;
  }

  /// The median time of several runs to the line that a program writes, in microseconds, and the
  /// most memory that it says it had, in megabytes.
  private double[] first(List<String> command) throws IOException, InterruptedException {
    List<Double> times = new ArrayList<>();
    List<Double> megabytes = new ArrayList<>();
    for (int i = 0; i < (quick ? 3 : 9); i++) {
      long start = System.nanoTime();
      Processes.lines(
          command,
          Map.of(),
          line -> {
            times.add((System.nanoTime() - start) / 1e3);
            megabytes.add(Processes.number(line, "mb"));
          });
    }
    return new double[] {median(times), median(megabytes)};
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  /// As a user's program is run: on the class path, with the modules that it needs and no others.
  private static List<String> onClassPath() throws IOException {
    String modules = System.getProperty("jdk.module.path");
    List<String> path = new ArrayList<>();
    for (String part : (modules == null ? "" : modules).split(File.pathSeparator)) {
      path.add(part);
      if (!part.isEmpty() && Files.isDirectory(Path.of(part))) {
        path.add(Path.of(part, "*").toString());
      }
    }
    String all =
        modules == null
            ? System.getProperty("java.class.path")
            : String.join(File.pathSeparator, path);
    return new ArrayList<>(
        Arrays.asList(
            Processes.java(),
            "--add-modules=jdk.incubator.vector",
            "-cp",
            all,
            FirstGradient.class.getName()));
  }
}
