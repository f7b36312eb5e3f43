package dev.backlight.explain.golden;

import dev.backlight.autodiff.Grad;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.WithCotangent;
import dev.backlight.autodiff.WithTangent;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Golden cases of plain derivatives, and of derivatives of explanations.
///
/// Inputs and parameters are one map of tensors, so that a derivative with respect to any part has
/// names.
record GoldenDerivatives(GoldenFile file) {
  private static final String X = "x joined";

  /// What the case asks for, by name; empty if it is no derivative.
  Optional<Map<String, Tensor>> of(Map<String, Object> golden) {
    Map<String, Object> args = GoldenFile.object(golden, "args");
    Map<String, Tensor> found =
        switch (GoldenFile.text(golden, "method")) {
          case "jacobian" -> jacobian();
          case "vjp" -> vjp(GoldenFile.tensor(args, "cotangent"));
          case "jvp" -> jvp(GoldenFile.tensors(args, "tangent"));
          case "cross_entropy_mean_gradients" -> lossGradients(all -> crossEntropy(all).mean());
          case "binary_cross_entropy_mean_gradients" -> {
            int[] labels = labels(args);
            yield lossGradients(all -> binaryCrossEntropy(all, labels));
          }
          case "hvp" -> hvp(args);
          case "hessian" -> Map.of("value", hessian(args));
          case "third_derivative" -> Map.of("value", third(args));
          case "gradient_of_explanation" -> ofExplanation(args);
          default -> Map.of();
        };
    return found.isEmpty() ? Optional.empty() : Optional.of(found);
  }

  private Map<String, Tensor> everything() {
    Map<String, Tensor> all = new LinkedHashMap<>(file.model().params());
    all.put(X, file.x());
    return all;
  }

  private Tensor output(Map<String, Tensor> all) {
    return file.model().function(all).apply(GoldenFile.need(all, X));
  }

  /// Named tensors with the joined input as its parts.
  private Map<String, Tensor> named(Map<String, Tensor> all) {
    Map<String, Tensor> named = new LinkedHashMap<>(all);
    Tensor joined = named.remove(X);
    if (joined != null) {
      named.putAll(file.model().split(joined));
    }
    return named;
  }

  private Map<String, Tensor> jacobian() {
    Tensor x = file.x();
    var back = Tape.record(file.model().function(), x).vjp(Function.<Tensor>identity());
    Tensor output = file.model().function().apply(x);
    List<Tensor> rows = new ArrayList<>();
    for (int k = 0; k < output.size(1); k++) {
      Tensor ones = Tensor.ones(dev.backlight.core.Shape.of(output.size(0)), x.dtype());
      Tensor unit = ones.unsqueeze(1).pad(1, k, output.size(1) - 1 - k);
      rows.add(back.run(new WithCotangent<>(x, unit)));
    }
    Map<String, Tensor> jacobian = new LinkedHashMap<>();
    for (String name : file.model().inputs().keySet()) {
      jacobian.put(
          name,
          Tensor.stack(1, rows.stream().map(row -> file.model().split(row).get(name)).toList()));
    }
    return jacobian;
  }

  private Map<String, Tensor> vjp(Tensor cotangent) {
    Map<String, Tensor> all = everything();
    return named(
        Tape.record(this::output, all)
            .vjp(Function.<Map<String, Tensor>>identity())
            .run(new WithCotangent<>(all, cotangent)));
  }

  private Map<String, Tensor> jvp(Map<String, Tensor> tangents) {
    Map<String, Tensor> all = everything();
    Map<String, Tensor> direction = new LinkedHashMap<>();
    for (String name : all.keySet()) {
      if (name.equals(X)) {
        direction.put(X, file.model().join(tangents));
      } else if (tangents.containsKey(name)) {
        direction.put(name, tangents.get(name));
      }
    }
    return Map.of(
        "output",
        Tape.record(this::output, all)
            .jvp((Map<String, Tensor> part) -> part(part, direction.keySet()))
            .run(new WithTangent<>(all, direction)));
  }

  private static Map<String, Tensor> part(Map<String, Tensor> all, Iterable<String> names) {
    Map<String, Tensor> part = new LinkedHashMap<>();
    names.forEach(name -> part.put(name, all.get(name)));
    return part;
  }

  // ---- losses ----

  private int[] labels(Map<String, Object> args) {
    return "targets".equals(args.get("labels"))
        ? file.targets()
        : GoldenFile.countArray(args, "labels");
  }

  /// The softmax cross entropy of every example.
  private Tensor crossEntropy(Map<String, Tensor> all) {
    return Target.each(file.targets()).scalars(output(all).logSoftmax(1)).neg();
  }

  private Tensor binaryCrossEntropy(Map<String, Tensor> all, int... labels) {
    double[] truth = java.util.Arrays.stream(labels).asDoubleStream().toArray();
    Tensor y = Tensor.of(truth).unsqueeze(1);
    Tensor p = output(all);
    return y.mul(p.log()).add(y.oneMinus().mul(p.oneMinus().log())).mean().neg();
  }

