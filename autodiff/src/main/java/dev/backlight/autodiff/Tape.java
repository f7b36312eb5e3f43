package dev.backlight.autodiff;

import dev.backlight.core.DTypeException;
import dev.backlight.core.Recording;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A recorded function: an immutable program over tensors, to be replayed and derived as often as
/// wanted.
///
/// ```java
/// var loss  = Tape.record(e -> bceWithLogits(e.model().apply(e.x()), e.y()), new Example(mlp, x, y));
/// var slope = loss.gradient(Example::model);                  // again a tape
/// Mlp g     = slope.run(new Example(mlp, x2, y2));            // at other values
/// ```
///
/// A tape holds one path through the recorded code, for the recorded shapes. Branches taken by
/// `Tensor.test` are guarded: a replay on which one would answer otherwise throws [StaleTape].
/// Reading a value (`item()`) pins the tape to its recorded inputs. [#validity()] tells.
///
/// Thread-safe: any number of threads may run and derive one tape; each [Player] belongs to one
/// thread.
///
/// @param <A> the structure of the inputs: a tensor, or a record, list or map of them
/// @param <B> the structure of the outputs
public final class Tape<A, B> {
  private final Program program;
  private final Struct<A> in;
  private final Struct<B> out;

  /// What [#call] runs, made once: equal calls then are one.
  private volatile Body.@Nullable Recorded callable;

  Tape(Program program, Struct<A> in, Struct<B> out) {
    this.program = program;
    this.in = in;
    this.out = out;
  }

  /// A tape around a program that exists.
  static <A, B> Tape<A, B> of(Program program, Struct<A> in, Struct<B> out) {
    return new Tape<>(program, in, out);
  }

  /// Runs a function once on an example and writes down what it does.
  public static <A, B> Tape<A, B> record(Function<A, B> f, A example) {
    Struct<A> in = Struct.of(example);
    Recorder recorder = new Recorder();
    List<Tensor> inputs = new ArrayList<>();
    for (Tensor leaf : in.flatten(example)) {
      inputs.add(recorder.input(leaf.spec(), leaf.block()));
    }
    B result = f.apply(in.build(inputs));
    Struct<B> out = Struct.untied(result);
    return new Tape<>(recorder.finish(out.flatten(result)), in, out);
  }

  // ---- running ----

  /// Runs the tape on other values, in fresh memory. With tensors of a recording as inputs it is
  /// written there, so a tape can be part of another and be derived through.
  public B run(A input) {
    Tensor[] v = program.on(in.flatten(input).toArray(Tensor[]::new));
    List<Tensor> results = new ArrayList<>();
    for (int output : program.outputs) {
      results.add(v[output]);
    }
    return out.build(results);
  }

  /// Memory to replay this tape in, on one thread and without allocation.
  public Player<A, B> player() {
    return new Player<>(program.playable(), in, out);
  }

  /// `Σᵢ body(nodeᵢ)` over the first axis of every tensor in `nodes`, as one op: memory does not
  /// grow with the number of nodes, and its derivative is such a sum again, of any order.
  ///
  /// The body is recorded once, on the first node; what it reads from outside takes part in
  /// derivatives.
  public static <N, B> B sumOver(Function<N, B> body, N nodes) {
    return Repeat.apply(body, nodes, false);
  }

  /// `body(nodeᵢ)` for every i along the first axis of the tensors in `nodes`, stacked along a new
  /// first axis.
  public static <N, B> B mapOver(Function<N, B> body, N nodes) {
    return Repeat.apply(body, nodes, true);
  }

  /// `body(nodeᵢ)` for every i along the first axis of the tensors in `nodes`, all at once and
  /// stacked along a new first axis: [#mapOver] as operations on whole batches.
  ///
  /// The body is recorded once, on the first node; what it reads from outside is shared and takes
  /// part in derivatives.
  public static <N, B> B vmap(Function<N, B> body, N nodes) {
    int n = Repeat.length(Struct.of(nodes).flatten(nodes));
    Tape<N, B> tape = Tape.record(body, Repeat.first(nodes));
    return tape.vmap(n, Function.identity()).run(nodes);
  }

