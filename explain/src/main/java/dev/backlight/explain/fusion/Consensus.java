package dev.backlight.explain.fusion;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Completeness;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.Target;
import dev.backlight.explain.TensorExplainer;
import dev.backlight.explain.quality.Explained;
import dev.backlight.explain.quality.FaithfulnessCorrelation;
import dev.backlight.explain.quality.Perturbations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/// What several explainers say together, and how far they disagree.
///
/// Members are asked about the same target, their scores are made comparable by a [Normalisation],
/// and a [Fusion] makes one explanation of them. Beside the scores, [Attribution#spread()] is the
/// standard deviation among the members, in the same units. U. Bhatt, A. Weller, J. Moura,
/// "Evaluating and aggregating feature-based model explanations" (2020).
///
/// ```java
/// Consensus consensus = Consensus.mean(new Saliency(), IntegratedGradients.from(zeros));
/// Consensus best =
///     Consensus.optimised(members, mlp::apply, data, Target.predicted(), removal, key);
/// ```
///
/// Unless [Normalisation#NONE] is asked for, scores are not in the units of the answer.
///
/// @param members who is asked
/// @param normalisation how their scores are made comparable
/// @param fusion what is made of them
public record Consensus(List<Explainer> members, Normalisation normalisation, Fusion fusion)
    implements TensorExplainer {
  public Consensus {
    members = List.copyOf(members);
    if (members.isEmpty()) {
      throw new IllegalArgumentException("a consensus needs members, got none");
    }
    if (fusion instanceof Fusion.Weighted weighted && weighted.weights().size() != members.size()) {
      throw new IllegalArgumentException(
          "a consensus of "
              + members.size()
              + " members needs as many weights, got "
              + weighted.weights());
    }
  }

  /// The mean of the members' shares.
  public static Consensus mean(Explainer... members) {
    return new Consensus(List.of(members), Normalisation.SHARES, new Fusion.Mean());
  }

  /// The mean over the spread of the members' shares.
  public static Consensus varianceWeighted(Explainer... members) {
    return new Consensus(List.of(members), Normalisation.SHARES, new Fusion.VarianceWeighted(1));
  }

  /// The mean of the members' signed ranks.
  public static Consensus ranks(Explainer... members) {
    return new Consensus(List.of(members), Normalisation.NONE, new Fusion.Ranks());
  }

  /// The sum of the members' shares, weighted by the faithfulness of each on the example.
  public static Consensus faithful(FaithfulnessCorrelation metric, Explainer... members) {
    return new Consensus(List.of(members), Normalisation.SHARES, new Fusion.ByMetric(metric, 0));
  }

  /// The weighted sum with the least infidelity on a data set: no member, and no other mixture, has
  /// less there.
  ///
  /// Weights are not negative and have the sum 1. S. Decker et al., "Provably better explanations
  /// with optimized aggregation of feature attributions" (2024). Scores are taken as they are, so
  /// members should measure in the units that the perturbation asks for: contributions for
  /// [Perturbations#removal].
  ///
  /// @param data the examples on which weights are chosen; others should judge them
  public static Consensus optimised(
      List<? extends Explainer> members,
      Function<Tensor, Tensor> model,
      Tensor data,
      Target target,
      Perturbations perturbation,
      Key key) {
    List<Explained> explained =
        members.stream().map(m -> Explained.of(m, model, data, target)).toList();
    return new Consensus(
        List.copyOf(members),
        Normalisation.NONE,
        new Fusion.Weighted(SimplexFit.of(explained, perturbation.around(data, key))));
  }

  /// With other ways to make scores comparable.
  public Consensus normalised(Normalisation other) {
    return new Consensus(members, other, fusion);
  }

  @Override
  public String name() {
    return "consensus-" + fusion.name();
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    for (int m = 0; m < members.size(); m++) {
      all.put("member " + (m + 1), members.get(m).name());
    }
    all.put("normalisation", normalisation.toString());
    switch (fusion) {
      case Fusion.Weighted weighted -> {
        for (int m = 0; m < members.size(); m++) {
          all.put("weight " + (m + 1), weighted.weights().get(m));
        }
      }
      case Fusion.VarianceWeighted variance -> all.put("floor", variance.floor());
      case Fusion.ByMetric by -> all.put("seed", by.seed());
      case Fusion.Mean _, Fusion.Ranks _ -> {}
    }
    return all;
  }

  /// What all members promise, if scores are taken as they are, weights have the sum 1, and the
  /// promise is the same: a mean of parts of a whole adds up to the whole.
  @Override
  public Completeness completeness() {
    boolean linear = fusion instanceof Fusion.Mean || fusion instanceof Fusion.Weighted;
    Completeness first = members.getFirst().completeness();
    Object baseline = members.getFirst().parameters().get("baseline");
    boolean alike =
        members.stream()
            .allMatch(m ->
                m.completeness() == first
                    && Objects.equals(m.parameters().get("baseline"), baseline));
    return linear && alike && normalisation == Normalisation.NONE ? first : Completeness.NONE;
  }

  /// The scores in Tensor language.
  ///
  /// @throws UnsupportedOperationException if a member or the fusion is not written in it
  @Override
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Target decided = target.decided(() -> model.apply(x));
    List<Tensor> all = new ArrayList<>();
    for (Explainer member : members) {
      if (!(member instanceof TensorExplainer tensors)) {
        throw new UnsupportedOperationException(
            "scores in Tensor language need members that have them, got " + member.name());
      }
      all.add(tensors.scores(model, x, decided));
    }
    return Fused.of(fusion, laid(all)).reshape(x.shape());
  }

  @Override
  public boolean readsValues() {
    return !fusion.differentiable() || members.stream().anyMatch(TensorExplainer::readsValues);
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    List<Attribution> each = new ArrayList<>();
    Target decided = target;
    for (Explainer member : members) {
      Attribution attribution = member.explain(model, x, decided);
      decided = attribution.target();
      each.add(attribution);
    }
    Tensor all = laid(each.stream().map(Attribution::scores).toList());
    Tensor fused =
        switch (fusion) {
          case Fusion.Ranks _ -> {
            all = SignedRanks.of(all);
            yield all.mean(0);
          }
          case Fusion.ByMetric by -> all.mul(weights(by, model, each)).sum(0);
          case Fusion.Mean _, Fusion.Weighted _, Fusion.VarianceWeighted _ -> Fused.of(fusion, all);
        };
    Attribution first = each.getFirst();
    long runs = each.stream().mapToLong(Attribution::evaluations).sum();
    Attribution made =
        Attribution.of(this, x, decided, fused.reshape(x.shape()), first.output())
            .spread(Fused.spread(all).reshape(x.shape()))
            .evaluations(runs);
    Tensor baseline = first.baseline();
    Tensor there = first.baselineOutput();
    if (baseline == null || there == null) {
      return made;
    }
    boolean same = each.stream().allMatch(a -> sameBaseline(a, baseline));
    return same ? made.against(baseline, there) : made;
  }

  private static boolean sameBaseline(Attribution attribution, Tensor baseline) {
    Tensor other = attribution.baseline();
    return other != null && other.sameAs(baseline);
  }

  /// Comparable scores of all members, (m, n, d).
  private Tensor laid(List<Tensor> scores) {
    return Tensor.stack(
        0,
        scores.stream()
            .map(s -> normalisation.of(s).reshape(s.size(0), s.elements() / s.size(0)))
            .toList());
  }

  /// The weight of every member for every example, (m, n, 1).
  private Tensor weights(
      Fusion.ByMetric by, Function<Tensor, Tensor> model, List<Attribution> each) {
    int n = each.getFirst().examples();
    double[][] values = new double[members.size()][];
    for (int m = 0; m < values.length; m++) {
      Explained explained = new Explained(model, members.get(m), each.get(m), null);
      values[m] = by.metric().of(explained, Key.of(by.seed()));
    }
    double[][] weights = new double[values.length][n];
    for (int i = 0; i < n; i++) {
      double[] of = new double[values.length];
      for (int m = 0; m < of.length; m++) {
        of[m] = values[m][i];
      }
      double[] made = by.weights(of);
      for (int m = 0; m < of.length; m++) {
        weights[m][i] = made[m];
      }
    }
    DType dtype = each.getFirst().scores().dtype();
    return Tensor.of(weights).to(dtype).reshape(values.length, n, 1);
  }
}
