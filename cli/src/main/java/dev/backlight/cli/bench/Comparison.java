package dev.backlight.cli.bench;

import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs cases here and in a peer, each in a process of its own, and sets the times side by side.
///
/// @param quick the short pass
/// @param only names of cases, or beginnings of names; empty for all
/// @param python the interpreter with PyTorch, or `null` to leave the peer out
/// @param progress told what is being timed
public record Comparison(
    boolean quick, List<String> only, @Nullable String python, Consumer<String> progress) {
  private static final String PEER = "torch";

  public Comparison {
    only = List.copyOf(only);
    for (String name : only) {
      if (Cases.all().stream().noneMatch(c -> c.name().startsWith(name))) {
        throw new IllegalArgumentException(
            "a case is needed, got " + name + "; there are " + String.join(", ", names()));
      }
    }
  }

  /// One line of the table.
  ///
  /// @param name of the case
  /// @param threads how many both sides had
  /// @param ours time in microseconds
  /// @param peer who it is compared with; empty if nobody
  /// @param theirs the peer's time; NaN if there is none
  /// @param target how many times as fast it should be; 0 if nothing is asked
  /// @param error why there is no time; empty if there is one
  public record Row(
      String name,
      int threads,
      double ours,
      String peer,
      double theirs,
      double target,
      String error) {
    /// How many times as fast it is.
    public double ratio() {
      return theirs / ours;
    }

    /// Whether the target is met; only meaningful where there is one and a peer.
    public boolean isMet() {
      return ratio() >= target;
    }

    private boolean isJudged() {
      return target > 0 && !Double.isNaN(ratio());
    }

    /// As `--json` writes it.
    public Map<String, @Nullable Object> json() {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      all.put("case", name);
      all.put("threads", threads);
      all.put("ours_us", number(ours));
      all.put("peer", peer.isEmpty() ? null : peer);
      all.put("peer_us", number(theirs));
      all.put("ratio", number(ratio()));
      all.put("target", target > 0 ? (Object) target : null);
      all.put("met", isJudged() ? (Object) isMet() : null);
      if (!error.isEmpty()) {
        all.put("error", error);
      }
      return all;
    }

    private static @Nullable Object number(double value) {
      return Double.isFinite(value) ? (Object) (Math.rint(value * 1000) / 1000) : null;
    }

    String line() {
      if (!error.isEmpty()) {
        return String.format(Locale.ROOT, "%-36s %d  %s", name, threads, error);
      }
      return String.format(
              Locale.ROOT,
              "%-36s %d %12.1f %12s %7s %7s  %s",
              name,
              threads,
              ours,
              Double.isNaN(theirs) ? "" : String.format(Locale.ROOT, "%.1f", theirs),
              Double.isNaN(theirs) ? "" : String.format(Locale.ROOT, "%.2f", ratio()),
              target > 0 ? String.format(Locale.ROOT, "%.1f", target) : "",
              isJudged() ? isMet() ? "met" : "not met" : "")
          .stripTrailing();
    }
  }

  /// The names of all cases.
  public static List<String> names() {
    return Cases.all().stream().map(Case::name).toList();
  }

  /// The head of the table that [#table] writes.
  private static String head() {
    return String.format(
        Locale.ROOT,
        "%-36s %s %12s %12s %7s %7s  %s",
        "case",
        "threads".substring(0, 1),
        "ours µs",
        PEER + " µs",
        "ratio",
        "target",
        "");
  }

  /// The rows as a table.
  public static String table(List<Row> rows) {
    List<String> lines = new ArrayList<>();
    lines.add(head().stripTrailing());
    rows.forEach(row -> lines.add(row.line()));
    return String.join(System.lineSeparator(), lines);
  }

  /// Times everything: on one thread, and on two if there are two processors.
  public List<Row> run() throws IOException, InterruptedException {
    List<Case> cases =
        Cases.all().stream()
            .filter(c ->
                only.isEmpty() ? !quick || c.quick() : only.stream().anyMatch(c.name()::startsWith))
            .toList();
    List<Row> rows = new ArrayList<>();
    int most = quick ? 1 : Math.min(2, Runtime.getRuntime().availableProcessors());
    for (int threads = 1; threads <= most; threads++) {
      Map<String, Map<?, ?>> ours = timed(ours(threads, cases), "ours, " + threads);
      Map<String, Map<?, ?>> theirs =
          python == null ? Map.of() : timed(theirs(python, threads, cases), PEER + ", " + threads);
      for (Case each : cases) {
        Map<?, ?> mine = ours.getOrDefault(each.name(), Map.of("error", "it did not finish"));
        double time = time(mine);
        double peer = time(theirs.getOrDefault(each.name(), Map.of()));
        rows.add(
            new Row(
                each.name(),
                threads,
                time,
                Double.isNaN(peer) ? "" : PEER,
                peer,
                each.target(),
                Objects.toString(mine.get("error"), "")));
      }
    }
    return rows;
  }

  private static double time(Map<?, ?> line) {
    return line.get("us") instanceof Number n ? n.doubleValue() : Double.NaN;
  }

  private List<String> ours(int threads, List<Case> cases) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.add("-Ddev.backlight.threads=" + threads);
    String modules = System.getProperty("jdk.module.path");
    if (modules == null) {
      command.addAll(
          List.of("-cp", System.getProperty("java.class.path"), Measure.class.getName()));
    } else {
      command.addAll(List.of("--module-path", modules.replace(',', File.pathSeparatorChar)));
      command.addAll(List.of("-m", "dev.backlight.cli/" + Measure.class.getName()));
    }
    return with(command, cases);
  }

  private List<String> theirs(String interpreter, int threads, List<Case> cases)
      throws IOException {
    Path script = Files.createTempFile("backlight-peer", ".py");
    script.toFile().deleteOnExit();
    try (InputStream in =
        Objects.requireNonNull(Comparison.class.getResourceAsStream("peer_torch.py"))) {
      Files.write(script, in.readAllBytes());
    }
    return with(
        new ArrayList<>(List.of(interpreter, script.toString(), String.valueOf(threads))), cases);
  }

  private List<String> with(List<String> command, List<Case> cases) {
    command.add(quick ? "quick" : "full");
    cases.forEach(c -> command.add(c.name()));
    return command;
  }

  /// The lines that a process writes, by case.
  private Map<String, Map<?, ?>> timed(List<String> command, String who)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    Map<String, Map<?, ?>> lines = new LinkedHashMap<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("{") && parsed(line) instanceof Map<?, ?> map) {
          String name = Objects.toString(map.get("case"));
          lines.put(name, map);
          progress.accept(who + " threads: " + name);
        }
      }
    } finally {
      process.destroy();
    }
    process.waitFor();
    return lines;
  }

  private static @Nullable Object parsed(String line) throws FormatException {
    return Json.parse(line);
  }

  /// Whether an interpreter has PyTorch.
  public static boolean hasTorch(String interpreter) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(interpreter, "-c", "import torch")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException none) {
      return false;
    }
  }
}
