package dev.backlight.cli.bench;

import dev.backlight.core.io.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import jdk.incubator.vector.FloatVector;

/// Whether the kernels are still about as fast as they were: at each lane width, the share of the
/// processor's peak that each reaches beside the share that was recorded.
///
/// Under half of it is a failure: a loop that is no longer compiled to vectors is ten times as
/// slow, a noisy neighbour is not twice. One thread, under two minutes.
///
/// @param recorded shares of the peak by width of a vector in bytes, then by case
/// @param progress told what is being timed
public record Guard(Map<String, Map<String, Double>> recorded, Consumer<String> progress) {
  private static final List<String> CASES =
      List.of(
          "sgemm_nn_512",
          "sgemm_nt_512",
          "sgemm_tn_512",
          "dgemm_nn_512",
          "exp_100000",
          "tanh_100000",
          "sigmoid_100000",
          "chain_100000",
          "softmax_1024x1000",
          "layernorm_1024x768",
          "layernorm_backward_1024x768",
          "conv_forward_N32_32x28x28_64",
          "conv_backward_x_N32_32x28x28_64",
          "conv_backward_w_N32_32x28x28_64",
          "conv_relu_pool_N64_1x28x28_32");

  private static final int[] WIDTHS = {64, 32, 16};

  /// One kernel at one width.
  ///
  /// @param width of a vector in bytes
  /// @param name of the case
  /// @param share of the peak at that width
  /// @param before the share that was recorded; NaN if none was
  /// @param error why there is no share; empty if there is one
  public record Row(int width, String name, double share, double before, String error) {
    /// Whether it is less than half as fast as it was.
    public boolean isBroken() {
      return !error.isEmpty() || share < before / 2;
    }

    private String line() {
      String judged =
          !error.isEmpty()
              ? error
              : Double.isNaN(before) ? "not recorded" : isBroken() ? "broken" : "";
      return String.format(
              Locale.ROOT,
              "%2d  %-34s %9s %9s  %s",
              width,
              name,
              percent(share),
              percent(before),
              judged)
          .stripTrailing();
    }

    private static String percent(double share) {
      return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }
  }

  /// With the shares that came with this version.
  public static Guard recorded(Consumer<String> progress) throws IOException {
    try (InputStream in = Objects.requireNonNull(Guard.class.getResourceAsStream("guard.json"))) {
      Object read = Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      Map<String, Map<String, Double>> shares = new LinkedHashMap<>();
      ((Map<?, ?>) Objects.requireNonNull(read))
          .forEach((width, cases) -> {
            Map<String, Double> ofWidth = new LinkedHashMap<>();
            ((Map<?, ?>) cases)
                .forEach(
                    (name, share) -> ofWidth.put(name.toString(), ((Number) share).doubleValue()));
            shares.put(width.toString(), ofWidth);
          });
      return new Guard(shares, progress);
    }
  }

  /// Times all kernels at all widths that this processor has.
  public List<Row> run() throws IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    for (int width : WIDTHS) {
      if (width <= FloatVector.SPECIES_PREFERRED.vectorByteSize()) {
        rows.addAll(rows(width));
      }
    }
    return rows;
  }

  private List<Row> rows(int width) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            Processes.ours(
                Measure.class, List.of("-XX:MaxVectorSize=" + width, "-Ddev.backlight.threads=1")));
    command.add("brisk");
    command.addAll(CASES);
    Map<String, Map<?, ?>> lines = new LinkedHashMap<>();
    Processes.lines(
        command,
        Map.of(),
        line -> {
          lines.put(Objects.toString(line.get("case")), line);
          progress.accept(width + " bytes: " + line.get("case"));
        });
    double peak =
        lines.getOrDefault(Measure.PEAK, Map.of()).get("flops") instanceof Number n
            ? n.doubleValue()
            : Double.NaN;
    Map<String, Double> before = recorded.getOrDefault(String.valueOf(width), Map.of());
    List<Row> rows = new ArrayList<>();
    for (Case each : Cases.all()) {
      if (CASES.contains(each.name())) {
        Map<?, ?> line = lines.getOrDefault(each.name(), Map.of("error", "it did not finish"));
        double share =
            line.get("us") instanceof Number us
                ? each.flops() / (us.doubleValue() * 1e-6 * peak)
                : Double.NaN;
        rows.add(
            new Row(
                width,
                each.name(),
                share,
                before.getOrDefault(each.name(), Double.NaN),
                Objects.toString(line.get("error"), "")));
      }
    }
    return rows;
  }

  /// The rows as a table.
  public static String table(List<Row> rows) {
    List<String> lines = new ArrayList<>();
    lines.add(String.format(Locale.ROOT, "%2s  %-34s %9s %9s", "B", "case", "of peak", "recorded"));
    rows.forEach(row -> lines.add(row.line()));
    long broken = rows.stream().filter(Row::isBroken).count();
    lines.add(
        broken == 0
            ? "every kernel has at least half of its recorded share"
            : broken
                + " of "
                + rows.size()
                + " kernels have less than half of their recorded share");
    return String.join(System.lineSeparator(), lines);
  }

  /// The shares of some rows, in the form in which they are recorded.
  public static Map<String, Object> shares(List<Row> rows) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (Row row : rows) {
      if (row.error().isEmpty()) {
        @SuppressWarnings("unchecked") // made here
        Map<String, Object> ofWidth =
            (Map<String, Object>)
                all.computeIfAbsent(String.valueOf(row.width()), _ -> new LinkedHashMap<>());
        ofWidth.put(row.name(), Math.rint(row.share() * 1e5) / 1e5);
      }
    }
    return all;
  }
}