  /// `f(x)` as one node that a derivative computes anew instead of keeping what is inside: gradient
  /// checkpointing. It costs one more forward pass of `f` and saves the memory of its inner values.
  ///
  /// What `f` reads from outside takes part in derivatives. A function that reads values (`item()`)
  /// is refused; `test` guards.
  public static <X, Y> Y call(Function<X, Y> f, X x) {
    return Tape.record(f, x).call(x);
  }

  /// This tape at `x` as one node; see [#call(Function, Object)].
  public B call(A x) {
    Body.Recorded recorded = callable;
    if (recorded == null) {
      callable = recorded = Body.closed("a called tape", program);
    }
    return out.build(List.of(Call.of(recorded, in.flatten(x))));
  }

  /// A recurrence as one node: `(carryₜ₊₁, yₜ) = body(carryₜ, xₜ)` for every `t` along the first
  /// axis of the tensors in `xs`. Answers the last carry, and all `yₜ` stacked along a new first
  /// axis.
  ///
  /// The body is recorded once, on the first step, and answers a carry of the form, shapes and
  /// dtypes that it was given. What it reads from outside takes part in derivatives.
  ///
  /// A backward sweep keeps the carry of every step, and with it what products made unless that is
  /// more than eight times as much; the rest of each step is computed anew. So it takes memory for
  /// `length` carries and products and one body. A forward pass alone keeps one carry.
  public static <C, X, Y> Scanned<C, Y> scan(BiFunction<C, X, Scanned<C, Y>> body, C init, X xs) {
    return Scan.apply(body, init, xs, -1, false);
  }

  /// As [#scan(BiFunction, Object, Object)], from the last `t` to the first; `yₜ` stands in its own
  /// place `t`.
  public static <C, X, Y> Scanned<C, Y> scanBackwards(
      BiFunction<C, X, Scanned<C, Y>> body, C init, X xs) {
    return Scan.apply(body, init, xs, -1, true);
  }

  /// As [#scan(BiFunction, Object, Object)], for a number of steps without inputs of their own.
  public static <C, Y> Scanned<C, Y> scan(Function<C, Scanned<C, Y>> body, C init, int length) {
    if (length < 0) {
      throw new ShapeException("scan needs a length of at least 0, got " + length);
    }
    return Scan.apply((carry, _) -> body.apply(carry), init, List.<Tensor>of(), length, false);
  }

  /// `predicate ? yes(x) : no(x)` as one node that runs only the chosen branch, on every replay
  /// anew.
  ///
  /// The predicate is a scalar of dtype `BOOL`. Both branches are recorded, so both run once with
  /// the values at hand, and they answer alike: same structure, shapes and dtypes. What they read
  /// from outside takes part in derivatives. Under [#vmap] each example chooses for itself. (For a
  /// choice of every element there is [Tensor#where]; for a branch that is fixed when recording,
  /// [Tensor#test].)
  public static <X, Y> Y cond(Tensor predicate, Function<X, Y> yes, Function<X, Y> no, X x) {
    return Cond.apply(predicate, yes, no, x);
  }

  /// `while (condition(state)) state = body(state)` as one node, however many steps it takes.
  ///
  /// The condition answers a scalar of dtype `BOOL`, the body a state like the one it was given.
  /// Forward derivatives (`jvp`, of any order) are loops again. A backward sweep would need memory
  /// for a number of steps that nobody knows: `gradient` and `vjp` refuse by name. Give a bound:
  /// [#whileLoop(Function, UnaryOperator, Object, int)].
  public static <C> C whileLoop(Function<C, Tensor> condition, UnaryOperator<C> body, C init) {
    return While.apply(condition, body, init);
  }

  /// As [#whileLoop(Function, UnaryOperator, Object)], in at most `maxSteps` steps: a scan of
  /// choices, with derivatives of every order, forward and backward.
  ///
  /// A replay whose condition is still true after `maxSteps` steps is an error; a bound that is too
  /// high costs one question for each step too many.
  public static <C> C whileLoop(
      Function<C, Tensor> condition, UnaryOperator<C> body, C init, int maxSteps) {
    return While.bounded(condition, body, init, maxSteps);
  }

