package dev.backlight.nn.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now;

  private Progress progress(boolean bar) {
    return new Progress(out, bar, () -> now);
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  private static Epoch epoch(int number, double loss, double metric, @Nullable Score held) {
    return new Epoch(number, new Score(loss, metric), held);
  }

  @Test
  void linesTellEpochLossMetricAndTimeToCome() {
    Progress lines = progress(false);
    lines.begin(new Listener.Plan(20, 5, Metric.accuracy()));
    now += 2_000_000_000L;
    lines.epoch(epoch(1, 0.5, 0.9, null));
    now += 2_000_000_000L;
    lines.epoch(epoch(2, 0.12344, 0.9721, new Score(0.25, 0.95)));
    assertThat(printed())
        .isEqualTo(
            """
            epoch  1/20  loss 0.5000  accuracy 90.0 %  ETA 38 s
            epoch  2/20  loss 0.1234  accuracy 97.2 %  held out: loss 0.2500  accuracy 95.0 %  ETA 36 s
            """);
  }

  @Test
  void aLongTrainingPrintsAboutFiftyLines() {
    Progress lines = progress(false);
    lines.begin(new Listener.Plan(1000, 1, null));
    for (int i = 1; i <= 1000; i++) {
      lines.epoch(epoch(i, 1, Double.NaN, null));
    }
    lines.end(null);
    assertThat(printed().lines()).hasSize(51);
    assertThat(printed().lines()).last().isEqualTo("epoch 1000/1000  loss 1.000  ETA 0 s");
  }

  @Test
  void anEarlyStopPrintsItsLastEpochAndTheOneKept() {
    Progress lines = progress(false);
    lines.begin(new Listener.Plan(200, 1, null));
    Epoch best = epoch(1, 0.25, Double.NaN, null);
    lines.epoch(best);
    lines.epoch(epoch(2, 0.5, Double.NaN, null));
    lines.end(best);
    assertThat(printed())
        .isEqualTo(
            """
            epoch   1/200  loss 0.2500  ETA 0 s
            epoch   2/200  loss 0.5000  ETA 0 s
            kept epoch 1, which was the best
            """);
  }

  @Test
  void theBarRewritesOneLineAtMostTenTimesASecond() {
    Progress bar = progress(true);
    bar.begin(new Listener.Plan(2, 2, null));
    bar.batch(1, 1);
    now += 50_000_000L;
    bar.batch(1, 2);
    now += 950_000_000L;
    bar.epoch(epoch(1, 0.5, Double.NaN, null));
    bar.epoch(epoch(2, 0.25, Double.NaN, null));
    bar.end(null);
    assertThat(printed())
        .isEqualTo(
            "\r[###-------] epoch 1/2  ETA 0 s"
                + "\r[#####-----] epoch 1/2  loss 0.5000  ETA 1 s"
                + "\r[##########] epoch 2/2  loss 0.2500  ETA 0 s\n");
  }

  @Test
  void aShorterLineWipesTheLongerOne() {
    Progress bar = progress(true);
    bar.begin(new Listener.Plan(2, 1, null));
    now += 100_000_000_000L;
    bar.epoch(epoch(1, 0.5, Double.NaN, null));
    now += 1_000_000_000L;
    bar.epoch(epoch(2, 0.5, Double.NaN, null));
    assertThat(printed())
        .isEqualTo(
            "\r[#####-----] epoch 1/2  loss 0.5000  ETA 100 s"
                + "\r[##########] epoch 2/2  loss 0.5000  ETA 0 s  ");
  }

  @Test
  void theBarFitsATerminalAndTellsTheScoreThatCounts() {
    Progress bar = progress(true);
    bar.begin(new Listener.Plan(1000, 1, Metric.accuracy()));
    now += 1_000_000_000L;
    bar.epoch(epoch(100, 0.5, 0.25, new Score(0.125, 0.95)));
    assertThat(printed())
        .isEqualTo(
            "\r[#---------] epoch  100/1000  held out: loss 0.1250  accuracy 95.0 %  ETA 9 s");
    Progress wide = progress(true);
    bytes.reset();
    wide.begin(
        new Listener.Plan(1000, 1, new Metric("a metric with a long name", false, (a, b) -> a)));
    now += 1_000_000_000L;
    wide.epoch(epoch(100, 0.5, 0.25, new Score(0.125, 0.95)));
    assertThat(printed()).hasSize(80);
  }

  @Test
  void silenceIsSilent() {
    Progress silent = Progress.silent();
    silent.begin(new Listener.Plan(2, 1, null));
    silent.batch(1, 1);
    silent.epoch(epoch(1, 0.5, Double.NaN, null));
    silent.end(null);
    assertThat(printed()).isEmpty();
  }
}
