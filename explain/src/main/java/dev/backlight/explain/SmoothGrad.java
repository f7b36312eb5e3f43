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
/// @param method what is asked at each point
/// @param kind what is made of the answers
/// @param noise where the points are
/// @param progress who is told how far it has come
public record SmoothGrad(Explainer method, Kind kind, Noise noise, Progress progress)
    implements TensorExplainer, Anytime {
  /// Telling nobody.
  public SmoothGrad(Explainer method, Kind kind, Noise noise) {
    this(method, kind, noise, Progress.NONE);
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
    return new SmoothGrad(method, other, noise, progress);
  }

  @Override
  public SmoothGrad telling(Progress other) {
    return new SmoothGrad(method, kind, noise, other);
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
  public Tensor scores(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    if (!(method instanceof TensorExplainer tensors)) {
      throw new UnsupportedOperationException(
          "scores in Tensor language need a method that has them, got " + method.name());
    }
    Target decided = target.decided(() -> model.apply(x));
    return of(asked(x, point -> tensors.scores(model, point, decided)));
  }

  @Override
  public Attribution explain(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    long[] runs = {1};
    Tensor[] all =
        asked(
            x,
            point -> {
              Attribution there = method.explain(model, point, decided);
              runs[0] += there.evaluations();
              return there.scores();
            });
    int asked = all.length;
    Attribution a =
        Attribution.of(this, x, decided, of(all), Recorded.scalars(model, x, decided))
            .evaluations(runs[0]);
    return asked < noise.draws() ? a.partial(asked, noise.draws(), "draws") : a;
  }

  @Override
  public CompiledExplainer compile(Function<Tensor, Tensor> model, Tensor example, Target target) {
    return method instanceof TensorExplainer
        ? TensorExplainer.super.compile(model, example, target)
        : CompiledExplainer.of(new CompiledExplainer.Plain(this, model, example.spec(), target));
  }

  /// Scores at points, of which there are as many as draws, or as are enough.
  private Tensor[] asked(Tensor x, Function<Tensor, Tensor> at) {
    List<Tensor> all = new ArrayList<>();
    int draws = noise.draws();
    while (all.size() < draws && (all.isEmpty() || !progress.enough())) {
      all.add(at.apply(x.add(noise.draw(all.size(), x))));
      progress.at(all.size(), draws);
    }
    return all.toArray(Tensor[]::new);
  }

  private Tensor of(Tensor... all) {
    return switch (kind) {
      case MEAN -> mean(all);
      case SQUARE -> mean(squares(all));
      case VARIANCE -> {
        Tensor middle = mean(all.clone());
        for (int k = 0; k < all.length; k++) {
          all[k] = all[k].sub(middle);
        }
        yield mean(squares(all));
      }
    };
  }

  private static Tensor[] squares(Tensor... all) {
    for (int k = 0; k < all.length; k++) {
      all[k] = all[k].square();
    }
    return all;
  }

  private static Tensor mean(Tensor... all) {
    Tensor sum = all[0];
    for (int k = 1; k < all.length; k++) {
      sum = sum.add(all[k]);
    }
    return sum.div(all.length);
  }
}
