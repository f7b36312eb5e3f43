package dev.backlight.core;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What happens at one node: a record whose components are its attributes.
///
/// Pure: equal ops on equal inputs give equal bits, so equal records are interchangeable. One file
/// per op holds its shape and dtype rule ([#infer]), its kernel ([#run]) and its derivative
/// ([#vjp]). The vjp is written in [Tensor] language and never reads a value; therefore derivatives
/// are tapes, of any order.
///
/// The families are sealed: a rule that switches over them is complete, and the compiler shows
/// every rule that a new family touches. They say what an explanation needs to know:
///
/// | family | is |
/// |---|---|
/// | [Elementwise] | `y = f(x)` for every element |
/// | [Pairwise] | `z = f(x, y)` for every pair, not linear |
/// | [Linear] | linear in all inputs together, up to a constant |
/// | [Bilinear] | linear in each of two inputs: products, matrix products, convolutions |
/// | [Routing] | every output element is one of the input elements, or zero |
/// | [Coupled] | outputs depend on many inputs, not linearly: softmax, norms |
/// | [Discrete] | piecewise constant, so without a derivative: comparisons, rounding, indices |
/// | [Nested] | a whole tape as one node |
/// | [Custom] | anything a user brings that fits no family |
public sealed interface Op {
  /// The name that a printed tape shows: the record's name in lower case.
  default String name() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  /// Shape and dtype of every output; throws [ShapeException] or [DTypeException] when the inputs
  /// do not fit.
  Spec[] infer(Spec... in);

  /// The kernel: reads `in`, writes all of every block in `out`. Outputs hold garbage before, and
  /// never share memory with inputs. Must not allocate: it runs on every replay.
  void run(Block[] in, Block[] out);

  /// The kernel for inputs and outputs of these specs: this op itself, unless it has sizes to work
  /// out, which it then does here, once, and not on every replay.
  default Kernel planned(Spec[] in, Spec[] out) {
    return this::run;
  }

  /// As [#planned(Spec[], Spec[])], for whoever knows that some inputs will be `fixed`, the same
  /// numbers at every run: what is made of these alone need be made only once.
  default Kernel planned(Spec[] in, Spec[] out, boolean[] fixed) {
    return planned(in, out);
  }

  /// What runs at one node, again and again.
  @FunctionalInterface
  interface Kernel {
    /// Reads `in`, writes all of every block in `out`, allocates nothing; see [Op#run].
    void run(Block[] in, Block[] out);
  }

  /// The cotangent of input `i`, given those of the outputs: `x̄ᵢ = Jᵢᵀ ȳ`. `null` means that it is
  /// zero everywhere (an integer input, a constant function).
  @Nullable Tensor vjp(int i, Site at);

  /// The cotangents of all inputs that [Site#needs]. Overridden where they share work.
  default @Nullable Tensor[] vjps(Site at) {
    @Nullable Tensor[] all = new Tensor[at.inputs()];
    for (int i = 0; i < all.length; i++) {
      all[i] = at.needs(i) ? vjp(i, at) : null;
    }
    return all;
  }

  /// How many floating-point operations one run takes, a multiplication with an addition as two. By
  /// default one for each element of the largest tensor, and none for moving elements; products and
  /// convolutions count theirs.
  default long flops(Spec[] in, Spec[] out) {
    if (this instanceof Routing || this instanceof Discrete) {
      return 0;
    }
    long most = 0;
    for (Spec spec : in) {
      most = Math.max(most, spec.shape().elements());
    }
    for (Spec spec : out) {
      most = Math.max(most, spec.shape().elements());
    }
    return most;
  }

  /// The batching rule: this op on many examples at once, in Tensor language, with the leading axis
  /// of the batch on every output. `null` means that there is none: the engine then runs the op
  /// once for each example, which is right for every op and slower for most.
  default Tensor @Nullable [] batch(Batch at) {
    return null;
  }

