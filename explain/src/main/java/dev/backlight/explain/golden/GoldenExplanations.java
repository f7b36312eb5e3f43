package dev.backlight.explain.golden;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.explain.AttentionFlow;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Baseline;
import dev.backlight.explain.ClassActivationMap;
import dev.backlight.explain.Deconvnet;
import dev.backlight.explain.DeepLift;
import dev.backlight.explain.DeepLiftShap;
import dev.backlight.explain.ExpectedGradients;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.GradientAttack;
import dev.backlight.explain.GradientTimesActivation;
import dev.backlight.explain.GradientTimesInput;
import dev.backlight.explain.GuidedBackprop;
import dev.backlight.explain.Inside;
import dev.backlight.explain.IntegratedGradients;
import dev.backlight.explain.IntegratedHessians;
import dev.backlight.explain.InternalInfluence;
import dev.backlight.explain.LayerConductance;
import dev.backlight.explain.LayerIntegratedGradients;
import dev.backlight.explain.Lrp;
import dev.backlight.explain.NeuronConductance;
import dev.backlight.explain.NodeExplainer;
import dev.backlight.explain.Occlusion;
import dev.backlight.explain.Quadrature;
import dev.backlight.explain.Regions;
import dev.backlight.explain.Saliency;
import dev.backlight.explain.ShapleyValues;
import dev.backlight.explain.SmoothGrad;
import dev.backlight.explain.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Golden cases of explanations.
record GoldenExplanations(GoldenFile file) {
  /// What the case asks for, by name; empty if the method is not known.
  Optional<Map<String, Tensor>> of(Map<String, Object> golden) {
    Map<String, Object> args = GoldenFile.object(golden, "args");
    return switch (GoldenFile.text(golden, "method")) {
      case "saliency" -> scores(new Saliency(GoldenFile.flag(args, "abs")));
      case "input_x_gradient" -> scores(new GradientTimesInput());
      case "integrated_gradients" -> scores(integratedGradients(args));
      case "layer_gradient_x_activation" -> Optional.of(layer(GoldenFile.text(args, "layer")));
      case "neuron_gradient" -> neuron(new Saliency(), args);
      case "neuron_integrated_gradients" -> neuron(integratedGradients(args), args);
      case "feature_ablation" -> scores(Occlusion.with(baseline(args)).of(groups(args)));
      case "occlusion" -> scores(Occlusion.with(baseline(args)).of(windows(args)));
      case "deeplift_rescale" ->
          scores(DeepLift.from(baseline(args)).eps(GoldenFile.number(args, "eps")));
      case "deeplift_shap" ->
          Optional.of(
              file.model()
                  .split(
                      new DeepLiftShap(file.baselineSet())
                          .explain(file.model().function(), file.x(), target())
                          .scores()));
      case "layer_deeplift_rescale" ->
          value(
              DeepLift.from(baseline(args))
                  .eps(GoldenFile.number(args, "eps"))
                  .layer(
                      file.model().function(), file.x(), target(), GoldenFile.text(args, "layer")));
      case "guided_backprop" -> scores(new GuidedBackprop());
      case "deconvolution" -> scores(new Deconvnet());
      case "grad_cam" -> map(ClassActivationMap.Kind.GRAD_CAM, args);
      case "grad_cam_plus_plus" -> map(ClassActivationMap.Kind.GRAD_CAM_PLUS_PLUS, args);
      case "hires_cam" -> map(ClassActivationMap.Kind.HIRES_CAM, args);
      case "layer_cam" -> map(ClassActivationMap.Kind.LAYER_CAM, args);
      case "guided_grad_cam" ->
          Optional.of(
              file.model()
                  .split(
                      ClassActivationMap.of(
                              ClassActivationMap.Kind.GRAD_CAM, GoldenFile.text(args, "layer"))
                          .guided(file.model().function(), file.x(), target())));
      case "attention_gradients" -> attentionGradients(args);
      case "attention_rollout" -> value(attention(args).rollout(file.model().function(), file.x()));
      case "attention_relevance" ->
          value(attention(args).relevance(file.model().function(), file.x(), target()));
      case "shapley_values" -> scores(ShapleyValues.from(baseline(args)).of(groups(args)));
      case "fgsm" ->
          Optional.of(
              file.model()
                  .split(
                      GradientAttack.fgsm(GoldenFile.number(args, "epsilon"))
                          .of(loss(), file.x())));
      case "pgd_linf" ->
          Optional.of(
              file.model()
                  .split(
                      GradientAttack.pgd(GoldenFile.number(args, "epsilon"))
                          .steps(GoldenFile.count(args, "iterations"))
                          .step(GoldenFile.number(args, "step"))
                          .of(loss(), file.x())));
      case "internal_influence" ->
          nodes(InternalInfluence.from(baseline(args)).with(quadrature(args)), args);
      case "layer_conductance" ->
          value(
              new LayerConductance(
                      baseline(args),
                      quadrature(args, GoldenFile.count(args, "n_steps") + 1),
                      GoldenFile.text(args, "layer"))
                  .scores(file.model().function(), file.x(), target()));
      case "layer_integrated_gradients" ->
          value(
              new LayerIntegratedGradients(
                      baseline(args), quadrature(args), GoldenFile.text(args, "layer"))
                  .scores(file.model().function(), file.x(), target()));
      case "neuron_conductance" ->
          scores(
              new NeuronConductance(
                  baseline(args),
                  quadrature(args),
                  GoldenFile.text(args, "layer"),
                  GoldenFile.counts(args, "neuron")));
      case "smooth_grad" -> smoothed(SmoothGrad.Kind.MEAN, args);
      case "smooth_grad_sq" -> smoothed(SmoothGrad.Kind.SQUARE, args);
      case "var_grad" -> smoothed(SmoothGrad.Kind.VARIANCE, args);
      case "expected_gradients" -> scores(expectedGradients(args));
      case "integrated_hessians" -> interactions(args);
      case "lrp" -> scores(new Lrp(GoldenRules.of(golden)));
      default -> new GoldenQuality(file).of(golden);
    };
  }

