package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Operations and bytes are counted by hand here; times are only there.
class CostsTest {
  record Pair(Tensor x, Tensor w) {}

  private static final Tape<Pair, Tensor> TAPE =
      Tape.record(
          p -> p.x().matmul(p.w()).tanh().sum(), new Pair(Tensor.ones(2, 3), Tensor.ones(3, 4)));

  @Test
  void everyNodeTellsItsOperationsAndBytes() {
    Costs costs = TAPE.player().costs();
    assertThat(costs.nodes())
        .extracting(c -> c.node().op().name())
        .containsExactly("matmul", "tanh", "sum");
    assertThat(costs.nodes()).extracting(Costs.Cost::flops).containsExactly(48L, 8L, 8L);
    assertThat(costs.nodes())
        .extracting(Costs.Cost::bytes)
        .containsExactly(4L * (6 + 12 + 8), 4L * 16, 4L * 9);
    assertThat(costs.nodes()).allMatch(c -> c.nanos() >= 0);
    assertThat(costs.total().count()).isEqualTo(3);
    assertThat(costs.total().flops()).isEqualTo(64);
  }

  @Test
  void convolutionsCountTheirWindowsInAllDirections() {
    Tensor x = Tensor.ones(Shape.of(2, 3, 5, 5), DType.F32);
    Tensor w = Tensor.ones(Shape.of(4, 3, 3, 3), DType.F32);
    Tape<Pair, Tensor> loss =
        Tape.record(p -> p.x().conv2d(p.w(), Conv2dOptions.of()).sum(), new Pair(x, w));
    long flops = 2L * (2 * 4 * 3 * 3) * (3 * 3 * 3);
    Costs costs = loss.gradient().player().costs();
    assertThat(costs.nodes())
        .filteredOn(c -> c.node().op().name().startsWith("conv2d"))
        .hasSize(2)
        .extracting(Costs.Cost::flops)
        .containsOnly(flops);
  }

  @Test
  void whatRunsProgramsCountsAllTheirRuns() {
    Tape<Tensor, Tensor> sums =
        Tape.record(x -> Tape.sumOver(a -> a.sin().sum(), x), Tensor.ones(5, 3));
    assertThat(sums.player().costs().total().flops()).isEqualTo(5 * (3 + 3));
    Tape<Tensor, Tensor> scan =
        Tape.record(
            x -> Tape.scan((Tensor c, Tensor a) -> new Scanned<>(c.mul(a), c), x.get(0), x).carry(),
            Tensor.ones(5, 3));
    assertThat(scan.player().costs().total().flops()).isEqualTo(5 * 3);
  }

  @Test
  void theTablePrintsTheDearestOpFirstAndASum() {
    Node node = TAPE.nodes().getFirst();
    Node other = TAPE.nodes().getLast();
    Costs costs =
        new Costs(
            List.of(
                new Costs.Cost(other, 1000, 8, 100),
                new Costs.Cost(node, 2000, 4_000_000, 200),
                new Costs.Cost(other, 1000, 8, 100)));
    assertThat(costs.toString())
        .isEqualToNormalizingNewlines(
            """
            op                    nodes         time  share      MFLOP        bytes   GFLOP/s
            sum                       2       2.0 µs  50.0%      0.000          200      0.01
            matmul                    1       2.0 µs  50.0%      4.000          200   2000.00
            all                       3       4.0 µs 100.0%      4.000          400   1000.00\
            """);
  }

  @Test
  void nodesAreEventsOfFlightRecorder(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("nodes.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.backlight.Node").withoutThreshold();
      recording.start();
      TAPE.gradient().player().costs();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    assertThat(events)
        .extracting(e -> e.getString("op") + "/" + e.getString("behind"))
        .contains("matmul/", "tanh/", "matmul/matmul");
    assertThat(events).allMatch(e -> e.getString("where").startsWith("CostsTest.java:"));
    assertThat(events).anyMatch(e -> e.getLong("flops") == 48 && e.getLong("bytes") == 104);
  }

  @Test
  void theMemoryPlanNamesEverySlotAndWhatSharingSaves() {
    Tape<Tensor, Tensor> chain =
        Tape.record(x -> x.exp().tanh().exp().tanh().sum(), Tensor.ones(1000));
    assertThat(chain.player().memory())
        .isEqualTo(
            """
            slot 0    F32         4,000 bytes   %0
            slot 1    F32         4,000 bytes   %1 %3
            slot 2    F32         4,000 bytes   %2 %4
            slot 3    F32             4 bytes   %5
            12,004 bytes; 20,004 without sharing\
            """);
  }
}