  /// Runs the op on values, in fresh memory.
  default Block[] evaluate(Block... in) {
    Spec[] specs = new Spec[in.length];
    for (int i = 0; i < in.length; i++) {
      specs[i] = in[i].spec();
    }
    Spec[] made = infer(specs);
    Block[] out = new Block[made.length];
    for (int k = 0; k < made.length; k++) {
      out[k] = Block.allocate(made[k]);
    }
    planned(specs, made).run(in, out);
    return out;
  }

  /// Whether [#infer] answers the spec of the first input whenever all inputs are floats of one
  /// spec, and [#run] needs no plan. Small tensors are then computed without asking.
  default boolean keepsSpec() {
    return false;
  }

  /// Whether element `i` of every output depends on element `i` of every input alone, whatever the
  /// shape: a player may then run the op on pieces, together with its like. So it is for the
  /// families [Elementwise] and [Pairwise].
  default boolean isPointwise() {
    return this instanceof Elementwise || this instanceof Pairwise;
  }

  /// The one output of an op that [keeps][#keepsSpec] its spec, in fresh memory.
  default Block evaluated(Block... in) {
    Block out = Block.like(in[0]);
    run(in, new Block[] {out});
    return out;
  }

  /// A function of one number, applied to every element. Two methods make it complete:
  ///
  /// ```java
  /// record Softsign() implements Op.Elementwise {
  ///   public double f(double x)               { return x / (1 + Math.abs(x)); }
  ///   public Tensor slope(Tensor x, Tensor y) { Tensor d = x.abs().add(1); return d.mul(d).reciprocal(); }
  /// }
  /// ```
  non-sealed interface Elementwise extends Op {
    /// The function itself, in double precision; the value for `F32` is this one rounded.
    double f(double x);

    /// `dy/dx` of every element, from the input or from the output, whichever is cheaper.
    Tensor slope(Tensor x, Tensor y);

    @Override
    default Spec[] infer(Spec... in) {
      Check.inputs(this, 1, in);
      Check.floats(this, in);
      return new Spec[] {in[0]};
    }

    @Override
    default void run(Block[] in, Block[] out) {
      int n = in[0].size();
      if (in[0].dtype() == DType.F32) {
        float[] x = in[0].f32();
        float[] y = out[0].f32();
        for (int i = 0; i < n; i++) {
          y[i] = (float) f(x[i]);
        }
      } else {
        double[] x = in[0].f64();
        double[] y = out[0].f64();
        for (int i = 0; i < n; i++) {
          y[i] = f(x[i]);
        }
      }
    }

    @Override
    default @Nullable Tensor vjp(int i, Site at) {
      return at.g().mul(slope(at.x(), at.y()));
    }

    @Override
    default Tensor[] batch(Batch at) {
      return Tensor.applyAll(this, at.x(0));
    }
  }

  /// A function of two numbers, applied to every pair of elements; both inputs have one shape,
  /// because broadcasting is an expand node of its own.
  non-sealed interface Pairwise extends Op {
    double f(double x, double y);

    /// `∂z/∂x` (`i` = 0) or `∂z/∂y` (`i` = 1) of every element, where `z` is the output.
    Tensor slope(int i, Tensor x, Tensor y, Tensor z);

    @Override
    default Spec[] infer(Spec... in) {
      Check.inputs(this, 2, in);
      Check.floats(this, in);
      Check.same(this, in);
      return new Spec[] {in[0]};
    }

    @Override
    default void run(Block[] in, Block[] out) {
      int n = in[0].size();
      if (in[0].dtype() == DType.F32) {
        float[] x = in[0].f32();
        float[] y = in[1].f32();
        float[] z = out[0].f32();
        for (int i = 0; i < n; i++) {
          z[i] = (float) f(x[i], y[i]);
        }
      } else {
        double[] x = in[0].f64();
        double[] y = in[1].f64();
        double[] z = out[0].f64();
        for (int i = 0; i < n; i++) {
          z[i] = f(x[i], y[i]);
        }
      }
    }

    @Override
    default @Nullable Tensor vjp(int i, Site at) {
      return at.g().mul(slope(i, at.x(0), at.x(1), at.y()));
    }

    @Override
    default Tensor[] batch(Batch at) {
      return Tensor.applyAll(this, at.all());
    }
  }