  // ---- deriving ----

  /// The gradient of the scalar output with respect to all inputs.
  public Tape<A, A> gradient() {
    return gradient(Function.identity());
  }

  /// The gradient of the scalar output with respect to a part of the inputs; it has the part's own
  /// type.
  public <S> Tape<A, S> gradient(Function<A, S> wrt) {
    requireScalar("gradient");
    Struct.Part<S> part = part(wrt);
    return new Tape<>(
        Derive.pulled(program, BackwardRule.CHAIN, part.leaves(), new int[0], false, false),
        in,
        part.form());
  }

  /// The scalar output and its gradient with respect to all inputs.
  public Tape<A, Grad<A>> valueAndGrad() {
    return valueAndGrad(Function.identity());
  }

  /// The scalar output and its gradient with respect to a part of the inputs.
  public <S> Tape<A, Grad<S>> valueAndGrad(Function<A, S> wrt) {
    requireScalar("valueAndGrad");
    Struct.Part<S> part = part(wrt);
    Program derived =
        Derive.pulled(program, BackwardRule.CHAIN, part.leaves(), new int[0], false, true);
    Tensor value = Tensor.zeros();
    return new Tape<>(
        derived, in, Struct.of(new Grad<>(value, part.form().build(part.form().placeholders()))));
  }

  /// All outputs, and the gradient of the scalar among them that `loss` chooses with respect to a
  /// part of the inputs: auxiliary outputs come along and are not differentiated.
  ///
  /// ```java
  /// record Result(Tensor loss, Tensor logits) {}
  /// tape.valueAndGrad(Result::loss, Example::model);    // a Tape<Example, WithGrad<Result, Mlp>>
  /// ```
  public <S> Tape<A, WithGrad<B, S>> valueAndGrad(Function<B, Tensor> loss, Function<A, S> wrt) {
    int scalar = program.outputs[out.part(loss).leaves()[0]];
    requireScalar("valueAndGrad", program.giving(scalar));
    Struct.Part<S> part = part(wrt);
    B value = out.build(out.placeholders());
    S grad = part.form().build(part.form().placeholders());
    return new Tape<>(
        Derive.withGradient(program, scalar, part.leaves()),
        in,
        Struct.of(new WithGrad<>(value, grad)));
  }

  /// The Jacobian of the one output tensor with respect to all inputs.
  public Tape<A, A> jacobian() {
    return jacobian(Function.identity());
  }

  /// The Jacobian of the one output tensor with respect to a part of the inputs. It has the
  /// structure of the part, with the shape of the output before that of every tensor:
  /// `J.weight()[i…, j…] = ∂y[i…] / ∂weight[j…]`.
  ///
  /// Forward if the part has no more elements than the output, else backward; all rows or columns
  /// at once, as in [#vmap(int, Function)].
  public <S> Tape<A, S> jacobian(Function<A, S> wrt) {
    Struct.Part<S> part = single("jacobian", wrt);
    return new Tape<>(Jacobian.shorter(program, part.leaves()), in, part.form());
  }

  /// As [#jacobian(Function)], by one tangent for each element of the part.
  public <S> Tape<A, S> jacobianForward(Function<A, S> wrt) {
    Struct.Part<S> part = single("jacobianForward", wrt);
    return new Tape<>(Jacobian.forward(program, part.leaves()), in, part.form());
  }

  /// As [#jacobian(Function)], by one cotangent for each element of the output.
  public <S> Tape<A, S> jacobianReverse(Function<A, S> wrt) {
    Struct.Part<S> part = single("jacobianReverse", wrt);
    return new Tape<>(Jacobian.reverse(program, part.leaves()), in, part.form());
  }

  /// The Jacobian of every output tensor with respect to a part of the inputs, in the order of
  /// [#outputNames()].
  public <S> Tape<A, List<S>> jacobians(Function<A, S> wrt) {
    return jacobians("jacobians", wrt);
  }

