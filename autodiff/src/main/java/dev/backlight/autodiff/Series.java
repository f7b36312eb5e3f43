package dev.backlight.autodiff;

import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The Taylor coefficients of a value along a line: `x(t) = x₀ + x₁t + x₂t² + …`.
///
/// Each is worked out when it is first asked for; `null` is a zero that needs no tensor. A
/// coefficient asks only for earlier ones of its own series.
final class Series {
  final Spec spec;
  private final IntFunction<@Nullable Tensor> rule;
  private final boolean constant;
  private final @Nullable Tensor[] known;
  private final boolean[] asked;
  private @Nullable Series slope;

  private Series(Spec spec, IntFunction<@Nullable Tensor> rule, int order, boolean constant) {
    this.spec = spec;
    this.rule = rule;
    this.constant = constant;
    this.known = new Tensor[order + 1];
    this.asked = new boolean[order + 1];
  }

  static Series of(Spec spec, int order, IntFunction<@Nullable Tensor> rule) {
    return new Series(spec, rule, order, false);
  }

  static Series constant(Spec spec, int order, IntFunction<Tensor> value) {
    return new Series(spec, k -> k == 0 ? value.apply(0) : null, order, true);
  }

  /// Whether it does not move.
  boolean isConstant() {
    return constant;
  }

  int order() {
    return known.length - 1;
  }

  @Nullable Tensor at(int k) {
    if (!asked[k]) {
      known[k] = rule.apply(k);
      asked[k] = true;
    }
    return known[k];
  }

  /// The coefficient as a tensor, zeros where there is none.
  Tensor tensor(int k) {
    Tensor some = at(k);
    return some != null ? some : Tensor.zeros(spec.shape(), spec.dtype());
  }

  /// `x′(t)`, of one order less: `(k + 1) xₖ₊₁`.
  Series slope() {
    Series made = slope;
    if (made == null) {
      slope =
          made =
              of(
                  spec,
                  order() - 1,
                  k -> {
                    Tensor next = at(k + 1);
                    return next == null || k == 0 ? next : next.mul(k + 1);
                  });
    }
    return made;
  }
}