  private Map<String, Tensor> lossGradients(Function<Map<String, Tensor>, Tensor> loss) {
    Map<String, Tensor> all = everything();
    Grad<Map<String, Tensor>> grad = Tape.record(loss, all).valueAndGrad().run(all);
    Map<String, Tensor> results = named(grad.grad());
    results.put("loss", grad.value());
    return results;
  }

  // ---- second and third order ----

  private Function<Map<String, Tensor>, Tensor> quantity(Map<String, Object> args) {
    return switch (GoldenFile.text(args, "of")) {
      case "cross_entropy_sum" -> all -> crossEntropy(all).sum();
      case "cross_entropy_mean" -> all -> crossEntropy(all).mean();
      case "binary_cross_entropy_mean" -> {
        int[] labels = labels(args);
        yield all -> binaryCrossEntropy(all, labels);
      }
      default -> throw new IllegalArgumentException("no quantity " + args.get("of"));
    };
  }

  private Map<String, Tensor> hvp(Map<String, Object> args) {
    Map<String, Tensor> all = everything();
    Map<String, Tensor> vector = GoldenFile.tensors(args, "vector");
    Map<String, Tensor> direction =
        "inputs".equals(args.get("wrt")) ? Map.of(X, file.model().join(vector)) : vector;
    Function<Map<String, Tensor>, Map<String, Tensor>> wrt = m -> part(m, direction.keySet());
    return named(
        Tape.record(quantity(args), all)
            .gradient(wrt)
            .jvp(wrt)
            .run(new WithTangent<>(all, direction)));
  }

  /// One scalar of one example, as a function of its flat input.
  private Function<Tensor, Tensor> ofExample(Map<String, Object> args, int example) {
    Tensor row = file.x().slice(0, example, example + 1);
    int target = file.targets()[example];
    boolean loss = "cross_entropy".equals(args.get("of"));
    return flat -> {
      Tensor output = file.model().function().apply(flat.reshape(row.shape()));
      return Target.at(target).scalars(loss ? output.logSoftmax(1).neg() : output).sum();
    };
  }

  private Tensor hessian(Map<String, Object> args) {
    if ("all".equals(args.get("example"))) {
      List<Tensor> each = new ArrayList<>();
      for (int i = 0; i < file.x().size(0); i++) {
        each.add(hessian(args, i));
      }
      return Tensor.stack(0, each);
    }
    return hessian(args, GoldenFile.count(args, "example"));
  }

  private Tensor hessian(Map<String, Object> args, int example) {
    Tensor flat = file.x().get(example).flatten();
    var slope = Tape.record(ofExample(args, example), flat).gradient();
    var along = slope.jvp(Function.<Tensor>identity());
    List<Tensor> rows = new ArrayList<>();
    for (int j = 0; j < flat.elements(); j++) {
      Tensor unit = Tensor.eye(flat.elements(), flat.dtype()).get(j);
      rows.add(along.run(new WithTangent<>(flat, unit)));
    }
    return Tensor.stack(0, rows);
  }

  private Tensor third(Map<String, Object> args) {
    int example = GoldenFile.count(args, "example");
    Tensor flat = file.x().get(example).flatten();
    Tensor v = GoldenFile.tensor(args, "vector").flatten();
    var slope = Tape.record(ofExample(args, example), flat).gradient();
    var along = Tape.record((Tensor x) -> slope.run(x).mul(v).sum(), flat).gradient();
    return Tape.record((Tensor x) -> along.run(x).mul(v).sum(), flat).gradient().run(flat);
  }

  // ---- derivatives of explanations ----

  private Map<String, Tensor> ofExplanation(Map<String, Object> args) {
    Map<String, Tensor> all = everything();
    Target target = Target.each(file.targets());
    Function<Map<String, Tensor>, Tensor> objective =
        switch (GoldenFile.text(args, "of")) {
          case "sum(saliency^2)" ->
              m ->
                  new Saliency()
                      .scores(file.model().function(m), GoldenFile.need(m, X), target)
                      .square()
                      .sum();
          case "sum(ig^2)" -> m -> integrated(args, m, target).square().sum();
          case "cross_entropy_mean + 0.1 * sum(|ig|) / batch" ->
              m ->
                  crossEntropy(m)
                      .mean()
                      .add(integrated(args, m, target).abs().sum().mul(.1 / file.x().size(0)));
          default -> throw new IllegalArgumentException("no objective " + args.get("of"));
        };
    boolean inputs = "inputs".equals(args.get("wrt"));
    List<String> names = all.keySet().stream().filter(n -> n.equals(X) == inputs).toList();
    Grad<Map<String, Tensor>> grad =
        Tape.record(objective, all)
            .valueAndGrad((Map<String, Tensor> m) -> part(m, names))
            .run(all);
    Map<String, Tensor> results = named(grad.grad());
    results.put("objective", grad.value());
    return results;
  }

  private Tensor integrated(Map<String, Object> args, Map<String, Tensor> m, Target target) {
    return IntegratedGradients.from(Baseline.of(file.baseline(GoldenFile.text(args, "baseline"))))
        .with(GoldenExplanations.quadrature(args))
        .scores(file.model().function(m), GoldenFile.need(m, X), target);
  }
}
