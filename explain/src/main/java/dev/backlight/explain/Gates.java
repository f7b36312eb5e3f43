package dev.backlight.explain;

import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Surroundings;
import dev.backlight.core.Op;
import dev.backlight.core.op.Clamp;
import dev.backlight.core.op.Logistic;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.Norm;
import dev.backlight.core.op.Reciprocal;
import dev.backlight.core.op.Rsqrt;
import dev.backlight.core.op.Scale;
import dev.backlight.core.op.Shift;
import dev.backlight.core.op.Sigmoid;
import dev.backlight.core.op.Softmax;

/// Finds, in products whose factors both depend on x, the one that only says how much of the other
/// passes.
///
/// | product | the gate |
/// |---|---|
/// | an activation by itself: `x φ(x)`, as in SiLU and GELU | φ(x) |
/// | a normalisation: `x · size(x)⁻¹` | the reciprocal |
/// | of recurrent cells: `σ(u) · v` | σ(u), or 1 − σ(u) |
/// | attention: `softmax(s) · v`, if values take all | softmax(s) |
///
/// Values that are moved, expanded or multiplied with something given stay what they are.
final class Gates {
  private final Surroundings sweep;
  private final boolean attention;

  Gates(Surroundings sweep, boolean attention) {
    this.sweep = sweep;
    this.attention = attention;
  }

  /// The number of the factor that is a gate, or -1 if none is, or both are.
  int of(Node product) {
    int a = product.inputs()[0];
    int b = product.inputs()[1];
    if (a != b) {
      for (int i = 0; i < 2; i++) {
        if (isFunctionOf(i == 0 ? a : b, unscaled(i == 0 ? b : a))) {
          return i;
        }
      }
    }
    boolean first = isGate(a);
    return first == isGate(b) ? -1 : first ? 0 : 1;
  }

  /// What a value is a multiple of: `x` where it is `x / 2`, as within the GELU by tanh.
  private int unscaled(int value) {
    int at = value;
    for (Node maker = sweep.maker(at);
        maker != null && maker.op() instanceof Scale;
        maker = sweep.maker(at)) {
      at = active(maker);
    }
    return at;
  }

  /// Whether a value is made of another by functions of single elements alone.
  private boolean isFunctionOf(int value, int origin) {
    boolean curved = false;
    int at = value;
    for (Node maker = sweep.maker(at); maker != null; maker = sweep.maker(at)) {
      boolean elementwise = maker.op() instanceof Op.Elementwise;
      if (!elementwise && !isScaling(maker)) {
        return selfProduct(maker, origin);
      }
      curved |= elementwise;
      at = active(maker);
      if (at == origin) {
        return curved;
      }
    }
    return false;
  }

  /// Whether a node is a product of functions of the origin, as within the GELU by tanh.
  private boolean selfProduct(Node node, int origin) {
    if (!(node.op() instanceof Op.Bilinear) || node.inputs().length != 2) {
      return false;
    }
    for (int value : node.inputs()) {
      if (value != origin && !isFunctionOf(value, origin)) {
        return false;
      }
    }
    return true;
  }

  private boolean isGate(int value) {
    Node maker = sweep.maker(value);
    if (maker == null || !sweep.active(value)) {
      return false;
    }
    return switch (maker.op()) {
      case Sigmoid _, Logistic _, Rsqrt _, Reciprocal _, Norm _ -> true;
      case Clamp(double lo, double hi) -> lo == 0 && hi == 1;
      case Softmax _ -> attention;
      case Shift _ -> isGate(active(maker));
      case Op.Routing _ -> isGate(active(maker));
      default -> isScaling(maker) && isGate(active(maker));
    };
  }

  /// Whether a node only changes the size of one value, by something given.
  private boolean isScaling(Node node) {
    return switch (node.op()) {
      case Op.Linear _ -> onlyOne(node);
      case Op.Bilinear bilinear -> bilinear instanceof Mul && onlyOne(node);
      default -> false;
    };
  }

  private boolean onlyOne(Node node) {
    int count = 0;
    for (int value : node.inputs()) {
      count += sweep.active(value) ? 1 : 0;
    }
    return count == 1;
  }

  private int active(Node node) {
    for (int value : node.inputs()) {
      if (sweep.active(value)) {
        return value;
      }
    }
    return -1;
  }
}
