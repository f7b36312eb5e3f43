package dev.backlight.core.op;

import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.kernel.Formula;
import dev.backlight.core.kernel.Formula.Value;
import dev.backlight.core.kernel.FunctionsF32;
import org.jspecify.annotations.Nullable;

/// What pointwise ops do to one element, as formulas with the bits of their kernels.
final class Formulas {
  private Formulas() {}

  /// The value of an op, or `null` if it has no formula in this type.
  ///
  /// @param type of its result
  static @Nullable Value of(Op op, DType type, Formula f, Value... in) {
    boolean single = !f.isWide();
    Value x = in[0];
    if (op instanceof Where) {
      return type.isFloat() ? x.select(in[1], in[2]) : null;
    }
    if (x.isMask()) {
      return ofMask(op, type, f, in);
    }
    return switch (op) {
      case Add _ -> x.add(in[1]);
      case Sub _ -> x.sub(in[1]);
      case Mul _ -> x.mul(in[1]);
      case Div _ -> x.div(in[1]);
      case Maximum _ -> x.max(in[1]);
      case Minimum _ -> x.min(in[1]);
      case Scale scale -> scale.by() == -1 ? x.neg() : x.mul(f.number(scale.by()));
      case Shift shift -> x.add(f.number(shift.by()));
      case Over over -> x.div(f.number(over.by()));
      case Abs _ -> x.abs();
      case Sqrt _ -> x.sqrt();
      case Reciprocal _ -> f.constant(1).div(x);
      case Power power when power.exponent() == 2 -> x.mul(x);
      case Relu _ -> x.le(f.constant(0)).select(f.constant(0), x);
      case LeakyRelu leaky ->
          x.max(f.constant(0)).add(f.number(leaky.leak()).mul(x.min(f.constant(0))));
      case Clamp clamp -> x.max(f.number(clamp.lo())).min(f.number(clamp.hi()));
      case StopGradient _ -> x;
      case Compare compare -> compared(compare.kind(), x, in[1]);
      case CompareTo compare -> compared(compare.kind(), x, f.number(compare.to()));
      case Exp _ -> single ? FunctionsF32.exp(x) : null;
      case Log _ -> single ? FunctionsF32.log(x) : null;
      case Tanh _ -> single ? FunctionsF32.tanh(x) : null;
      case Sigmoid _ -> single ? FunctionsF32.sigmoid(x) : null;
      case Erf _ -> single ? FunctionsF32.erf(x) : null;
      default -> null;
    };
  }

  private static @Nullable Value ofMask(Op op, DType type, Formula f, Value... in) {
    return switch (op) {
      case And _ -> in[0].and(in[1]);
      case Or _ -> in[0].or(in[1]);
      case Not _ -> in[0].not();
      case Cast _ when type.isFloat() -> in[0].select(f.constant(1), f.constant(0));
      default -> null;
    };
  }

  private static Value compared(Compare.Kind kind, Value x, Value y) {
    return switch (kind) {
      case GT -> x.gt(y);
      case GE -> x.ge(y);
      case LT -> x.lt(y);
      case LE -> x.le(y);
      case EQ -> x.eq(y);
      case NE -> x.ne(y);
    };
  }
}
