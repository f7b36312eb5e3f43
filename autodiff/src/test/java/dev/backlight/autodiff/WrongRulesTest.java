package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Add;
import dev.backlight.core.op.Expand;
import dev.backlight.core.op.MatMul;
import dev.backlight.core.op.Mul;
import dev.backlight.core.op.Permute;
import dev.backlight.core.op.Reshape;
import dev.backlight.core.op.Softmax;
import dev.backlight.core.op.Sub;
import dev.backlight.core.op.Sum;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Rules that are wrong on purpose: each must be caught, at the right op, with the right diagnosis.
class WrongRulesTest {
  /// A function of one number with a slope of somebody's own.
  record One(String name, DoubleUnaryOperator curve, BinaryOperator<Tensor> rule)
      implements Op.Elementwise {
    @Override
    public double f(double x) {
      return curve.applyAsDouble(x);
    }

    @Override
    public Tensor slope(Tensor x, Tensor y) {
      return rule.apply(x, y);
    }
  }

  interface Slopes {
    Tensor of(int i, Tensor x, Tensor y);
  }

  /// A function of two numbers with slopes of somebody's own.
  record Two(String name, DoubleBinaryOperator surface, Slopes rule) implements Op.Pairwise {
    @Override
    public double f(double x, double y) {
      return surface.applyAsDouble(x, y);
    }

    @Override
    public Tensor slope(int i, Tensor x, Tensor y, Tensor z) {
      return rule.of(i, x, y);
    }
  }

  /// The function of another op with a rule of somebody's own.
  record Like(String name, Op op, BiFunction<Integer, Site, @Nullable Tensor> rule)
      implements Op.Custom {
    @Override
    public Spec[] infer(Spec... in) {
      return op.infer(in);
    }

    @Override
    public void run(Block[] in, Block[] out) {
      op.run(in, out);
    }

    @Override
    public @Nullable Tensor vjp(int i, Site at) {
      return rule.apply(i, at);
    }
  }

  /// Another op times a number.
  record Rescaled(Op op, double factor) implements Op.Custom {
    @Override
    public Spec[] infer(Spec... in) {
      return op.infer(in);
    }

    @Override
    public void run(Block[] in, Block[] out) {
      op.run(in, out);
      for (int k = 0; k < out[0].size(); k++) {
        out[0].set(k, factor * out[0].get(k));
      }
    }

    @Override
    public @Nullable Tensor vjp(int i, Site at) {
      return null;
    }
  }

  /// `y = x + b` for a matrix and a row, without an expand.
  record Biased(UnaryOperator<Tensor> rule) implements Op.Custom {
    @Override
    public Spec[] infer(Spec... in) {
      return new Spec[] {in[0]};
    }

    @Override
    public void run(Block[] in, Block[] out) {
      int n = in[1].size();
      for (int k = 0; k < in[0].size(); k++) {
        out[0].set(k, in[0].get(k) + in[1].get(k % n));
      }
    }

    @Override
    public @Nullable Tensor vjp(int i, Site at) {
      return i == 0 ? at.g() : rule.apply(at.g());
    }
  }

  /// The running sum of a vector.
  record Running(UnaryOperator<Tensor> rule) implements Op.Linear {
    @Override
    public Spec[] infer(Spec... in) {
      return in.clone();
    }

    @Override
    public void run(Block[] in, Block[] out) {
      double sum = 0;
      for (int k = 0; k < in[0].size(); k++) {
        sum += in[0].get(k);
        out[0].set(k, sum);
      }
    }

    @Override
    public @Nullable Tensor vjp(int i, Site at) {
      return rule.apply(at.g());
    }
  }

  private static Tensor forwards(Tensor g) {
    return Tensor.apply(new Running(WrongRulesTest::forwards), g);
  }

  private static Tensor backwards(Tensor g) {
    return Tensor.apply(new Running(WrongRulesTest::backwards), g.flip(0)).flip(0);
  }

  record Case(String mistake, Op op, String diagnosis, Tensor... x) {
    Case {
      x = x.clone();
    }