  private <S> Tape<A, List<S>> jacobians(String name, Function<A, S> wrt) {
    requireFloats(name);
    Struct.Part<S> part = part(wrt);
    List<S> each =
        Arrays.stream(program.outputs)
            .mapToObj(_ -> part.form().build(part.form().placeholders()))
            .toList();
    return new Tape<>(Jacobian.shorter(program, part.leaves()), in, Struct.of(each));
  }

  private <S> Struct.Part<S> single(String name, Function<A, S> wrt) {
    if (program.outputs.length != 1) {
      throw new ShapeException(
          name
              + " needs one output tensor, got "
              + out.names()
              + "; jacobians answers one for each");
    }
    requireFloats(name);
    return part(wrt);
  }

  /// The Hessian of the scalar output with respect to the one input tensor.
  public Tape<A, A> hessian() {
    return hessian(Function.identity());
  }

  /// The Hessian of the scalar output with respect to one tensor of the inputs: the Jacobian of the
  /// gradient. It has the shape of the tensor twice.
  public <S> Tape<A, S> hessian(Function<A, S> wrt) {
    requireScalar("hessian");
    Struct.Part<S> part = part(wrt);
    if (part.leaves().length != 1) {
      throw new ShapeException(
          "hessian needs a part of one tensor, got "
              + part.form().names()
              + "; hessians answers all blocks");
    }
    return gradient(wrt).jacobian(wrt);
  }

  /// The Hessian of the scalar output with respect to a part of the inputs, in blocks: one
  /// structure like the part for each of its tensors, in order. Block `b` of tensor `a` has the
  /// shape of `a` before that of `b`: `∂²y / ∂a[i…]∂b[j…]`.
  public <S> Tape<A, List<S>> hessians(Function<A, S> wrt) {
    requireScalar("hessians");
    return gradient(wrt).jacobians(wrt);
  }

  /// The Hessian of the scalar output times a direction in a part of the inputs, forward over
  /// reverse: about the cost of two gradients, and the matrix is never formed.
  public <S> Tape<WithTangent<A, S>, S> hvp(Function<A, S> wrt) {
    requireScalar("hvp");
    return gradient(wrt).jvp(wrt);
  }

  /// The Gauss-Newton product `Jᵀ H J ẋ` along a direction in a part of the inputs, where `J` is
  /// the Jacobian of this tape and `H` the Hessian of a scalar loss of its outputs.
  ///
  /// For a loss that is convex in the outputs it never points downwards, unlike the Hessian product
  /// of the whole; both agree where the tape is linear. The loss is written in Tensor language and
  /// reads no values; labels that it needs may be among the outputs of the tape. (Schraudolph 2002,
  /// "Fast curvature matrix-vector products for second-order gradient descent".)
  public <S> Tape<WithTangent<A, S>, S> gaussNewton(Function<B, Tensor> loss, Function<A, S> wrt) {
    Struct.Part<S> part = part(wrt);
    Recorder recorder = new Recorder();
    List<Tensor> y = outputSpecs().stream().map(spec -> recorder.input(spec, null)).toList();
    Program curved = recorder.finish(List.of(loss.apply(out.build(y))));
    requireScalar("gaussNewton", curved);
    A at = in.build(in.placeholders());
    S tangent = part.form().build(part.form().placeholders());
    return new Tape<>(
        Hessian.gaussNewton(program, curved, part.leaves()),
        Struct.of(new WithTangent<>(at, tangent)),
        part.form());
  }

  /// The vector-Jacobian product `x̄ = Jᵀ ȳ` with respect to a part of the inputs.
  public <S> Tape<WithCotangent<A, B>, S> vjp(Function<A, S> wrt) {
    return pull(BackwardRule.CHAIN, wrt);
  }

  /// The Jacobian-vector product `ẏ = J ẋ` along a direction in a part of the inputs.
  ///
  /// It is the transpose of the transpose: the vjp is linear in its cotangent, and its own vjp is
  /// the jvp. What only the reverse sweep needed falls away as dead code.
  public <S> Tape<WithTangent<A, S>, B> jvp(Function<A, S> wrt) {
    Struct.Part<S> part = part(wrt);
    Program derived = Derive.pushed(program, part.leaves(), false);
    A at = in.build(in.placeholders());
    S tangent = part.form().build(part.form().placeholders());
    return new Tape<>(derived, Struct.of(new WithTangent<>(at, tangent)), out);
  }

