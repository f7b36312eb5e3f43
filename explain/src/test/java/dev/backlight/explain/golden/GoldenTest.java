package dev.backlight.explain.golden;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import dev.backlight.explain.Quadrature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every golden case at the tolerance that its file gives.
///
/// `-Dbacklight.golden=DIR` runs the files of another folder. The tally at the end counts what
/// passed by method; an unknown method is a failure.
class GoldenTest {
  private static final Set<String> DERIVATIVES =
      Set.of(
          "jacobian",
          "vjp",
          "jvp",
          "cross_entropy_mean_gradients",
          "binary_cross_entropy_mean_gradients",
          "hvp",
          "hessian",
          "third_derivative",
          "gradient_of_explanation");

  private static final Set<String> EXPLANATIONS =
      Set.of(
          "saliency",
          "input_x_gradient",
          "integrated_gradients",
          "layer_gradient_x_activation",
          "neuron_gradient",
          "neuron_integrated_gradients",
          "feature_ablation",
          "occlusion",
          "internal_influence",
          "layer_conductance",
          "layer_integrated_gradients",
          "neuron_conductance",
          "attention_gradients",
          "attention_relevance",
          "attention_rollout",
          "deconvolution",
          "fgsm",
          "grad_cam",
          "grad_cam_plus_plus",
          "guided_backprop",
          "guided_grad_cam",
          "hires_cam",
          "layer_cam",
          "pgd_linf",
          "shapley_values",
          "deeplift_rescale",
          "deeplift_shap",
          "layer_deeplift_rescale",
          "complexity_entropy",
          "faithfulness_estimate",
          "infidelity",
          "influence_function",
          "localisation",
          "sensitivity_max",
          "sparseness_gini",
          "tracin",
          "smooth_grad",
          "smooth_grad_sq",
          "var_grad",
          "expected_gradients",
          "integrated_hessians",
          "lrp",
          "deletion_curve",
          "insertion_curve");

  private static final Map<String, int[]> TALLY = new TreeMap<>();

  static Path folder() {
    String given = System.getProperty("backlight.golden");
    try {
      return given != null
          ? Path.of(given)
          : Path.of(
                  Objects.requireNonNull(GoldenTest.class.getResource("/golden/xor.json")).toURI())
              .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @TestFactory
  Stream<DynamicContainer> everyCaseAgreesWithTheReferenceTools() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder())) {
      files =
          all.filter(f -> f.toString().endsWith(".json"))
              .filter(f -> !f.getFileName().toString().equals("gauss_legendre.json"))
              .sorted()
              .toList();
    }
    assertThat(files).isNotEmpty();
    return files.stream()
        .map(f ->
            DynamicContainer.dynamicContainer(f.getFileName().toString(), f.toUri(), cases(f)));
  }

  /// Files are read one by one, as they are run.
  private static Stream<DynamicNode> cases(Path path) {
    GoldenFile file;
    try {
      file = GoldenFile.read(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<DynamicNode> tests = new ArrayList<>();
    tests.add(
        DynamicTest.dynamicTest(
            "forward",
            () ->
                assertThat(file.model().function().apply(file.x()).toDoubles())
                    .containsExactly(
                        file.expectedOutput().toDoubles(),
                        org.assertj.core.api.Assertions.within(1e-12))));
    for (Map<String, Object> golden : file.cases()) {
      String name = file.id() + " " + golden.get("id") + " (" + golden.get("tool") + ")";
      tests.add(DynamicTest.dynamicTest(name, () -> check(file, golden)));
    }
    return tests.stream();
  }

  private static void check(GoldenFile file, Map<String, Object> golden) {
    String method = GoldenFile.text(golden, "method");
    int[] counts = TALLY.computeIfAbsent(method, _ -> new int[2]);
    counts[1]++;
    Map<String, Tensor> got;
    if (DERIVATIVES.contains(method)) {
      got = new GoldenDerivatives(file).of(golden);
    } else {
      assertThat(EXPLANATIONS).as("methods that are known").contains(method);
      got = new GoldenExplanations(file).of(golden).orElseThrow();
    }
    compare(golden, got);
    counts[0]++;
  }

  private static void compare(Map<String, Object> golden, Map<String, Tensor> got) {
    Map<String, Object> tolerance = GoldenFile.object(golden, "tolerance");
    double scale = 0;
    for (Map.Entry<String, Tensor> want : GoldenFile.tensors(golden, "result").entrySet()) {
      assertThat(got).containsKey(want.getKey());
      scale = Math.max(scale, largest(want.getValue()));
      compare(want.getKey(), got.get(want.getKey()), want.getValue(), tolerance, 0);
    }
    if (golden.get("delta") != null && got.containsKey("delta")) {
      // A sum of scores is known as well as its largest terms.
      compare("delta", got.get("delta"), GoldenFile.tensor(golden.get("delta")), tolerance, scale);
    }
  }

  private static double largest(Tensor values) {
    double largest = 0;
    for (double value : values.toDoubles()) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static void compare(
      String name, Tensor got, Tensor want, Map<String, Object> tolerance, double scale) {
    assertThat(got.shape()).as("shape of " + name).isEqualTo(want.shape());
    double allowed =
        GoldenFile.number(tolerance, "abs")
            + GoldenFile.number(tolerance, "rel_to_max") * Math.max(scale, largest(want));
    double[] a = got.toDoubles();
    double[] b = want.toDoubles();
    for (int i = 0; i < a.length; i++) {
      assertThat(Math.abs(a[i] - b[i]))
          .as(name + "[" + i + "]: got " + a[i] + ", want " + b[i])
          .isLessThanOrEqualTo(allowed);
    }
  }

  @TestFactory
  Stream<DynamicTest> quadratureNodesAgree() throws IOException {
    Path path = folder().resolve("gauss_legendre.json");
    if (!Files.exists(path)) {
      return Stream.of();
    }
    Map<String, Object> file = GoldenFile.object(Objects.requireNonNull(Json.read(path)));
    Map<String, Object> tolerance = GoldenFile.object(file, "tolerance");
    return GoldenFile.objects(file, "rules").stream()
        .map(rule ->
            DynamicTest.dynamicTest(
                "gauss-legendre " + rule.get("n"),
                () -> {
                  Quadrature.Fixed ours = Quadrature.gaussLegendre(GoldenFile.count(rule, "n"));
                  Tensor nodes = GoldenFile.tensor(rule.get("nodes_0_1"));
                  Tensor weights = GoldenFile.tensor(rule.get("weights_0_1"));
                  compare("nodes", Tensor.of(ours.nodes()), nodes, tolerance, 0);
                  compare("weights", Tensor.of(ours.weights()), weights, tolerance, 0);
                }));
  }

  @AfterAll
  static void tally() {
    int passed = 0;
    int all = 0;
    StringBuilder text = new StringBuilder("golden cases: passed / all\n");
    for (Map.Entry<String, int[]> each : TALLY.entrySet()) {
      text.append(
          String.format(
              "  %-38s %4d / %d%n", each.getKey(), each.getValue()[0], each.getValue()[1]));
      passed += each.getValue()[0];
      all += each.getValue()[1];
    }
    System.out.print(text.append(String.format("  %-38s %4d / %d%n", "all", passed, all)));
  }
}