  private Optional<Map<String, Tensor>> scores(Explainer explainer) {
    Attribution a =
        explainer.explain(file.model().function(), file.x(), Target.each(file.targets()));
    Map<String, Tensor> results = new LinkedHashMap<>(file.model().split(a.scores()));
    // Relevance counts what is missing, the others what is too much.
    results.put("delta", explainer instanceof Lrp ? a.residual() : a.residual().neg());
    return Optional.of(results);
  }

  private Optional<Map<String, Tensor>> smoothed(SmoothGrad.Kind kind, Map<String, Object> args) {
    Map<String, Object> with = args;
    if (args.get("noise") instanceof String reference) {
      with = GoldenFile.object(file.caseOf(reference.replace("as in ", "")), "args");
    }
    Map<String, Tensor> noise = GoldenFile.tensors(with, "noise");
    int draws = noise.values().iterator().next().size(0);
    List<Tensor> each = new ArrayList<>();
    for (int k = 0; k < draws; k++) {
      int draw = k;
      Map<String, Tensor> one = new LinkedHashMap<>();
      noise.forEach((name, all) -> one.put(name, all.slice(0, draw, draw + 1).squeeze(0)));
      each.add(file.model().join(one));
    }
    return scores(new SmoothGrad(new Saliency(), kind, new SmoothGrad.Given(each)));
  }

  private ExpectedGradients expectedGradients(Map<String, Object> args) {
    Tensor set = file.baselineSet();
    Tensor index = GoldenFile.tensor(args, "baseline_index").to(DType.I32);
    Tensor alpha = GoldenFile.tensor(args, "alpha");
    List<ExpectedGradients.Point> points = new ArrayList<>();
    for (int k = 0; k < index.size(0); k++) {
      points.add(
          new ExpectedGradients.Point(
              set.take(0, index.slice(0, k, k + 1).squeeze(0)),
              alpha.slice(0, k, k + 1).squeeze(0)));
    }
    return new ExpectedGradients(points, Map.of());
  }

  private Optional<Map<String, Tensor>> interactions(Map<String, Object> args) {
    Tensor all =
        IntegratedHessians.from(baseline(args))
            .with(quadrature(args))
            .interactions(file.model().function(), file.x(), Target.each(file.targets()));
    return Optional.of(Map.of("value", all));
  }

  private Baseline baseline(Map<String, Object> args) {
    return Baseline.of(file.baseline(GoldenFile.text(args, "baseline")));
  }

  private IntegratedGradients integratedGradients(Map<String, Object> args) {
    IntegratedGradients ig = IntegratedGradients.from(baseline(args)).with(quadrature(args));
    return Boolean.FALSE.equals(args.get("multiply_by_inputs")) ? ig.local() : ig;
  }

