package dev.backlight.explain.golden;

import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import dev.backlight.explain.Quadrature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What a reference tool computed of one model: the answer to a derivative or an explanation, with
/// the tolerance at which it holds.
///
/// Files of such cases are JSON of the format `explain-golden/1`. A case passes if every number of
/// every tensor differs by at most `abs + rel_to_max · max |wanted|`.
public final class GoldenCase {
  private static final String FORMAT = "explain-golden/1";

  private final String name;
  private final String method;
  private final Map<String, Object> golden;
  private final Supplier<Optional<Map<String, Tensor>>> answer;

  private GoldenCase(
      String name,
      String method,
      Map<String, Object> golden,
      Supplier<Optional<Map<String, Tensor>>> answer) {
    this.name = name;
    this.method = method;
    this.golden = golden;
    this.answer = answer;
  }

  /// How a case ended.
  public enum Verdict {
    /// All numbers are right.
    PASSED,
    /// A number is wrong, or an error came where an answer should.
    FAILED,
    /// The method is not known here.
    UNSUPPORTED
  }

  /// A case with its end.
  ///
  /// @param verdict how it ended
  /// @param reason why, if it did not pass
  /// @param error the largest absolute difference of a number
  public record Result(Verdict verdict, String reason, double error) {}

  // ---- reading ----

  /// The files of a folder that may hold cases, in order: all that end in `.json`, or itself.
  public static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of(folder);
    }
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  /// The cases of a file: that of the model's output first, then the others in their order. A file
  /// of quadrature rules has a case for each.
  ///
  /// @throws FormatException if it is none of golden cases
  public static List<GoldenCase> read(Path file) throws IOException {
    Object root = Json.read(file);
    if (!(root instanceof Map<?, ?> map) || !FORMAT.equals(map.get("format"))) {
      throw new FormatException(
          file.toString(),
          "golden cases of the format %s are needed, got %s"
              .formatted(FORMAT, root instanceof Map<?, ?> m ? m.get("format") : "no object"));
    }
    try {
      Map<String, Object> all = GoldenFile.object(root);
      return all.containsKey("rules") ? quadratures(all) : cases(new GoldenFile(all));
    } catch (RuntimeException e) {
      throw new FormatException(
          file.toString(), "golden cases are needed that fit their format, got " + e.getMessage());
    }
  }

  private static List<GoldenCase> cases(GoldenFile file) {
    List<GoldenCase> all = new ArrayList<>();
    all.add(
        new GoldenCase(
            file.id() + " forward",
            "forward",
            Map.of(
                "result",
                Map.of("output", file.output()),
                "tolerance",
                Map.of("abs", 1e-12, "rel_to_max", 0)),
            () -> Optional.of(Map.of("output", file.model().function().apply(file.x())))));
    for (Map<String, Object> golden : file.cases()) {
      all.add(
          new GoldenCase(
              "%s %s (%s)".formatted(file.id(), golden.get("id"), golden.get("tool")),
              GoldenFile.text(golden, "method"),
              golden,
              () ->
                  new GoldenDerivatives(file)
                      .of(golden)
                      .or(() -> new GoldenExplanations(file).of(golden))));
    }
    return all;
  }

  private static List<GoldenCase> quadratures(Map<String, Object> all) {
    Map<String, Object> tolerance = GoldenFile.object(all, "tolerance");
    List<GoldenCase> cases = new ArrayList<>();
    for (Map<String, Object> rule : GoldenFile.objects(all, "rules")) {
      int n = GoldenFile.count(rule, "n");
      Map<String, Object> wanted =
          Map.of(
              "nodes", GoldenFile.object(rule, "nodes_0_1"),
              "weights", GoldenFile.object(rule, "weights_0_1"));
      cases.add(
          new GoldenCase(
              "gauss-legendre " + n,
              "gauss_legendre",
              Map.of("result", wanted, "tolerance", tolerance),
              () -> {
                Quadrature.Fixed ours = Quadrature.gaussLegendre(n);
                return Optional.of(
                    Map.of("nodes", Tensor.of(ours.nodes()), "weights", Tensor.of(ours.weights())));
              }));
    }
    return cases;
  }

  // ---- what it is ----

  /// The model, the case and the tool, as in `cnn saliency (captum)`.
  public String name() {
    return name;
  }

  /// What was computed, as in `integrated_gradients`.
  public String method() {
    return method;
  }

  // ---- running ----

  /// Computes the case and compares.
  public Result run() {
    double worst = 0;
    try {
      Optional<Map<String, Tensor>> got = answer.get();
      if (got.isEmpty()) {
        return new Result(Verdict.UNSUPPORTED, "the method " + method + " is not known", 0);
      }
      Map<String, Tensor> wanted = GoldenFile.tensors(golden, "result");
      double scale = 0;
      for (Map.Entry<String, Tensor> want : wanted.entrySet()) {
        scale = Math.max(scale, largest(want.getValue()));
        worst = Math.max(worst, compare(want.getKey(), got.get(), want.getValue(), 0));
      }
      if (golden.get("delta") != null && got.get().containsKey("delta")) {
        // A sum of scores is known as well as its largest terms.
        Tensor delta = GoldenFile.tensor(golden, "delta");
        worst = Math.max(worst, compare("delta", got.get(), delta, scale));
      }
      return new Result(Verdict.PASSED, "", worst);
    } catch (Wrong e) {
      return new Result(Verdict.FAILED, String.valueOf(e.getMessage()), e.error);
    } catch (RuntimeException e) {
      return new Result(Verdict.FAILED, e.toString(), worst);
    }
  }

  private double compare(String part, Map<String, Tensor> all, Tensor want, double scale) {
    Tensor got = all.get(part);
    if (got == null || !got.shape().equals(want.shape())) {
      throw new Wrong(
          "%s needs %s, got %s".formatted(part, want.shape(), got == null ? "none" : got.shape()),
          0);
    }
    Map<String, Object> tolerance = GoldenFile.object(golden, "tolerance");
    double allowed =
        GoldenFile.number(tolerance, "abs")
            + GoldenFile.number(tolerance, "rel_to_max") * Math.max(scale, largest(want));
    double[] a = got.toDoubles();
    double[] b = want.toDoubles();
    double worst = 0;
    for (int i = 0; i < a.length; i++) {
      double error = Math.abs(a[i] - b[i]);
      if (!(error <= allowed)) {
        throw new Wrong(
            "%s needs %s at element %d within %.1e, got %s".formatted(part, b[i], i, allowed, a[i]),
            error);
      }
      worst = Math.max(worst, error);
    }
    return worst;
  }

  private static double largest(Tensor values) {
    double largest = 0;
    for (double value : values.toDoubles()) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /// An answer that is not the expected one.
  private static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final double error;

    Wrong(String message, double error) {
      super(message);
      this.error = error;
    }
  }
}
