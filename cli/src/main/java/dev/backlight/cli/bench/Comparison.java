package dev.backlight.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Runs cases here and in peers, each in a process of its own, and sets the times side by side.
///
/// @param quick the short pass
/// @param only names of cases, or beginnings of names; empty for all
/// @param peers who is timed, too
/// @param onnx the folder of a ResNet-50 as an ONNX file with its expected outputs, or `null`: its
///   cases are left out then
/// @param progress told what is being timed
public record Comparison(
    boolean quick,
    List<String> only,
    List<Peer> peers,
    @Nullable Path onnx,
    Consumer<String> progress) {
  public Comparison {
    only = List.copyOf(only);
    peers = List.copyOf(peers);
    for (String name : only) {
      if (names().stream().noneMatch(c -> c.startsWith(name))) {
        throw new IllegalArgumentException(
            "a case is needed, got " + name + "; there are " + String.join(", ", names()));
      }
    }
  }

  /// Beside all peers that can run here; of the others it is said what they lack.
  ///
  /// @param python the interpreter that is asked for PyTorch and JAX
  public static Comparison withPeers(
      boolean quick,
      List<String> only,
      String python,
      @Nullable Path onnx,
      Consumer<String> progress)
      throws InterruptedException {
    List<Peer> here = new ArrayList<>();
    for (Peer peer : Peer.all(python)) {
      String missing = peer.missing();
      if (missing.isEmpty()) {
        here.add(peer);
      } else {
        progress.accept("without " + peer.name() + ": " + missing);
      }
    }
    return new Comparison(quick, only, here, onnx, progress);
  }

  /// Beside nobody.
  public static Comparison alone(
      boolean quick, List<String> only, @Nullable Path onnx, Consumer<String> progress) {
    return new Comparison(quick, only, List.of(), onnx, progress);
  }

  /// The names of all cases.
  public static List<String> names() {
    return Stream.of(
            Cases.all().stream().map(Case::name), Starts.NAMES.stream(), Peaks.names().stream())
        .flatMap(names -> names)
        .toList();
  }

  /// Times everything: on one thread, and on two if there are two processors.
  public List<Row> run() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("backlight-bench");
    try {
      List<Case> cases = Cases.all().stream().filter(c -> isWanted(c.name(), c.quick())).toList();
      List<Row> rows = new ArrayList<>();
      int most = quick ? 1 : Math.min(2, Runtime.getRuntime().availableProcessors());
      for (int threads = 1; threads <= most && !cases.isEmpty(); threads++) {
        rows.addAll(rows(threads, cases, folder));
      }
      List<String> starts = Starts.NAMES.stream().filter(name -> isWanted(name, false)).toList();
      rows.addAll(new Starts(quick, folder).rows(starts, peers));
      List<String> peaks = Peaks.names().stream().filter(name -> isWanted(name, false)).toList();
      rows.addAll(new Peaks(folder).rows(peaks, peers));
      return rows;
    } finally {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  private boolean isWanted(String name, boolean inShortPass) {
    boolean wanted =
        only.isEmpty() ? !quick || inShortPass : only.stream().anyMatch(name::startsWith);
    if (wanted && onnx == null && OnnxCases.isOne(name)) {
      progress.accept("without " + name + ": its model is needed, --onnx DIR");
      return false;
    }
    return wanted;
  }

  private List<Row> rows(int threads, List<Case> cases, Path folder)
      throws IOException, InterruptedException {
    Map<String, Map<String, Map<?, ?>>> times = new LinkedHashMap<>();
    List<String> here =
        Processes.ours(Measure.class, List.of("-Ddev.backlight.threads=" + threads));
    timed(here, Map.of(), "ours", threads, cases, times);
    for (Peer peer : peers) {
      timed(peer.command(folder), peer.environment(threads), peer.name(), threads, cases, times);
    }
    Map<String, Map<?, ?>> ours = times.getOrDefault("ours", Map.of());
    double peak = time(ours.getOrDefault(Measure.PEAK, Map.of()), "flops");
    List<Row> rows = new ArrayList<>();
    for (Case each : cases) {
      Map<?, ?> mine = ours.getOrDefault(each.name(), Map.of("error", "it did not finish"));
      double time = time(mine, "us");
      String error = Objects.toString(mine.get("error"), "");
      Set<String> beside = new LinkedHashSet<>();
      each.demands().stream()
          .filter(d -> d.isAskedOf(threads))
          .forEach(demand -> beside.add(demand.peer()));
      times.forEach((who, lines) -> {
        if (!who.equals("ours") && lines.containsKey(each.name())) {
          beside.add(who);
        }
      });
      if (beside.isEmpty() || !error.isEmpty()) {
        rows.add(new Row(each.name(), threads, time, "", Double.NaN, 0, error));
        continue;
      }
      for (String peer : beside) {
        Demand demand =
            each.demands().stream()
                .filter(d -> d.peer().equals(peer) && d.isAskedOf(threads))
                .findFirst()
                .orElse(new Demand(peer, 0, 0, Double.NaN));
        double theirs =
            switch (peer) {
              case Demand.PEAK -> each.flops() / (peak * threads) * 1e6;
              case Demand.LIMIT -> demand.micros();
              default ->
                  time(
                      times.getOrDefault(peer, Map.of()).getOrDefault(each.name(), Map.of()), "us");
            };
        rows.add(new Row(each.name(), threads, time, peer, theirs, demand.ratio(), ""));
      }
    }
    return rows;
  }

  private static double time(Map<?, ?> line, String unit) {
    return line.get(unit) instanceof Number n ? n.doubleValue() : Double.NaN;
  }

  /// Adds the lines that a process writes, by who speaks and by case.
  private void timed(
      List<String> program,
      Map<String, String> environment,
      String who,
      int threads,
      List<Case> cases,
      Map<String, Map<String, Map<?, ?>>> times)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(program);
    if (!who.equals("ours")) {
      command.add(String.valueOf(threads));
    }
    command.add(quick ? "quick" : "full");
    cases.forEach(c -> command.add(c.name()));
    Map<String, String> all = new HashMap<>(environment);
    if (onnx != null) {
      all.put(OnnxCases.FOLDER, onnx.toAbsolutePath().toString());
    }
    Processes.lines(
        command,
        all,
        line -> {
          String name = Objects.toString(line.get("case"));
          String speaker = Objects.toString(line.get("peer"), who);
          times.computeIfAbsent(speaker, _ -> new LinkedHashMap<>()).put(name, line);
          progress.accept(
              speaker + ", " + threads + (threads == 1 ? " thread: " : " threads: ") + name);
        });
  }
}