    @Override
    public String toString() {
      return mistake + " in " + op.name();
    }
  }

  private static final Tensor V = Tensor.of(-1.2, .4, 3, .9, -.3);
  private static final Tensor W = Tensor.of(.7, -1.5, .6, 2.2, 1.1);
  private static final Tensor A = Tensor.of(Shape.of(2, 2), .1, .2, .3, .4);
  private static final Tensor B = Tensor.of(Shape.of(2, 2), .5, -.6, .7, .8);
  private static final Tensor M = Tensor.of(Shape.of(2, 3), .3, -1.2, .7, 2.1, -.4, 1.6);
  private static final Tensor ROW = Tensor.of(.5, -.25, 2);
  private static final MatMul PRODUCT = new MatMul(false, false);

  private static double softsign(double x) {
    return x / (1 + Math.abs(x));
  }

  private static Tensor right(Tensor x) {
    return x.abs().add(1).square().reciprocal();
  }

  private static String wrong(int input, int order) {
    return "the vjp with respect to input "
        + input
        + " is wrong at order "
        + order
        + ": by finite differences #, by the rule # (tolerance 1.0e-08); ";
  }

  /// The twenty of the seven kinds.
  static List<Case> twenty() {
    Op cube = new One("cube", x -> x * x * x, (x, _) -> dcube(x));
    return List.of(
        new Case(
            "sign",
            new One("softsign", WrongRulesTest::softsign, (x, _) -> right(x).neg()),
            "softsign at #: " + wrong(0, 1) + "the sign is flipped in input 0",
            V),
        new Case(
            "sign",
            new Like("difference", new Sub(), (_, at) -> at.g()),
            "difference at #: " + wrong(1, 1) + "the sign is flipped in input 1",
            V,
            W),
        new Case(
            "sign",
            new One("cosine", Math::cos, (x, _) -> x.sin()),
            "cosine at #: " + wrong(0, 1) + "the sign is flipped in input 0",
            V),
        new Case(
            "transpose",
            new Like(
                "product",
                PRODUCT,
                (i, at) -> i == 0 ? at.g().matmul(at.x(1)) : at.x(0).transpose().matmul(at.g())),
            "product at #: " + wrong(0, 1) + "the Jacobian is transposed in input 0",
            A,
            B),
        new Case(
            "transpose",
            new Like("turn", new Permute(List.of(2, 0, 1)), (_, at) -> at.g().permute(2, 0, 1)),
            "turn at #: " + wrong(0, 1) + "the Jacobian is transposed in input 0",
            Tensor.of(Shape.of(2, 2, 2), 1., 2, 3, 4, 5, 6, 7, 8)),
        new Case(
            "transpose",
            new Running(WrongRulesTest::forwards),
            "running at #: " + wrong(0, 1) + "the Jacobian is transposed in input 0",
            V),
        new Case(
            "missing broadcast sum",
            new Biased(UnaryOperator.identity()),
            "biased at #: the rule needs F64(3) for input 1, got F64(2, 3); the sum over the broadcast axes [0]"
                + " is missing in input 1",
            M,
            ROW),
        new Case(
            "missing broadcast sum",
            new Biased(g -> g.slice(0, 0, 1).reshape(3)),
            "biased at #: "
                + wrong(1, 1)
                + "the sum over axis 0 is missing in input 1: only index 0 arrives",
            M,
            ROW),
        new Case(
            "missing broadcast sum",
            new Biased(g -> g.mean(0)),
            "biased at #: "
                + wrong(1, 1)
                + "it is off by a factor of 0.5 in input 1: a mean where a sum is needed",
            M,
            ROW),
        new Case(
            "factor",
            new One("square", x -> x * x, (x, _) -> x),
            "square at #: " + wrong(0, 1) + "it is off by a factor of 0.5 in input 0",
            V),
        new Case(
            "factor",
            new One("exp3", x -> Math.exp(x / 3), (_, y) -> y),
            "exp3 at #: " + wrong(0, 1) + "it is off by a factor of 3 in input 0",
            V),
        new Case(
            "factor",
            new One("softsign", WrongRulesTest::softsign, (x, _) -> right(x).mul(.73)),
            "softsign at #: " + wrong(0, 1) + "it is off by a factor of 0.73 in input 0",
            V),
        new Case(
            "swapped arguments",
            new Two(
                "ratio",
                (x, y) -> x / y,
                (i, x, y) -> i == 1 ? y.reciprocal() : x.div(y.square()).neg()),
            "ratio at #: " + wrong(0, 1) + "the cotangent of input 1 arrives in input 0",
            V,
            W),
        new Case(
            "swapped arguments",
            new Two(
                "ratio",
                (x, y) -> x / y,
                (i, x, y) -> i == 0 ? x.reciprocal() : y.div(x.square()).neg()),
            "ratio at #: "
                + wrong(0, 1)
                + "the rule uses input 1 for input 0 and the other way round in input 0",
            V,
            W),
        new Case(
            "swapped arguments",
            new Like(
                "product",
                PRODUCT,
                (i, at) ->
                    i == 0
                        ? at.g().matmul(at.x(1).transpose())
                        : at.g().matmul(at.x(0).transpose())),
            "product at #: "
                + wrong(1, 1)
                + "the factors of a product are in the wrong order in input 1",
            A,
            B),
        new Case(
            "forgotten branch",
            new One("elu", x -> x > 0 ? x : Math.expm1(x), (x, _) -> x.mul(0).add(1)),
            "elu at #: "
                + wrong(0, 1)
                + "a branch is forgotten in input 0: right where it is >= 0.4, wrong where it is <= -0.3",
            V),
        new Case(
            "forgotten branch",
            new Two("larger", Math::max, (i, x, y) -> x.mul(0).add(1)),
            "larger at #: "
                + wrong(0, 1)
                + "a branch is forgotten in input 0: right where input 0 is the larger, wrong where input 1 is,"
                + " where nothing should arrive",
            V,
            W),
        new Case(
            "forgotten branch",
            new One("hardtanh", x -> Math.clamp(x, -1, 1), (x, _) -> x.mul(0).add(1)),
            "hardtanh at #: "
                + wrong(0, 1)
                + "a branch is forgotten in input 0: right where it is between -0.3 and 0.9, wrong outside, where"
                + " nothing should arrive",
            V),
        new Case(
            "wrong at order 2 only",
            new One("softsign", WrongRulesTest::softsign, (x, _) -> right(x).stopGradient()),
            "softsign at #: "
                + wrong(0, 2)
                + "no cotangent arrives in input 0: the rule holds constant what comes from stopgradient",
            V),
        new Case(
            "wrong at order 2 only",
            cube,
            "dcube, in the rule of cube at #: " + wrong(0, 1) + "the sign is flipped in input 0",
            V));
  }

