package dev.backlight.cli.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One line of the comparison: a case beside one peer.
///
/// @param name of the case
/// @param threads how many both sides had
/// @param ours time in microseconds; megabytes where the name ends in `_mb`
/// @param peer who it is compared with: an engine, `peak` for what the processor could do, `limit`
///   for a number set beforehand; empty if nobody
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

  /// Whether there is a target and a peer's time to hold against it.
  public boolean isJudged() {
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

  /// The rows as a table, with a line at the end that counts what is met.
  public static String table(List<Row> rows) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%-34s %s %11s  %-11s %11s %7s %7s",
            "case",
            "t",
            "ours µs",
            "peer",
            "peer µs",
            "ratio",
            "target"));
    rows.forEach(row -> lines.add(row.line()));
    long asked = rows.stream().filter(Row::isJudged).count();
    if (asked > 0) {
      long met = rows.stream().filter(row -> row.isJudged() && row.isMet()).count();
      lines.add(met + " of " + asked + " targets met");
    }
    return String.join(System.lineSeparator(), lines);
  }

  private String line() {
    if (!error.isEmpty()) {
      return String.format(Locale.ROOT, "%-34s %d  %s", name, threads, error);
    }
    return String.format(
            Locale.ROOT,
            "%-34s %d %11s  %-11s %11s %7s %7s  %s",
            name,
            threads,
            micros(ours),
            peer,
            micros(theirs),
            Double.isNaN(ratio()) ? "" : String.format(Locale.ROOT, "%.2f", ratio()),
            target > 0 ? String.format(Locale.ROOT, "%.2f", target) : "",
            isJudged() ? isMet() ? "met" : "not met" : "")
        .stripTrailing();
  }

  private static String micros(double value) {
    return Double.isNaN(value)
        ? ""
        : String.format(Locale.ROOT, value < 1 ? "%.3f" : "%.1f", value);
  }
}
