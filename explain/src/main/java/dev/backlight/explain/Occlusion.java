package dev.backlight.explain;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// What the answer loses when a region of the input is replaced by the baseline: `f(x) − f(x
/// without it)`.
///
/// The loss is written on every element of the region, and averaged where regions overlap. It needs
/// no gradient, so the model may be any function of values. M. Zeiler, R. Fergus, "Visualizing and
/// understanding convolutional networks" (2014). With single elements or groups it is called
/// feature ablation. What the regions do only together is left unexplained.
///
/// @param baseline what replaces
/// @param regions what is replaced together
/// @param progress who is told how far it has come
public record Occlusion(Baseline baseline, Regions regions, Progress progress)
    implements TensorExplainer, Telling {
  /// Telling nobody.
  public Occlusion(Baseline baseline, Regions regions) {
    this(baseline, regions, Progress.NONE);
  }

  /// Every element by itself.
  public static Occlusion with(Baseline baseline) {
    return new Occlusion(baseline, Regions.each());
  }

  /// With other regions.
  public Occlusion of(Regions other) {
    return new Occlusion(baseline, other, progress);
  }

  @Override
  public Occlusion telling(Progress other) {
    return new Occlusion(baseline, regions, other);
  }

  @Override
  public String name() {
    return "occlusion";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baseline", baseline.toString());
    all.put("regions", regions.toString());
    return all;
  }

  @Override
  public Completeness completeness() {
    return Completeness.NONE;
  }

  @Override
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    return scores(model, x, decided, Recorded.scalars(model, x, decided));
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor here = Recorded.scalars(model, x, decided);
    Tensor base = baseline.like(x);
    Tensor there = Recorded.scalars(model, base, decided);
    return Attribution.of(this, x, decided, scores(model, x, decided, here), here)
        .against(base, there)
        .evaluations(2L + regions.of(x.shape().without(0)).size());
  }

  /// What x loses of the answer `here` that it has, (n).
  Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target, Tensor here) {
    Shape example = x.shape().without(0);
    List<int[]> all = regions.of(example);
    int each = example.elements();
    int[] covering = new int[each];
    for (int[] region : all) {
      for (int j : region) {
        covering[j]++;
      }
    }
    Tensor base = baseline.like(x);
    Tensor scores = Tensor.zeros(Shape.of(x.size(0), each), x.dtype());
    int most = Batches.copies(x, all.size());
    for (int from = 0; from < all.size(); from += most) {
      List<int[]> some = all.subList(from, Math.min(from + most, all.size()));
      Tensor loss = loss(model, x, base, target, here, some);
      scores = scores.add(loss.matmul(shares(some, covering, x.dtype())));
      progress.at(from + some.size(), all.size());
    }
    return scores.reshape(x.shape());
  }

  /// What each example loses without each region, (n, regions).
  private static Tensor loss(
      Function<Tensor, Tensor> model,
      Tensor x,
      Tensor base,
      Target target,
      Tensor here,
      List<int[]> regions) {
    int n = x.size(0);
    int m = regions.size();
    int each = x.elements() / n;
    Block hidden = Block.allocate(Spec.of(Shape.of(m, 1, each), DType.BOOL));
    for (int k = 0; k < m; k++) {
      for (int j : regions.get(k)) {
        hidden.bool()[k * each + j] = true;
      }
    }
    Shape many = x.shape().with(0, m * n);
    Tensor mask = Tensor.over(hidden).expand(Shape.of(m, n, each)).reshape(many);
    Tensor without = mask.where(Batches.repeated(base, m), Batches.repeated(x, m));
    Tensor left = Recorded.scalars(model, without, target.repeated(m)).reshape(m, n);
    return here.unsqueeze(0).sub(left).transpose();
  }

  /// How a region's loss is spread over the elements, (regions, elements).
  private static Tensor shares(List<int[]> regions, int[] covering, DType dtype) {
    int each = covering.length;
    Block shares = Block.allocate(Spec.of(Shape.of(regions.size(), each), dtype));
    for (int k = 0; k < regions.size(); k++) {
      for (int j : regions.get(k)) {
        shares.set(k * each + j, 1.0 / covering[j]);
      }
    }
    return Tensor.over(shares);
  }
}