  /// `3x²` by an op of its own, whose slope has the wrong sign.
  private static Tensor dcube(Tensor x) {
    return Tensor.apply(new One("dcube", v -> 3 * v * v, (v, _) -> v.mul(-6)), x);
  }

  /// Other mistakes, and the same ones in other clothes.
  static List<Case> further() {
    return List.of(
        new Case(
            "wrong at order 2 only",
            new Like(
                "times",
                new Mul(),
                (i, at) -> at.g().mul(i == 0 ? at.x(1) : at.x(0).stopGradient())),
            "times at #: "
                + wrong(0, 2)
                + "no cotangent arrives in input 0: the rule holds constant what comes from stopgradient",
            V,
            W),
        new Case(
            "wrong at order 2 only",
            new One("cube", x -> x * x * x, (x, _) -> x.mul(x.stopGradient()).mul(3)),
            "cube at #: "
                + wrong(0, 2)
                + "it is off by a factor of 0.5 in input 0: the rule holds constant what comes from stopgradient",
            V),
        new Case(
            "a transpose",
            new Like(
                "product",
                PRODUCT,
                (i, at) ->
                    i == 0
                        ? at.g().matmul(at.x(1).transpose())
                        : at.g().transpose().matmul(at.x(0))),
            "product at #: the rule needs F64(3, 2) for input 1, got F64(2, 3); a transpose or a reshape is missing in input 1",
            M,
            Tensor.of(Shape.of(3, 2), .5, -.6, .7, .8, -.9, .2)),
        new Case(
            "a transpose",
            new Like("sameplace", new Permute(List.of(0, 1)), (_, at) -> at.g().transpose()),
            "sameplace at #: " + wrong(0, 1) + "a transpose is missing in input 0",
            A),
        new Case(
            "a reshape",
            new Like("flat", new Reshape(Shape.of(6)), (_, at) -> at.g()),
            "flat at #: the rule needs F64(2, 3) for input 0, got F64(6); a reshape is missing in input 0",
            M),
        new Case(
            "forgotten branch",
            new One(
                "huber", x -> Math.abs(x) < 1 ? x * x / 2 : Math.abs(x) - .5, (x, _) -> x.sign()),
            "huber at #: "
                + wrong(0, 1)
                + "a branch is forgotten in input 0: wrong where it is between -0.3 and 0.9, right outside",
            V),
        new Case(
            "forgotten branch",
            new Two("smaller", Math::min, (i, x, y) -> x.mul(0).add(1)),
            "smaller at #: "
                + wrong(0, 1)
                + "a branch is forgotten in input 0: right where input 1 is the larger, wrong where input 0 is,"
                + " where nothing should arrive",
            V,
            W),
        new Case(
            "forgotten branch",
            new Two(
                "switch",
                (x, y) -> y > 0 ? x : 2 * x,
                (i, x, y) -> i == 0 ? x.mul(0).add(1) : x.mul(0)),
            "switch at #: "
                + wrong(0, 1)
                + "a branch is forgotten in input 0: right where input 1 is >= 0.7, wrong where input 1 is <= -0.4,"
                + " where it is off by a factor of 0.5",
            V,
            Tensor.of(.7, -.4, 1.3, -1.5, 2)),
        new Case(
            "forgotten branch",
            new One("relu", x -> Math.max(x, 0), (x, _) -> x.mul(0)),
            "relu at #: " + wrong(0, 1) + "no cotangent arrives in input 0",
            V),
        new Case(
            "a factor",
            new Like(
                "average",
                new Rescaled(new Sum(List.of(0), false), .2),
                (_, at) -> at.g().expand(Shape.of(5))),
            "average at #: "
                + wrong(0, 1)
                + "it is off by a factor of 5 in input 0: a sum where a mean is needed",
            V),
        new Case(
            "other elements",
            new Like("roll", new Add(), (i, at) -> i == 0 ? at.g() : rolled(at.g())),
            "roll at #: "
                + wrong(1, 1)
                + "the cotangents arrive at other elements in input 1: that of element 4 at element 0",
            V,
            W),
        new Case(
            "a factor",
            new Like(
                "mean", new Sum(List.of(0), false), (_, at) -> at.g().div(5).expand(Shape.of(5))),
            "mean at #: "
                + wrong(0, 1)
                + "it is off by a factor of 1/5 in input 0: a mean where a sum is needed",
            V),
        new Case(
            "a factor that varies",
            new One("bell", x -> Math.exp(x * x / 2), (_, y) -> y),
            "bell at #: " + wrong(0, 1) + "a factor of x is missing in input 0",
            V),
        new Case(
            "a factor that varies",
            new One("inverse", x -> 1 / x, (_, y) -> y.neg()),
            "inverse at #: " + wrong(0, 1) + "a factor of y is missing in input 0",
            V),
        new Case(
            "a factor that varies",
            new Two("area", (x, y) -> x * y * y, (i, x, y) -> i == 0 ? y.square() : x.mul(2)),
            "area at #: " + wrong(1, 1) + "a factor of x(1) is missing in input 1",
            V,
            W),
        new Case(
            "one factor too many",
            new One("double", x -> 2 * x, (x, y) -> x.mul(2)),
            "double at #: " + wrong(0, 1) + "there is a factor of x too many in input 0",
            V),
        new Case(
            "a forgotten term",
            new One("parabola", x -> x * x + 3 * x, (x, _) -> x.mul(2)),
            "parabola at #: " + wrong(0, 1) + "a term 3 is missing in input 0",
            V),
        new Case(
            "a forgotten term",
            new One("xexp", x -> x * Math.exp(x), (_, y) -> y),
            "xexp at #: "
                + wrong(0, 1)
                + "most at ∂y[2]/∂x[2]: by differences 80.3421, by the rule 60.2566 in input 0",
            V),
        new Case(
            "a forgotten term",
            new Like("softmax", new Softmax(), (_, at) -> at.g().mul(at.y())),
            "softmax at #: "
                + wrong(0, 1)
                + "the term that couples elements is missing in input 0: only ∂y[k]/∂x[k] arrives",
            V),
        new Case(
            "nothing",
            new Like("difference", new Sub(), (i, at) -> i == 0 ? at.g() : null),
            "difference at #: " + wrong(1, 1) + "no cotangent arrives in input 1",
            V,
            W),
        new Case(
            "NaN",
            new One("sinc", x -> x == 0 ? 1 : Math.sin(x) / x, (x, y) -> x.cos().sub(y).div(x)),
            "sinc at #: "
                + wrong(0, 1)
                + "the rule gives NaN in input 0, first at its element [1], which is 0",
            Tensor.of(1., 0, -2)),
        new Case(
            "not linear",
            new Like("times", new Mul(), (i, at) -> at.x(1 - i)),
            "times at #: the vjp with respect to input 0 is not linear in its cotangent: 2a - 3b gives #, needed"
                + " #; the cotangent is not used",
            V,
            W),
        new Case(
            "not linear",
            new Like("plus", new Add(), (_, at) -> at.g().square()),
            "plus at #: the vjp with respect to input 0 is not linear in its cotangent: 2a - 3b gives #, needed"
                + " #; it is quadratic in the cotangent",
            V,
            W),
        new Case(
            "not linear",
            new Like("plus", new Add(), (_, at) -> at.g().square().mul(at.g())),
            "plus at #: the vjp with respect to input 0 is not linear in its cotangent: 2a - 3b gives #, needed"
                + " #; it is cubic in the cotangent",
            V,
            W),
        new Case(
            "not linear",
            new Like("plus", new Add(), (_, at) -> at.g().abs()),
            "plus at #: the vjp with respect to input 0 is not linear in its cotangent: 2a - 3b gives #, needed"
                + " #; it uses the absolute value of the cotangent",
            V,
            W),
        new Case(
            "not linear",
            new Like("plus", new Add(), (_, at) -> at.g().add(1)),
            "plus at #: the vjp with respect to input 0 is not linear in its cotangent: 2a - 3b gives #, needed"
                + " #; something is added that does not depend on the cotangent",
            V,
            W),
        new Case(
            "wrong shape",
            new Like("total", new Sum(List.of(0), false), (_, at) -> at.g()),
            "total at #: the rule needs F64(5) for input 0, got F64(); an expand to (5) is missing in input 0",
            V),
        new Case(
            "wrong shape",
            new Like("wide", new Expand(Shape.of(5, 5)), (_, at) -> at.g()),
            "wide at #: the rule needs F64(5) for input 0, got F64(5, 5); the sum over the broadcast axes [0] is"
                + " missing in input 0",
            V),
        new Case(
            "wrong dtype",
            new Like("plus", new Add(), (i, at) -> i == 0 ? at.g() : at.g().to(DType.F32)),
            "plus at #: the rule needs F64(5) for input 1, got F32(5); to(DType.F64) is missing in input 1",
            V,
            W),
        new Case(
            "a rule that fails",
            new Like("plus", new Add(), (_, at) -> at.g().matmul(at.x(0).reshape(1, 5))),
            "plus at #: the rule itself fails on F64(5): matmul needs (m, k) and (k, n), got (5) and (1, 5)",
            V,
            W));
  }