  /// Taylor mode: `dᵏ/dtᵏ f(x + t ẋ)` at `t = 0` for `k = 0, …, order`, along a direction in a part
  /// of the inputs.
  ///
  /// All orders come from one program, whose size grows with the square of the order, where that of
  /// nested jvps grows by a factor. Kinks are taken to be as straight as they are at `x`.
  public <S> Tape<WithTangent<A, S>, List<B>> taylor(Function<A, S> wrt, int order) {
    if (order < 0) {
      throw new IllegalArgumentException("an order is at least 0, got " + order);
    }
    Struct.Part<S> part = part(wrt);
    Program derived = WhileTranspose.refuse(Taylor.derive(program, part.leaves(), order));
    List<B> orders = new ArrayList<>();
    for (int k = 0; k <= order; k++) {
      orders.add(out.build(out.placeholders()));
    }
    A at = in.build(in.placeholders());
    S tangent = part.form().build(part.form().placeholders());
    return new Tape<>(derived, Struct.of(new WithTangent<>(at, tangent)), Struct.of(orders));
  }

  /// `f(x + t ẋ)` and its derivatives by `t` at `t = 0`, up to an order; see [#taylor(Function,
  /// int)].
  public List<B> taylor(A x, A direction, int order) {
    return taylor(Function.<A>identity(), order).run(new WithTangent<>(x, direction));
  }

  /// The value at `x`, and the derivative there as a linear map `ẋ ↦ J ẋ` in which the forward pass
  /// is done once for all.
  public Linearized<B, A, B> linearize(A x) {
    return linearize(x, Function.identity());
  }

  /// As [#linearize(Object)], along directions in a part of the inputs.
  public <S> Linearized<B, S, B> linearize(A x, Function<A, S> wrt) {
    Struct.Part<S> part = part(wrt);
    Program both = Derive.pushed(program, part.leaves(), true);
    return Linearized.of(both, in.flatten(x), out, part.form(), out);
  }

  /// The value at `x`, and the transpose of the derivative there as a linear map `ȳ ↦ Jᵀ ȳ` in
  /// which the forward pass is done once for all.
  public Linearized<B, B, A> pullback(A x) {
    return pullback(x, Function.identity());
  }

  /// As [#pullback(Object)], to a part of the inputs.
  public <S> Linearized<B, B, S> pullback(A x, Function<A, S> wrt) {
    Struct.Part<S> part = part(wrt);
    Program both =
        Derive.pulled(program, BackwardRule.CHAIN, part.leaves(), new int[0], true, true);
    return Linearized.of(both, in.flatten(x), out, out, part.form());
  }

  /// This tape as a function of a part of its inputs, the others held at their values in `at`. What
  /// depends on those alone is computed now and becomes constants.
  public <S> Tape<S, B> bind(A at, Function<A, S> open) {
    Struct.Part<S> part = in.part(open);
    return new Tape<>(Linearized.fixed(program, in.flatten(at), part.leaves()), part.form(), out);
  }

  /// The tape on many examples at once: the tensors of the part `mapped` have a leading axis of
  /// `size` examples, the other inputs are shared by all, and every output gets a leading axis.
  ///
  /// ```java
  /// loss.gradient(Example::model).vmap(32, e -> List.of(e.x(), e.y()));   // per-example gradients
  /// ```
  ///
  /// Every op runs once on all examples, by its batching rule, or example by example where it has
  /// none. What does not depend on the part is computed once. A tape that branches on an example's
  /// own value is refused with the line. [Mapping] chooses other axes.
  public <S> Tape<A, B> vmap(int size, Function<A, S> mapped) {
    return vmap(Mapping.of(size, mapped));
  }

  /// As [#vmap(int, Function)], with axes of choice for inputs and outputs.
  public Tape<A, B> vmap(Mapping<A> mapping) {
    return new Tape<>(mapping.apply(program, in), in, out);
  }

