package dev.backlight.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Contracts.Contract;
import dev.backlight.explain.Contracts.OfNodes;
import dev.backlight.explain.golden.GoldenCase;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// The table of methods in `docs/methods.md`, from what the contracts say and from what was
/// measured. It is written anew with `-Dbacklight.docs=write`.
class MethodsTableTest {
  private static final String BEGIN = "<!-- table: methods -->\n";
  private static final String END = "<!-- end of table -->";
  private static final Tensor X = Nets.draw(90, DType.F64, 4, 5);
  private static final Function<Tensor, Tensor> MLP = Nets.mlp(91, DType.F64, Tensor::relu, true);

  /// What explains something else than elements or all nodes, and is in Tensor language.
  private record Other(
      String name, String of, String paper, String adds, String cost, List<String> golden) {}

  private static List<Other> others() {
    return List.of(
        other(
            "`LayerIntegratedGradients`",
            "one layer",
            "Sundararajan, Taly, Yan 2017",
            "f(x) − f(baseline), at a cut",
            "2 + nodes",
            "layer_integrated_gradients"),
        other(
            "`LayerConductance`",
            "one layer",
            "Dhamdhere, Sundararajan, Yan 2019",
            "f(x) − f(baseline), at a cut",
            "points",
            "layer_conductance"),
        other(
            "`IntegratedHessians`",
            "pairs of elements",
            "Janizek, Sturmfels, Lee 2021",
            "f(x) − f(baseline)",
            "features · nodes²",
            "integrated_hessians"),
        other(
            "`ClassActivationMap`",
            "one layer of channels",
            "Selvaraju and others 2017",
            "nothing",
            "1",
            "grad_cam",
            "grad_cam_plus_plus",
            "hires_cam",
            "layer_cam",
            "guided_grad_cam"),
        other(
            "`AttentionFlow`",
            "attention weights",
            "Abnar, Zuidema 2020; Chefer, Gur, Wolf 2021",
            "nothing",
            "1",
            "attention_gradients",
            "attention_rollout",
            "attention_relevance"));
  }

  private static Other other(
      String name, String of, String paper, String adds, String cost, String... golden) {
    return new Other(name, of, paper, adds, cost, List.of(golden));
  }

  @Test
  void thePageHasARowForEveryMethod() throws Exception {
    Path file = docs().resolve("methods.md");
    String page = Files.readString(file);
    String table = table();
    int from = page.indexOf(BEGIN) + BEGIN.length();
    int to = page.indexOf(END);
    assertThat(to).as("the place of the table in docs/methods.md").isGreaterThanOrEqualTo(from);
    if ("write".equals(System.getProperty("backlight.docs"))) {
      page = page.substring(0, from) + table + page.substring(to);
      Files.writeString(file, page);
      to = page.indexOf(END);
    }
    IO.println(
        "docs/methods.md: " + table.lines().filter(l -> l.startsWith("| `")).count() + " methods");
    assertThat(page.substring(from, to)).isEqualTo(table);
  }

  private static String table() throws IOException, URISyntaxException {
    Map<String, Integer> golden = golden();
    StringBuilder text = new StringBuilder();
    text.append(
        "\n"
            + "| method | paper | adds up to | differentiable | batched | layers | golden | runs of"
            + " the model, and at 5 features |\n");
    text.append("|---|---|---|---|---|---|---|---|\n");
    for (Contract c : Contracts.all(Nets.draw(92, DType.F64, 3, 5))) {
      Explainer e = c.explainer();
      Asked asked = new Asked();
      Attribution a = e.explain(asked, X, Target.at(0));
      row(
          text,
          "`" + e.name() + "`",
          c.paper(),
          e.completeness().toString().replace(" - ", " − "),
          Contracts.differentiable(e) ? "yes" : "no",
          asked.most > X.size(0) ? "examples and points" : "examples",
          layers(e),
          counted(
              golden,
              c.golden(),
              e instanceof Lrp lrp && lrp.rule() instanceof CompositeRule ? " of its rules" : ""),
          c.cost()
              + (c.cost().equals(Long.toString(a.evaluations())) ? "" : ": " + a.evaluations()));
    }
    text.append("\nOf nodes, and of what is between:\n\n");
    text.append(
        "| method | paper | explains | adds up to | differentiable | golden | runs of the model |\n"
            + "|---|---|---|---|---|---|---|\n");
    for (OfNodes n : Contracts.ofNodes()) {
      NodeContributions made = n.explainer().contributions(MLP, X, Target.at(0));
      row(
          text,
          "`" + n.explainer().name() + "`",
          n.paper(),
          "all nodes",
          n.sums() == Completeness.NONE
              ? "nothing"
              : n.sums().toString().replace(" - ", " − ") + ", at every cut",
          "yes",
          counted(golden, List.of(n.golden()), ""),
          Long.toString(made.evaluations()));
    }
    for (Other o : others()) {
      row(text, o.name, o.paper, o.of, o.adds, "yes", counted(golden, o.golden, ""), o.cost);
    }
    return text.append('\n').toString();
  }

  private static void row(StringBuilder text, String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String layers(Explainer e) {
    return e instanceof NodeExplainer
        ? "all at once"
        : e instanceof NeuronConductance ? "by way of a neuron" : "one, by `Inside`";
  }

  private static String counted(Map<String, Integer> golden, List<String> methods, String of) {
    List<Integer> counts = new ArrayList<>();
    for (String method : methods) {
      counts.add(Objects.requireNonNull(golden.get(method), "no golden case of " + method));
    }
    return counts.isEmpty() ? "–" : counts.stream().mapToInt(i -> i).sum() + of;
  }

  /// How many cases ask each method.
  private static Map<String, Integer> golden() throws IOException, URISyntaxException {
    Path folder =
        Path.of(
                Objects.requireNonNull(MethodsTableTest.class.getResource("/golden/xor.json"))
                    .toURI())
            .getParent();
    Map<String, Integer> counts = new TreeMap<>();
    for (Path file : GoldenCase.files(folder)) {
      for (GoldenCase one : GoldenCase.read(file)) {
        counts.merge(one.method(), 1, Integer::sum);
      }
    }
    return counts;
  }

  /// A model that knows the most rows that it was asked about at once.
  private static final class Asked implements Function<Tensor, Tensor> {
    private int most;

    @Override
    public Tensor apply(Tensor x) {
      most = Math.max(most, x.size(0));
      return MLP.apply(x);
    }
  }

  private static Path docs() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/methods.md"))) {
      folder = Objects.requireNonNull(folder.getParent());
    }
    return folder.resolve("docs");
  }
}
