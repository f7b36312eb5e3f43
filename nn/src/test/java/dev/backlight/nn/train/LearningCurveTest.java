package dev.backlight.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class LearningCurveTest {
  private static final Epoch ONE = new Epoch(1, new Score(2, 0), new Score(4, 0));
  private static final Epoch TWO = new Epoch(2, new Score(1, 0), new Score(Double.NaN, 0));
  private static final Epoch THREE = new Epoch(3, new Score(0, 0), new Score(2, 0));

  @TempDir Path dir;

  private static List<String> lines(String svg) throws Exception {
    var lines =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
            .getElementsByTagName("polyline");
    return java.util.stream.IntStream.range(0, lines.getLength())
        .mapToObj(i -> ((Element) lines.item(i)).getAttribute("points"))
        .toList();
  }

  @Test
  void lossesAreWhereTheyBelongAndThoseThatAreNoNumbersAreLeftOut() throws Exception {
    assertThat(lines(LearningCurve.svg(List.of(ONE, TWO, THREE))))
        .containsExactly("64.0,178.0 344.0,249.0 624.0,320.0", "64.0,36.0 624.0,178.0");
    assertThat(lines(LearningCurve.svg(List.of(new Epoch(5, new Score(0, 0), null)))))
        .containsExactly("64.0,320.0");
  }

  @Test
  void theFileIsThatOfTheEpochsSoFar() throws IOException {
    Path file = dir.resolve("curve.svg");
    LearningCurve curve = LearningCurve.to(file);
    for (int training = 0; training < 2; training++) {
      curve.begin(new Listener.Plan(3, 1, null));
      curve.resumed(List.of(ONE, TWO));
      curve.epoch(THREE);
      assertThat(Files.readString(file)).isEqualTo(LearningCurve.svg(List.of(ONE, TWO, THREE)));
    }
    assertThatThrownBy(() -> LearningCurve.svg(List.of()))
        .hasMessage("a learning curve needs at least 1 epoch, got none");
  }
}