  private static Tensor rolled(Tensor g) {
    return Tensor.concat(0, g.slice(0, 4, 5), g.slice(0, 0, 4));
  }

  /// What is said of a case that stands between other ops, with places and numbers as `#`.
  private static String said(Case wrong) {
    List<Tensor> x = List.of(wrong.x());
    try {
      GradCheck.standard()
          .check(
              (List<Tensor> in) ->
                  Tensor.apply(wrong.op(), in.toArray(Tensor[]::new)).mul(.5).tanh(),
              x);
      return "nothing";
    } catch (GradCheckFailure e) {
      return e.getMessage()
          .replaceAll("WrongRulesTest\\.java:\\d+", "#")
          .replaceAll("differences \\S+, by the rule \\S+ \\(", "differences #, by the rule # (")
          .replaceAll("gives \\S+, needed [^;]+", "gives #, needed #");
    }
  }

  @Test
  void twentyWrongRulesOfSevenKindsAreCaughtAndDiagnosed() {
    List<Case> cases = twenty();
    List<String> wanted = cases.stream().map(Case::diagnosis).toList();
    List<String> said = cases.stream().map(WrongRulesTest::said).toList();
    long right = IntStream.range(0, 20).filter(k -> said.get(k).equals(wanted.get(k))).count();
    IO.println("wrong rules diagnosed: " + right + " of " + cases.size());
    assertThat(said).containsExactlyElementsOf(wanted);
    assertThat(cases).hasSize(20);
    assertThat(cases.stream().map(Case::mistake).distinct()).hasSize(7);
  }

