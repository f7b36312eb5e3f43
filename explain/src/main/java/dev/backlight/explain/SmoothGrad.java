package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Another method at many points around x, and what its scores have in common there: `mean of E(x +
/// noise)`, which is what is left of a gradient when the model's finest wrinkles are smoothed away.
///
/// [Kind#SQUARE] is the mean square (SmoothGrad²), [Kind#VARIANCE] the mean square about the mean
/// (VarGrad). D. Smilkov et al., "SmoothGrad: removing noise by adding noise" (2017); S. Hooker et
/// al., "A benchmark for interpretability methods in deep neural networks" (2019); J. Adebayo et
/// al., "Local explanation methods for deep neural networks lack sensitivity to parameter values"
/// (2018).
///
/// ```java
/// Attribution a = SmoothGrad.of(new Saliency(), 0.1, 50, 7).explain(mlp::apply, x, Target.at(2));
/// ```
///
/// All examples get the same noise, so that a batch gives what its examples give alone.
///
/// Beside each score stands its standard error, and [#until] stops at one.
///
/// @param method what is asked at each point
/// @param kind what is made of the answers
/// @param noise where the points are
/// @param standardError at which an example is not asked further, in units of the scores; 0 asks
///   for all draws
/// @param progress who is told how far it has come
public record SmoothGrad(
    Explainer method, Kind kind, Noise noise, double standardError, Progress progress)
    implements Drawing {
  public SmoothGrad {
    Drawing.requireError("smooth-grad", standardError);
  }

  /// By all draws, telling nobody.
  public SmoothGrad(Explainer method, Kind kind, Noise noise) {
    this(method, kind, noise, 0, Progress.NONE);
  }

  /// What is made of the scores at the points.
  public enum Kind {
    /// Their mean.
    MEAN("smooth-grad"),
    /// The mean of their squares.
    SQUARE("smooth-grad-squared"),
    /// The mean of their squared distances from the mean.
    VARIANCE("var-grad");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  /// What is added to x, draw by draw.
  public sealed interface Noise {
    /// How many draws there are.
    int draws();

    /// One draw, of the shape of `x` or one that expands to it.
    Tensor draw(int k, Tensor x);

    /// As JSON holds it.
    Map<String, Object> parameters();
  }

  /// Normal draws with standard deviation `spread`, in units of x.
  public record Normal(double spread, int draws, long seed) implements Noise {
    public Normal {
      if (!(spread > 0 && spread < Double.POSITIVE_INFINITY) || draws < 1) {
        throw new IllegalArgumentException(
            "smooth-grad needs a finite spread above 0 and draws of at least 1, got "
                + spread
                + " and "
                + draws);
      }
    }

    @Override
    public Tensor draw(int k, Tensor x) {
      Shape one = x.shape().with(0, 1);
      return Key.of(seed).fold(k).normal(one, DType.F64).mul(spread).to(x.dtype());
    }

    @Override
    public Map<String, Object> parameters() {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("spread", spread);
      all.put("draws", draws);
      all.put("seed", seed);
      return all;
    }
  }

  /// Given draws: each of the shape of x.
  public record Given(List<Tensor> each) implements Noise {
    public Given {
      each = List.copyOf(each);
      if (each.isEmpty()) {
        throw new IllegalArgumentException("smooth-grad needs draws of at least 1, got none");
      }
    }

    @Override
    public int draws() {
      return each.size();
    }

    @Override
    public Tensor draw(int k, Tensor x) {
      Tensor noise = each.get(k);
      if (!noise.shape().expandsTo(x.shape())) {
        throw new ShapeException(
            "smooth-grad needs noise like x " + x.shape() + ", got " + noise.shape());
      }
      return noise;
    }

    @Override
    public Map<String, Object> parameters() {
      return Map.of("draws", each.size());
    }
  }

  /// The mean over normal draws.
  ///
  /// @param spread the standard deviation of the noise, in units of x: a tenth of its range is
  ///   usual
  /// @param draws how many points
  /// @param seed where draws begin
  public static SmoothGrad of(Explainer method, double spread, int draws, long seed) {
    return new SmoothGrad(method, Kind.MEAN, new Normal(spread, draws, seed));
  }

  /// Making something else of the scores.
  public SmoothGrad as(Kind other) {
    return new SmoothGrad(method, other, noise, standardError, progress);
  }

  @Override
  public SmoothGrad until(double enough) {
    return new SmoothGrad(method, kind, noise, enough, progress);
  }

  @Override
  public SmoothGrad telling(Progress other) {
    return new SmoothGrad(method, kind, noise, standardError, other);
  }

  @Override
  public String name() {
    return kind.text;
  }

  @Override
  public Map<String, Object> parameters() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("method", method.name());
    method.parameters().forEach((name, value) -> all.put("method " + name, value));
    all.putAll(noise.parameters());
    if (stops()) {
      all.put("standardError", standardError);
    }
    return all;
  }

  @Override
  public Completeness completeness() {
    return Completeness.NONE;
  }

  /// The scores in Tensor language.
  ///
  /// @throws UnsupportedOperationException if the method is not written in it
  @Override
  public Tensor mean(Function<Tensor, Tensor> model, Tensor x, Target decided) {
    if (!(method instanceof TensorExplainer tensors)) {
      throw new UnsupportedOperationException(
          "scores in Tensor language need a method that has them, got " + method.name());
    }
    return mean(terms(asked(x, point -> tensors.scores(model, point, decided))));
  }

  @Override
  public Attribution drawn(Function<Tensor, Tensor> model, Tensor x, Target decided) {
    long[] runs = {1};
    Function<Tensor, Attribution> explained = explained(model, x, decided);
    List<Tensor> all =
        asked(
            x,
            point -> {
              Attribution there = explained.apply(point);
              runs[0] += there.evaluations();
              return there.scores();
            });
    List<Tensor> terms = terms(all);
    Attribution a =
        Attribution.of(this, x, decided, mean(terms), Recorded.scalars(model, x, decided))
            .evaluations(runs[0]);
    return labelled(a, errors(terms), all.size(), noise.draws(), "draws");
  }

  /// The method at points: as one tape for all of them, where it is one.
  private Function<Tensor, Attribution> explained(
      Function<Tensor, Tensor> model, Tensor x, Target decided) {
    if (x.recording() == null && noise.draws() > 1 && !TensorExplainer.readsValues(method)) {
      try {
        return method.compile(model, x, decided)::explain;
      } catch (IllegalStateException pinned) {
        // A model that reads values is asked at each point anew.
      }
    }
    return point -> method.explain(model, point, decided);
  }

  @Override
  public boolean readsValues() {
    return stops() || TensorExplainer.readsValues(method);
  }

  /// Scores at points, of which there are as many as draws, or as are enough.
  private List<Tensor> asked(Tensor x, Function<Tensor, Tensor> at) {
    List<Tensor> all = new ArrayList<>();
    int draws = noise.draws();
    int next = FEWEST;
    while (all.size() < draws && (all.isEmpty() || !progress.enough())) {
      all.add(at.apply(x.add(noise.draw(all.size(), x))));
      progress.at(all.size(), draws);
      if (stops() && all.size() >= next) {
        if (isEnough(all.size(), errors(terms(all)))) {
          break;
        }
        next = Drawing.later(next);
      }
    }
    return all;
  }

  /// What the result is the mean of.
  private List<Tensor> terms(List<Tensor> all) {
    return switch (kind) {
      case MEAN -> all;
      case SQUARE -> all.stream().map(Tensor::square).toList();
      case VARIANCE -> {
        Tensor middle = mean(all);
        yield all.stream().map(one -> one.sub(middle).square()).toList();
      }
    };
  }

  private static Tensor errors(List<Tensor> terms) {
    Moments moments = new Moments();
    terms.forEach(moments::add);
    return moments.errors();
  }

  private static Tensor mean(List<Tensor> all) {
    Tensor sum = all.getFirst();
    for (Tensor one : all.subList(1, all.size())) {
      sum = sum.add(one);
    }
    return sum.div(all.size());
  }
}