  /// A backward sweep under any rule: with [BackwardRule#CHAIN] it is [#vjp]. What it makes is a
  /// tape again.
  public <S> Tape<WithCotangent<A, B>, S> pull(BackwardRule rule, Function<A, S> wrt) {
    Struct.Part<S> part = part(wrt);
    Program derived = Derive.pulled(program, rule, part.leaves(), new int[0], true, false);
    A at = in.build(in.placeholders());
    B cotangent = out.build(out.placeholders());
    return new Tape<>(derived, Struct.of(new WithCotangent<>(at, cotangent)), part.form());
  }

  /// One backward sweep under a rule, from the rule's own seed, that also tells what arrived at the
  /// given nodes: the contribution of every node to the answer.
  public <S> Tape<A, Trace<S>> trace(BackwardRule rule, Function<A, S> wrt, List<Node> at) {
    Struct.Part<S> part = part(wrt);
    int[] values = values(at);
    Program derived = Derive.pulled(program, rule, part.leaves(), values, false, true);
    Struct<Trace<S>> form =
        Struct.of(
            new Trace<>(
                out.placeholders(),
                part.form().build(part.form().placeholders()),
                fresh(values.length),
                fresh(values.length)));
    return new Tape<>(derived, in, form);
  }

  Program program() {
    return program;
  }

  Struct<B> outputs() {
    return out;
  }

  /// This tape with every [scan][#scan(BiFunction, Object, Object)] written out step by step and
  /// every [call][#call(Function, Object)] put in place: more nodes, for programs that know no
  /// loops. Choices, loops without a bound, and sums stay as they are.
  ///
  /// It needs a tape that holds for all inputs.
  public Tape<A, B> unrolled() {
    if (validity() != Validity.REPLAYABLE) {
      throw new IllegalStateException(
          "a tape that is unrolled needs to hold for all inputs, got one that is "
              + validity()
              + ": "
              + String.join(", ", reasons()));
    }
    return new Tape<>(Unrolled.of(program), in, out);
  }

  /// This tape with the first outputs of the given nodes as its outputs: what the nodes computed.
  public Tape<A, List<Tensor>> at(List<Node> nodes) {
    int[] values = values(nodes);
    return new Tape<>(DeadCode.remove(program.giving(values)), in, Struct.of(fresh(values.length)));
  }

  /// The nodes up to which this tape is affine in its inputs, `A x + c`: what lies behind them
  /// reads nothing else that depends on the inputs. Usually the first layer of a network. Empty if
  /// there is no product before them, or if something else reads the inputs, too.
  ///
  /// With [#at] and [#from] an affine beginning is run once for many points of a line.
  public List<Node> affinePrefix() {
    return AffinePrefix.frontier(program);
  }

  /// The rest of this tape behind some nodes: it reads their first outputs instead of the inputs,
  /// so that `tape.from(nodes).run(tape.at(nodes).run(x))` is `tape.run(x)`.
  ///
  /// @throws IllegalArgumentException if the rest reads an input of this tape in another way
  public Tape<List<Tensor>, B> from(List<Node> nodes) {
    return new Tape<>(program.from(values(nodes)), Struct.of(fresh(nodes.size())), out);
  }

  /// This tape with some nodes' first outputs given, as further inputs: what the answer would be if
  /// these nodes answered something else.
  public Tape<Replaced<A>, B> replacing(List<Node> nodes) {
    Replaced<A> example = new Replaced<>(in.build(in.placeholders()), fresh(nodes.size()));
    return new Tape<>(program.replacing(values(nodes)), Struct.of(example), out);
  }

  private static List<Tensor> fresh(int n) {
    return IntStream.range(0, n).mapToObj(_ -> Tensor.zeros()).toList();
  }

  /// The first outputs of nodes of this tape.
  private int[] values(List<Node> nodes) {
    @Nullable Node[] makers = program.makers();
    int[] values = new int[nodes.size()];
    for (int i = 0; i < values.length; i++) {
      Node node = nodes.get(i);
      values[i] = node.output();
      if (values[i] >= makers.length || makers[values[i]] != node) {
        throw new IllegalArgumentException(
            "a node of this tape is needed, got " + node + " of another");
      }
    }
    return values;
  }

