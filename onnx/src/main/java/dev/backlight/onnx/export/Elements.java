package dev.backlight.onnx.export;

import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.op.Abs;
import dev.backlight.core.op.Acos;
import dev.backlight.core.op.Acosh;
import dev.backlight.core.op.Add;
import dev.backlight.core.op.And;
import dev.backlight.core.op.Asin;
import dev.backlight.core.op.Asinh;
import dev.backlight.core.op.Atan;
import dev.backlight.core.op.Atanh;
import dev.backlight.core.op.Cast;
import dev.backlight.core.op.Ceil;
import dev.backlight.core.op.Clamp;
import dev.backlight.core.op.Compare;
import dev.backlight.core.op.CompareTo;
import dev.backlight.core.op.Cos;
import dev.backlight.core.op.Cosh;
import dev.backlight.core.op.Div;
import dev.backlight.core.op.Elu;
import dev.backlight.core.op.Erf;
import dev.backlight.core.op.Exp;
import dev.backlight.core.op.Exp2;
import dev.backlight.core.op.Expm1;
import dev.backlight.core.op.Floor;
import dev.backlight.core.op.FloorDiv;
import dev.backlight.core.op.Fmod;
import dev.backlight.core.op.Hypot;
import dev.backlight.core.op.LeakyRelu;
import dev.backlight.core.op.Log;
import dev.backlight.core.op.Log10;
import dev.backlight.core.op.Log1p;
import dev.backlight.core.op.Log2;
import dev.backlight.core.op.Logistic;
import dev.backlight.core.op.Maximum;
import dev.backlight.core.op.Minimum;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.Not;
import dev.backlight.core.op.Or;
import dev.backlight.core.op.Over;
import dev.backlight.core.op.Pow;
import dev.backlight.core.op.Power;
import dev.backlight.core.op.Reciprocal;
import dev.backlight.core.op.Relu;
import dev.backlight.core.op.Relu6;
import dev.backlight.core.op.Remainder;
import dev.backlight.core.op.Round;
import dev.backlight.core.op.Rsqrt;
import dev.backlight.core.op.Scale;
import dev.backlight.core.op.Shift;
import dev.backlight.core.op.Sigmoid;
import dev.backlight.core.op.Sign;
import dev.backlight.core.op.Sin;
import dev.backlight.core.op.Sinh;
import dev.backlight.core.op.Softplus;
import dev.backlight.core.op.Softsign;
import dev.backlight.core.op.Sqrt;
import dev.backlight.core.op.StopGradient;
import dev.backlight.core.op.Sub;
import dev.backlight.core.op.Tan;
import dev.backlight.core.op.Tanh;
import dev.backlight.core.op.Trunc;
import dev.backlight.core.op.TruncDiv;
import dev.backlight.core.op.Where;
import dev.backlight.onnx.export.Draft.Attribute;
import dev.backlight.onnx.proto.ElementType;
import java.util.Map;
import java.util.Objects;

/// Ops on single elements and pairs of them.
final class Elements {
  /// Ops that ONNX has as they are.
  private static final Map<Class<? extends Op>, String> SAME =
      Map.ofEntries(
          Map.entry(Abs.class, "Abs"),
          Map.entry(Acos.class, "Acos"),
          Map.entry(Acosh.class, "Acosh"),
          Map.entry(Add.class, "Add"),
          Map.entry(And.class, "And"),
          Map.entry(Asin.class, "Asin"),
          Map.entry(Asinh.class, "Asinh"),
          Map.entry(Atan.class, "Atan"),
          Map.entry(Atanh.class, "Atanh"),
          Map.entry(Ceil.class, "Ceil"),
          Map.entry(Cos.class, "Cos"),
          Map.entry(Cosh.class, "Cosh"),
          Map.entry(Erf.class, "Erf"),
          Map.entry(Exp.class, "Exp"),
          Map.entry(Floor.class, "Floor"),
          Map.entry(Log.class, "Log"),
          Map.entry(Logistic.class, "Sigmoid"),
          Map.entry(Maximum.class, "Max"),
          Map.entry(Minimum.class, "Min"),
          Map.entry(Mul.class, "Mul"),
          Map.entry(Not.class, "Not"),
          Map.entry(Or.class, "Or"),
          Map.entry(Pow.class, "Pow"),
          Map.entry(Reciprocal.class, "Reciprocal"),
          Map.entry(Relu.class, "Relu"),
          Map.entry(Round.class, "Round"),
          Map.entry(Sigmoid.class, "Sigmoid"),
          Map.entry(Sign.class, "Sign"),
          Map.entry(Sin.class, "Sin"),
          Map.entry(Sinh.class, "Sinh"),
          Map.entry(Softplus.class, "Softplus"),
          Map.entry(Softsign.class, "Softsign"),
          Map.entry(Sqrt.class, "Sqrt"),
          Map.entry(StopGradient.class, "Identity"),
          Map.entry(Sub.class, "Sub"),
          Map.entry(Div.class, "Div"),
          Map.entry(TruncDiv.class, "Div"),
          Map.entry(Tan.class, "Tan"),
          Map.entry(Tanh.class, "Tanh"),
          Map.entry(Where.class, "Where"));

