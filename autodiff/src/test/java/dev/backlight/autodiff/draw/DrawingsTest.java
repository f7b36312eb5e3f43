package dev.backlight.autodiff.draw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

/// What the two drawings of a tape hold, and that boxes never overlap.
class DrawingsTest {
  record Pair(Tensor x, Tensor w) {}

  private static final Tape<Pair, Tensor> TAPE =
      Tape.record(
          p -> p.x().matmul(p.w()).tanh().named("<hidden> & \"more\"").sum(),
          new Pair(Tensor.ones(2, 3), Tensor.ones(3, 4)));

  private static int count(String text, String part) {
    return (text.length() - text.replace(part, "").length()) / part.length();
  }

  @Test
  void dotHasABoxForEveryInputNodeAndOutputAndTheirArrows() {
    assertThat(Dot.of(TAPE))
        .startsWith("digraph tape {\n")
        .contains("n0 [label=\"x\\nF32(2, 3)\", tooltip=\"%0\"")
        .contains("n1 [label=\"w\\nF32(3, 4)\"")
        .contains("n2 [label=\"matmul\\n(2, 4)  DrawingsTest.java:")
        .contains("n3 [label=\"<hidden> & \\\"more\\\"\\n(2, 4)")
        .contains("n5 [label=\"output\\nF32()\"")
        .contains("  n0 -> n2 [tooltip=\"(2, 3)\"];\n")
        .contains("  n1 -> n2 [tooltip=\"(3, 4)\"];\n")
        .contains("  n4 -> n5 [tooltip=\"()\"];\n")
        .endsWith("}\n");
    assertThat(count(Dot.of(TAPE), " -> ")).isEqualTo(5);
  }

  @Test
  void thePageIsOneFileThatLoadsNothing(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("tape.html");
    TapePage.write(TAPE, file);
    String page = Files.readString(file);
    assertThat(page)
        .contains("<h1>A tape of 3 nodes</h1>")
        .contains("&lt;hidden&gt; &amp; &quot;more&quot;")
        .contains("%2 [2, 4] = matmul %0 %1")
        .doesNotContain("http", "src=", "@import", "<script");
    assertThat(count(page, "<rect ")).isEqualTo(6);
    assertThat(count(page, "class=\"arrow\"")).isEqualTo(5);
    String svg = page.substring(page.indexOf("<svg"), page.indexOf("</svg>") + 6);
    assertThat(
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getElementsByTagName("rect")
                .getLength())
        .isEqualTo(6);
  }

  @Test
  void outputsOfAStructureCarryTheirNames() {
    Tape<Pair, Grad<Tensor>> slope = TAPE.valueAndGrad(Pair::w);
    assertThat(Dot.of(slope)).contains("[label=\"value\\n").contains("[label=\"grad\\n");
  }

  @Test
  void boxesOfALayerNeverOverlapAndArrowsGoDown() {
    Tape<Tensor, Tensor> wide =
        Tape.record(
            x -> {
              Tensor sum = x.sin();
              for (int i = 1; i < 9; i++) {
                Tensor branch = x.mul(i).add(sum);
                for (int k = 0; k < i % 4; k++) {
                  branch = branch.tanh();
                }
                sum = sum.add(branch.mul(x));
              }
              return sum;
            },
            Tensor.ones(3));
    String page = TapePage.of(wide);
    Matcher rect =
        Pattern.compile("<rect x=\"([-\\d.]+)\" y=\"([\\d.]+)\" width=\"([\\d.]+)\"").matcher(page);
    List<double[]> boxes = new ArrayList<>();
    while (rect.find()) {
      double x = Double.parseDouble(rect.group(1));
      boxes.add(
          new double[] {
            x, Double.parseDouble(rect.group(2)), x + Double.parseDouble(rect.group(3))
          });
    }
    assertThat(boxes).hasSize(wide.nodes().size() + 2);
    for (int i = 0; i < boxes.size(); i++) {
      assertThat(boxes.get(i)[0]).isGreaterThan(-.06);
      for (int j = 0; j < i; j++) {
        boolean sameLayer = boxes.get(i)[1] == boxes.get(j)[1];
        boolean apart =
            boxes.get(i)[2] <= boxes.get(j)[0] + .2 || boxes.get(j)[2] <= boxes.get(i)[0] + .2;
        assertThat(!sameLayer || apart).as("boxes %d and %d", j, i).isTrue();
      }
    }
    Matcher arrow =
        Pattern.compile("class=\"arrow\" d=\"M[-\\d.]+ ([\\d.]+).*? ([\\d.]+)\"").matcher(page);
    int arrows = 0;
    while (arrow.find()) {
      assertThat(Double.parseDouble(arrow.group(2)))
          .isGreaterThan(Double.parseDouble(arrow.group(1)));
      arrows++;
    }
    assertThat(arrows).isGreaterThan(40);
  }

  @Test
  void aTapeWithoutNodesIsAnArrow() {
    assertThat(TapePage.of(Tape.record(x -> x, Tensor.ones(2)))).contains("A tape of 0 nodes");
  }

  @Test
  void aPictureOfThousandsIsRefused() {
    Tape<Tensor, Tensor> long_ =
        Tape.record(
            x -> {
              Tensor y = x;
              for (int i = 0; i < 1500; i++) {
                y = y.tanh();
              }
              return y;
            },
            Tensor.ones(1));
    assertThatThrownBy(() -> TapePage.of(long_))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a drawing needs at most 1500 boxes, got 1502; draw a part of the tape, or print it");
  }

  @Test
  void thePageIsWrittenWhollyOrNotAtAll(@TempDir Path folder) {
    assertThatThrownBy(() -> TapePage.write(TAPE, folder.resolve("missing/tape.html")))
        .isInstanceOf(IOException.class);
    assertThat(folder).isEmptyDirectory();
  }
}