  private <S> Struct.Part<S> part(Function<A, S> wrt) {
    Struct.Part<S> part = in.part(wrt);
    for (int leaf : part.leaves()) {
      if (!program.specs[leaf].dtype().isFloat()) {
        throw new DTypeException(
            "a derivative needs F32 or F64, got "
                + program.specs[leaf].dtype()
                + " at "
                + in.names().get(leaf));
      }
    }
    return part;
  }

  private void requireFloats(String name) {
    for (int k = 0; k < program.outputs.length; k++) {
      Spec spec = program.specs[program.outputs[k]];
      if (!spec.dtype().isFloat()) {
        throw new DTypeException(
            name
                + " needs outputs of F32 or F64, got "
                + spec.dtype()
                + " at "
                + out.names().get(k));
      }
    }
  }

  private void requireScalar(String name) {
    requireScalar(name, program);
  }

  private static void requireScalar(String name, Program program) {
    Spec spec = program.specs[program.outputs[0]];
    if (program.outputs.length != 1 || spec.shape().rank() != 0) {
      throw new ShapeException(
          name
              + " needs one scalar output, got "
              + Arrays.stream(program.outputs)
                  .mapToObj(v -> program.specs[v].shape().toString())
                  .toList());
    }
    if (!spec.dtype().isFloat()) {
      throw new DTypeException(name + " needs an output of F32 or F64, got " + spec.dtype());
    }
  }

  // ---- looking inside ----

  /// The nodes in the order in which they run.
  public List<Node> nodes() {
    return program.nodes;
  }

  /// The first node with a label.
  public Optional<Node> node(String label) {
    return program.nodes.stream().filter(node -> label.equals(node.label())).findFirst();
  }

  /// The nodes whose outputs change with the inputs of the given part, by float arithmetic.
  public <S> List<Node> dependents(Function<A, S> wrt) {
    boolean[] active = program.dependents(in.part(wrt).leaves());
    return program.nodes.stream().filter(node -> active[node.output()]).toList();
  }

  /// Component path of every input leaf.
  public List<String> inputNames() {
    return in.names();
  }

  /// Component path of every output leaf; `x` for an output that is one tensor.
  public List<String> outputNames() {
    return out.names();
  }

  /// Shape and dtype of every input leaf.
  public List<Spec> inputSpecs() {
    return List.of(program.specs).subList(0, program.inputs);
  }

  /// Shape and dtype of every output leaf.
  public List<Spec> outputSpecs() {
    return Arrays.stream(program.outputs).mapToObj(v -> program.specs[v]).toList();
  }

  /// The values that are constants, by their numbers; see [Node#inputs()].
  public Map<Integer, Tensor> constants() {
    Map<Integer, Tensor> constants = new LinkedHashMap<>();
    program.constants.forEach((value, block) -> constants.put(value, Tensor.over(block)));
    return Collections.unmodifiableMap(constants);
  }

  /// The values that are the outputs, one for every output leaf; see [Node#output()].
  public int[] outputValues() {
    return program.outputs.clone();
  }

  /// For which inputs this tape is still the recorded function.
  public Validity validity() {
    if (!program.pins.isEmpty()) {
      return Validity.PINNED;
    }
    return program.allGuards().isEmpty() ? Validity.REPLAYABLE : Validity.GUARDED;
  }

  /// Why it is guarded or pinned: what was asked or read, and at which line.
  public List<String> reasons() {
    List<String> reasons = new ArrayList<>(program.pins);
    for (Guard guard : program.allGuards()) {
      reasons.add("test(...) answered " + guard.answer() + " at " + guard.where());
    }
    return List.copyOf(reasons);
  }

  /// Whether it reads tensors of an enclosing recording, and so runs only inside it.
  public boolean isOpen() {
    return program.captured.values().stream()
        .map(Tensor::recording)
        .anyMatch(Recording.class::isInstance);
  }

  /// One line a node: value, shape, op, what it reads, and the user's source line.
  @Override
  public String toString() {
    return TapePrinter.print(program, in.names());
  }
}
