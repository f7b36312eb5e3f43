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

/// What each region adds to the answer, on average over all orders in which regions can come: exact
/// Shapley values, `Σ over S without i of |S|! (k − |S| − 1)! / k! (f(S ∪ i) − f(S))`.
///
/// What is not in S is replaced by the baseline. The values add up to f(x) − f(b) and are the only
/// ones that also treat equals alike, give nothing to what does nothing and add up over sums of
/// models. L. Shapley, "A value for n-person games" (1953). All 2ᵏ subsets are asked, so k is 16 at
/// most; each value is written on every element of its region.
///
/// @param baseline what replaces
/// @param regions what comes and goes together, without overlap
/// @param progress who is told how far it has come
public record ShapleyValues(Baseline baseline, Regions regions, Progress progress)
    implements TensorExplainer, Telling {
  private static final int MOST = 16;

  /// Every element by itself.
  public static ShapleyValues from(Baseline baseline) {
    return new ShapleyValues(baseline, Regions.each(), Progress.NONE);
  }

  /// With other regions.
  public ShapleyValues of(Regions other) {
    return new ShapleyValues(baseline, other, progress);
  }

  @Override
  public ShapleyValues telling(Progress other) {
    return new ShapleyValues(baseline, regions, other);
  }

  @Override
  public String name() {
    return "shapley-values";
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("baseline", baseline.toString());
    all.put("regions", regions.toString());
    return all;
  }

  /// The difference, if every region is one element: a larger region's value stands on each of its
  /// elements.
  @Override
  public Completeness completeness() {
    return regions.equals(Regions.each()) ? Completeness.DIFFERENCE : Completeness.NONE;
  }

  @Override
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Shape example = x.shape().without(0);
    List<int[]> parts = parts(example);
    int k = parts.size();
    int n = x.size(0);
    int each = example.elements();
    Tensor base = baseline.like(x);
    Tensor values = Tensor.zeros(Shape.of(n, k), x.dtype());
    int subsets = 1 << k;
    int most = Batches.copies(x, subsets);
    for (int from = 0; from < subsets; from += most) {
      int m = Math.min(most, subsets - from);
      Tensor there =
          there(parts, from, m, each)
              .expand(Shape.of(m, n, each))
              .reshape(x.shape().with(0, m * n));
      Tensor points = there.where(Batches.repeated(x, m), Batches.repeated(base, m));
      Tensor answers = Recorded.scalars(model, points, decided.repeated(m)).reshape(m, n);
      values = values.add(answers.matmul(weights(k, from, m, x.dtype()), true, false));
      progress.at(from + m, subsets);
    }
    return values.matmul(places(parts, each, x.dtype())).reshape(x.shape());
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Tensor base = baseline.like(x);
    return Attribution.of(
            this, x, decided, scores(model, x, decided), Recorded.scalars(model, x, decided))
        .against(base, Recorded.scalars(model, base, decided))
        .evaluations(2L + (1L << parts(x.shape().without(0)).size()));
  }

  private List<int[]> parts(Shape example) {
    List<int[]> parts = regions.of(example);
    if (parts.size() > MOST) {
      throw new IllegalArgumentException(
          "exact Shapley values need "
              + MOST
              + " regions at most, got "
              + parts.size()
              + "; group features, or sample orders");
    }
    boolean[] seen = new boolean[example.elements()];
    for (int[] part : parts) {
      for (int j : part) {
        if (seen[j]) {
          throw new IllegalArgumentException(
              "exact Shapley values need regions without overlap, got two with element " + j);
        }
        seen[j] = true;
      }
    }
    return parts;
  }

  /// Which elements are there in each of the subsets `from … from + m`, (m, 1, elements).
  private static Tensor there(List<int[]> parts, int from, int m, int each) {
    Block there = Block.allocate(Spec.of(Shape.of(m, 1, each), DType.BOOL));
    for (int s = 0; s < m; s++) {
      for (int i = 0; i < parts.size(); i++) {
        if ((from + s >> i & 1) == 1) {
          for (int j : parts.get(i)) {
            there.bool()[s * each + j] = true;
          }
        }
      }
    }
    return Tensor.over(there);
  }

  /// With which weight the answer for a subset enters the value of a region, (m, regions).
  private static Tensor weights(int k, int from, int m, DType dtype) {
    Block weights = Block.allocate(Spec.of(Shape.of(m, k), dtype));
    for (int s = 0; s < m; s++) {
      int subset = from + s;
      int size = Integer.bitCount(subset);
      for (int i = 0; i < k; i++) {
        boolean in = (subset >> i & 1) == 1;
        // |S|! (k - |S| - 1)! / k! of the subset without i, as 1 / (k · (k-1 over |S|)).
        int others = in ? size - 1 : size;
        weights.set(s * k + i, (in ? 1 : -1) / (k * choose(k - 1, others)));
      }
    }
    return Tensor.over(weights);
  }

  private static double choose(int n, int r) {
    double ways = 1;
    for (int i = 1; i <= r; i++) {
      ways = ways * (n - r + i) / i;
    }
    return ways;
  }

  /// Which elements a region has, (regions, elements).
  private static Tensor places(List<int[]> parts, int each, DType dtype) {
    Block places = Block.allocate(Spec.of(Shape.of(parts.size(), each), dtype));
    for (int i = 0; i < parts.size(); i++) {
      for (int j : parts.get(i)) {
        places.set(i * each + j, 1);
      }
    }
    return Tensor.over(places);
  }
}
