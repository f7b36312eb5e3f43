package dev.backlight.cli.bench;

import dev.backlight.core.io.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The most memory that a process has resident which does nothing but one case, some twenty times.
///
/// @param folder for scripts
record Peaks(Path folder) {
  private static final int RUNS = 20;
  private static final String SUFFIX = "_mb";

  /// The names of the cases: those of what is run, with `_mb` behind.
  static List<String> names() {
    return Stream.of("train_mlp_b128", "train_cnn_b64", "ig50_mlp_b256", "ig50_cnn_b64")
        .map(name -> name + SUFFIX)
        .toList();
  }

  /// The rows of the cases that are wanted, beside those peers that can run them.
  List<Row> rows(List<String> wanted, List<Peer> peers) throws IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    int threads = Math.min(2, Runtime.getRuntime().availableProcessors());
    for (String name : wanted) {
      String what = name.substring(0, name.length() - SUFFIX.length());
      double ours = megabytes(Processes.ours(Main.class, List.of()), List.of(what), Map.of());
      List<Row> beside = new ArrayList<>();
      for (Peer peer : peers) {
        if (peer instanceof PythonPeer python && python.derives()) {
          double theirs =
              megabytes(
                  peer.command(folder),
                  List.of(String.valueOf(threads), "memory", what),
                  peer.environment(threads));
          beside.add(new Row(name, threads, ours, peer.name(), theirs, 0, ""));
        }
      }
      if (beside.isEmpty()) {
        beside.add(new Row(name, threads, ours, "", Double.NaN, 0, ""));
      }
      rows.addAll(beside);
    }
    return rows;
  }

  private static double megabytes(
      List<String> program, List<String> arguments, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(program);
    command.addAll(arguments);
    double[] most = {Double.NaN};
    Processes.lines(
        command,
        environment,
        line -> {
          if (line.get("mb") instanceof Number mb) {
            most[0] = mb.doubleValue();
          }
        });
    return most[0];
  }

  /// A program that runs one case and says how much memory it had.
  public static final class Main {
    private Main() {}

    /// Writes a JSON line.
    ///
    /// @param args the name of the case
    public static void main(String[] args) throws IOException {
      Runnable run = Cases.ready(args[0]);
      for (int i = 0; i < RUNS; i++) {
        run.run();
      }
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("case", args[0]);
      line.put("mb", Processes.megabytes());
      System.out.println(Json.write(line));
      System.out.flush();
      System.exit(0);
    }
  }
}