  @ParameterizedTest
  @MethodSource("further")
  void otherMistakesAreDiagnosedToo(Case wrong) {
    assertThat(said(wrong)).isEqualTo(wrong.diagnosis());
  }

  @Test
  void theRightRulesPass() {
    for (Op op :
        List.of(
            new One("softsign", WrongRulesTest::softsign, (x, _) -> right(x)),
            new Running(WrongRulesTest::backwards))) {
      assertThat(said(new Case("none", op, "", V))).isEqualTo("nothing");
    }
    Op biased = new Biased(g -> g.sum(0));
    assertThat(said(new Case("none", biased, "", M, ROW))).isEqualTo("nothing");
  }

  /// A mistake that only the third derivative shows needs a check of order 3.
  @Test
  void aRuleThatIsWrongOnlyAtOrderThreeIsCaughtAtOrderThree() {
    Op sine = new One("sine", Math::sin, (x, _) -> Tensor.apply(cosine(), x));
    GradCheck.standard().check(x -> Tensor.apply(sine, x), V);
    String said = "";
    try {
      GradCheck.standard().order(3).check(x -> Tensor.apply(sine, x), V);
    } catch (GradCheckFailure e) {
      said = e.getMessage();
    }
    assertThat(said)
        .contains("cosine, in the rule of sine at WrongRulesTest.java:")
        .contains("is wrong at order 2")
        .endsWith(
            "no cotangent arrives in input 0: the rule holds constant what comes from stopgradient");
  }

  private static Op cosine() {
    return new One("cosine", Math::cos, (x, _) -> x.sin().neg().stopGradient());
  }

  @Test
  void theDiagnosisFindsTheOpAmongItsNeighbours() {
    Op wrong = new One("softsign", WrongRulesTest::softsign, (x, _) -> right(x).neg());
    List<String> ops = new ArrayList<>();
    for (int place = 0; place < 4; place++) {
      int at = place;
      try {
        GradCheck.standard()
            .check(
                x -> {
                  Tensor now = x;
                  for (int k = 0; k < 4; k++) {
                    now = k == at ? Tensor.apply(wrong, now.mul(k + 1)) : now.sin();
                  }
                  return now;
                },
                V);
      } catch (GradCheckFailure e) {
        ops.add(e.getMessage().split(" ")[0]);
      }
    }
    assertThat(ops).isEqualTo(Stream.generate(() -> "softsign").limit(4).toList());
  }
}
