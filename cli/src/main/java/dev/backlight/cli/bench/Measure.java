package dev.backlight.cli.bench;

import dev.backlight.core.io.Json;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Times cases in a JVM of its own, so that the number of threads and the compiler's memory are its
/// own, too: writes a JSON line for each.
public final class Measure {
  /// The name of the line that says what one core can do.
  static final String PEAK = "peak";

  private Measure() {}

  /// Times and ends.
  ///
  /// @param args `quick`, `brisk` or `full`, then the names of the cases
  public static void main(String[] args) {
    PrintStream out = System.out;
    Clock clock = args[0].equals("brisk") ? Clock.brisk() : Clock.of(args[0].equals("quick"));
    List<String> names = List.of(args).subList(1, args.length);
    out.println(Json.write(Map.of("case", PEAK, "flops", Peak.flops())));
    for (Case each : Cases.all()) {
      if (names.contains(each.name())) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("case", each.name());
        try {
          line.put("us", clock.micros(each.ready().get()) / each.per());
        } catch (RuntimeException wrong) {
          line.put("error", String.valueOf(wrong.getMessage()));
        }
        out.println(Json.write(line));
        out.flush();
      }
    }
    // Threads that warm kernels or wait for work are daemons, and end with this.
    System.exit(0);
  }
}