  private Optional<Map<String, Tensor>> map(
      ClassActivationMap.Kind kind, Map<String, Object> args) {
    return value(
        new ClassActivationMap(kind, GoldenFile.text(args, "layer"), GoldenFile.flag(args, "relu"))
            .map(file.model().function(), file.x(), target()));
  }

  private static AttentionFlow attention(Map<String, Object> args) {
    return new AttentionFlow(GoldenFile.texts(args, "nodes"));
  }

  private Optional<Map<String, Tensor>> attentionGradients(Map<String, Object> args) {
    AttentionFlow flow = attention(args);
    List<Tensor> gradients = flow.gradients(file.model().function(), file.x(), target());
    Map<String, Tensor> named = new LinkedHashMap<>();
    for (int k = 0; k < gradients.size(); k++) {
      named.put(flow.layers().get(k), gradients.get(k));
    }
    return Optional.of(named);
  }

  /// The cross entropy of every example.
  private Function<Tensor, Tensor> loss() {
    Target label = target();
    return x -> {
      Tensor y = file.model().function().apply(x);
      return label.scalars(y.logSoftmax(-1)).neg();
    };
  }

  private Target target() {
    return Target.each(file.targets());
  }

  private static Optional<Map<String, Tensor>> value(Tensor value) {
    return Optional.of(Map.of("value", value));
  }

  private Optional<Map<String, Tensor>> nodes(NodeExplainer explainer, Map<String, Object> args) {
    return value(
        explainer
            .contributions(file.model().function(), file.x(), target())
            .layer(GoldenFile.text(args, "layer"))
            .orElseThrow()
            .contribution());
  }

  static Quadrature.Fixed quadrature(Map<String, Object> args) {
    return quadrature(args, GoldenFile.count(args, "n_steps"));
  }

  private static Quadrature.Fixed quadrature(Map<String, Object> args, int n) {
    return switch (GoldenFile.text(args, "quadrature")) {
      case "gausslegendre" -> Quadrature.gaussLegendre(n);
      case "trapezoid" -> Quadrature.trapezoid(n);
      case "riemann_left" -> Quadrature.left(n);
      case "riemann_right" -> Quadrature.right(n);
      case "riemann_middle" -> Quadrature.midpoint(n);
      case "riemann_trapezoid" -> {
        // The reference tool's own: the trapezoid with weights that sum to (n - 1) / n.
        Quadrature.Fixed right = Quadrature.trapezoid(n);
        double[] weights = right.weights();
        for (int k = 0; k < n; k++) {
          weights[k] *= (n - 1.0) / n;
        }
        yield new Quadrature.Fixed("riemann_trapezoid", right.nodes(), weights);
      }
      default -> throw new IllegalArgumentException("no quadrature " + args.get("quadrature"));
    };
  }

  private Map<String, Tensor> layer(String name) {
    return Map.of(
        "value",
        new GradientTimesActivation()
            .contributions(file.model().function(), file.x(), Target.each(file.targets()))
            .layer(name)
            .orElseThrow()
            .contribution());
  }

  private Optional<Map<String, Tensor>> neuron(Explainer explainer, Map<String, Object> args) {
    int[] place = GoldenFile.countArray(args, "neuron");
    Function<Tensor, Tensor> neuron =
        Inside.neuron(file.model().function(), GoldenFile.text(args, "layer"), place);
    return Optional.of(
        file.model().split(explainer.explain(neuron, file.x(), Target.only()).scores()));
  }

  // ---- regions ----

  private Regions groups(Map<String, Object> args) {
    return args.get("feature_mask") == null
        ? Regions.each()
        : Regions.groups(file.model().join(GoldenFile.tensors(args, "feature_mask")));
  }

  /// Windows over each input by itself; several inputs lie one after the other in the join.
  private Regions windows(Map<String, Object> args) {
    Map<String, Object> sizes = GoldenFile.object(args, "window");
    Map<String, Object> strides = GoldenFile.object(args, "stride");
    Map<String, Shape> inputs = file.model().inputs();
    return _ -> {
      List<int[]> all = new ArrayList<>();
      int offset = 0;
      for (Map.Entry<String, Shape> input : inputs.entrySet()) {
        int from = offset;
        String name = input.getKey();
        Regions here =
            Regions.windows(GoldenFile.counts(sizes, name), GoldenFile.counts(strides, name));
        for (int[] region : here.of(input.getValue())) {
          all.add(Arrays.stream(region).map(j -> from + j).toArray());
        }
        offset += input.getValue().elements();
      }
      return all;
    };
  }
}