  private Elements() {}

  static boolean isSupported(Op op) {
    return SAME.containsKey(op.getClass())
        || switch (op) {
          case Cast _,
              Clamp _,
              Compare _,
              CompareTo _,
              Elu _,
              Exp2 _,
              Expm1 _,
              FloorDiv _,
              Fmod _,
              Hypot _,
              LeakyRelu _,
              Log10 _,
              Log1p _,
              Log2 _,
              Over _,
              Power _,
              Relu6 _,
              Remainder _,
              Rsqrt _,
              Scale _,
              Shift _,
              Trunc _ ->
              true;
          default -> false;
        };
  }

  static String write(Op op, Call at) {
    return switch (op) {
      case TruncDiv _ when at.dtype().isFloat() -> trunc(at, at.node("Div"));
      case Cast cast -> at.node("Cast", Attribute.of("to", ElementType.of(cast.to()).code()));
      case Clamp(double lo, double hi) ->
          at.of("Min", at.of("Max", at.x(), at.number(lo)), at.number(hi));
      case Compare compare -> compared(compare.kind(), at, at.x(), at.in().get(1));
      case CompareTo(Compare.Kind kind, double to) -> comparedTo(kind, at, to);
      case Elu elu -> at.node("Elu", Attribute.of("alpha", (float) elu.alpha()));
      case Exp2 _ -> at.of("Pow", at.number(2), at.x());
      case Expm1 _ -> at.of("Sub", at.of("Exp", at.x()), at.number(1));
      case FloorDiv _ -> floorDiv(at);
      case Fmod _ -> at.node("Mod", Attribute.of("fmod", 1L));
      case Hypot _ -> hypot(at);
      case LeakyRelu leaky -> at.node("LeakyRelu", Attribute.of("alpha", (float) leaky.leak()));
      case Log10 _ -> at.of("Div", at.of("Log", at.x()), at.number(Math.log(10)));
      case Log1p _ -> at.of("Log", at.of("Add", at.x(), at.number(1)));
      case Log2 _ -> at.of("Div", at.of("Log", at.x()), at.number(Math.log(2)));
      case Over over -> at.of("Div", at.x(), at.number(over.by()));
      case Power power -> at.of("Pow", at.x(), at.number(power.exponent()));
      case Relu6 _ -> at.of("Min", at.of("Relu", at.x()), at.number(6));
      case Remainder _ -> remainder(at);
      case Rsqrt _ -> at.of("Reciprocal", at.of("Sqrt", at.x()));
      case Scale scale -> at.of("Mul", at.x(), at.number(scale.by()));
      case Shift shift -> at.of("Add", at.x(), at.number(shift.by()));
      case Trunc _ -> trunc(at, at.x());
      default -> at.node(Objects.requireNonNull(SAME.get(op.getClass())));
    };
  }

  private static String trunc(Call at, String x) {
    return at.of("Mul", at.of("Sign", x), at.of("Floor", at.of("Abs", x)));
  }

  private static String hypot(Call at) {
    String other = at.in().get(1);
    return at.of("Sqrt", at.of("Add", at.of("Mul", at.x(), at.x()), at.of("Mul", other, other)));
  }

  /// That of floats has the sign of the divisor, too, which `Mod` has for integers alone.
  private static String remainder(Call at) {
    if (!at.dtype().isFloat()) {
      return at.node("Mod");
    }
    String by = at.in().get(1);
    return at.of("Sub", at.x(), at.of("Mul", by, at.of("Floor", at.node("Div"))));
  }

  private static String floorDiv(Call at) {
    return at.dtype().isFloat()
        ? at.of("Floor", at.node("Div"))
        : at.of("Div", at.of("Sub", at.x(), at.node("Mod")), at.in().get(1));
  }

  private static String comparedTo(Compare.Kind kind, Call at, double to) {
    if (at.dtype() == DType.BOOL) {
      // Truth values are equal or not; order is that of 0 and 1.
      String x = at.draft().node("Cast", at.in(), Attribute.of("to", ElementType.INT32.code()));
      return compared(kind, at, x, at.draft().number(to, DType.I32));
    }
    return compared(kind, at, at.x(), at.number(to));
  }

  private static String compared(Compare.Kind kind, Call at, String x, String y) {
    return switch (kind) {
      case GT -> at.of("Greater", x, y);
      case GE -> at.of("GreaterOrEqual", x, y);
      case LT -> at.of("Less", x, y);
      case LE -> at.of("LessOrEqual", x, y);
      case EQ -> at.of("Equal", x, y);
      case NE -> at.of("Not", at.of("Equal", x, y));
    };
  }
}