  /// `y = A(x₀, x₁, …) + c` with `A` linear in all inputs together; the vjp is the transpose of
  /// `A`.
  non-sealed interface Linear extends Op {}

  /// `z = B(x, y)`, linear in each of its two inputs while the other is held.
  non-sealed interface Bilinear extends Op {}

  /// Moves elements: every element of an output is one element of an input, or zero. Where it moves
  /// them may depend on an index or a mask among the inputs, or be chosen by the values (max
  /// pooling).
  non-sealed interface Routing extends Op {}

  /// Not linear, and an output depends on many elements of the inputs.
  non-sealed interface Coupled extends Op {}

  /// Piecewise constant: no derivative flows through it.
  non-sealed interface Discrete extends Op {
    @Override
    default @Nullable Tensor vjp(int i, Site at) {
      return null;
    }
  }

  /// A tape that is run as one node.
  non-sealed interface Nested extends Op {}

  /// An op written outside that fits no other family: shape, kernel and vjp are all its own.
  non-sealed interface Custom extends Op {}

  /// What the shape rules of ops ask of their inputs, with one wording for all.
  final class Check {
    private Check() {}

    /// Exactly `n` inputs.
    public static void inputs(Op op, int n, Spec... in) {
      if (in.length != n) {
        throw new ShapeException(
            op.name() + " needs " + n + (n == 1 ? " input" : " inputs") + ", got " + in.length);
      }
    }

    /// All inputs `F32`, or all `F64`.
    public static void floats(Op op, Spec... in) {
      for (Spec spec : in) {
        if (!spec.dtype().isFloat()) {
          throw new DTypeException(op.name() + " needs F32 or F64, got " + spec.dtype());
        }
        if (spec.dtype() != in[0].dtype()) {
          throw new DTypeException(
              op.name() + " needs one dtype, got " + in[0].dtype() + " and " + spec.dtype());
        }
      }
    }

    /// All inputs of one dtype other than `BOOL`.
    public static void numbers(Op op, Spec... in) {
      for (Spec spec : in) {
        if (spec.dtype() == DType.BOOL) {
          throw new DTypeException(op.name() + " needs numbers, got BOOL");
        }
        if (spec.dtype() != in[0].dtype()) {
          throw new DTypeException(
              op.name() + " needs one dtype, got " + in[0].dtype() + " and " + spec.dtype());
        }
      }
    }

    /// A number that the dtype can hold: anything for floats, an integer within its range for `I32`
    /// and `I64`.
    public static void fits(Op op, double number, Spec in) {
      boolean fits =
          switch (in.dtype()) {
            case F32, F64 -> true;
            case I32 -> (int) number == number;
            case I64 -> (long) number == number && number < 0x1p63;
            case BOOL -> false;
          };
      if (!fits) {
        throw new DTypeException(
            op.name() + " on " + in.dtype() + " needs a number of that type, got " + number);
      }
    }

    /// All inputs `BOOL`.
    public static void bools(Op op, Spec... in) {
      for (Spec spec : in) {
        if (spec.dtype() != DType.BOOL) {
          throw new DTypeException(op.name() + " needs BOOL, got " + spec.dtype());
        }
      }
    }

    /// All inputs of one shape and dtype.
    public static void same(Op op, Spec... in) {
      for (Spec spec : in) {
        if (spec.dtype() != in[0].dtype()) {
          throw new DTypeException(
              op.name() + " needs one dtype, got " + in[0].dtype() + " and " + spec.dtype());
        }
        if (!spec.shape().equals(in[0].shape())) {
          throw new ShapeException(
              op.name() + " needs equal shapes, got " + in[0].shape() + " and " + spec.shape());
        }
      }
    }

    /// A given rank, worded by what the axes mean.
    public static void rank(Op op, String axes, int rank, Spec in) {
      if (in.shape().rank() != rank) {
        throw new ShapeException(op.name() + " needs " + axes + ", got " + in.shape());
      }
    }
  }
}
