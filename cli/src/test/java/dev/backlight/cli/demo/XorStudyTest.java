package dev.backlight.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.cli.Terminal;
import dev.backlight.core.Key;
import dev.backlight.explain.NodeContributions;
import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class XorStudyTest {
  private static XorStudy study(long seed) {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    return XorStudy.run(Key.of(seed), new Terminal(nowhere, nowhere, false));
  }

  @Test
  void allFourAreLearnedFromAnySeed() {
    for (long seed = 0; seed < 10; seed++) {
      assertThat(study(seed).right()).as("seed %d", seed).isEqualTo(4);
    }
  }

  @Test
  void everyLayerAddsUpToTheDifferenceOfTheAnswers() {
    XorStudy study = study(0);
    double middle = study.network().apply(study.x().mul(0).add(0.5)).at(0, 0);
    for (String label : new String[] {"x", XorStudy.HIDDEN, XorStudy.OUTPUT}) {
      NodeContributions.Layer layer = study.flow().layer(label).orElseThrow();
      for (int n = 0; n < 4; n++) {
        double difference = study.network().apply(study.x()).at(n, 0) - middle;
        assertThat(layer.sums().at(n)).as("%s of %d", label, n).isCloseTo(difference, within(1e-6));
      }
    }
    assertThat(study.residual()).isLessThan(1e-6);
  }

  /// Edges are computed from the sums before the hidden nodes, nodes from the whole tape.
  @Test
  void edgesAddUpToTheNodesAtBothOfTheirEnds() {
    XorStudy study = study(1);
    NodeContributions.Layer inputs = study.flow().layer("x").orElseThrow();
    NodeContributions.Layer hidden = study.flow().layer(XorStudy.HIDDEN).orElseThrow();
    for (int n = 0; n < 4; n++) {
      double[][] edges = study.edges()[n];
      for (int h = 0; h < 4; h++) {
        assertThat(edges[0][h] + edges[1][h])
            .isCloseTo(hidden.contribution().at(n, h), within(1e-5));
      }
      for (int i = 0; i < 2; i++) {
        assertThat(edges[i][0] + edges[i][1] + edges[i][2] + edges[i][3])
            .isCloseTo(inputs.contribution().at(n, i), within(1e-5));
      }
    }
  }
}
