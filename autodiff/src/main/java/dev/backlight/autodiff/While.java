package dev.backlight.autodiff;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A loop without a bound: `while (condition(state)) state = body(state)`.
///
/// How often it runs is known only when it runs, so there is no memory for a backward sweep. Its
/// vjp is a [WhileTranspose], which cannot run but can be transposed: the jvp is a loop of pairs.
///
/// @param states how many of the inputs are the state; the others are shared by all steps
record While(Body condition, Body body, int states) implements Nest {
  static <C> C apply(Function<C, Tensor> condition, UnaryOperator<C> body, C init) {
    Struct<C> form = Struct.untied(init);
    List<Tensor> start = form.flatten(init);
    Body.Recorded asks =
        Body.record(
            "the condition of a loop", in -> List.of(condition.apply(form.build(in))), start);
    Spec answer = asks.body().output(0);
    if (!answer.equals(Spec.of(Shape.SCALAR, DType.BOOL))) {
      throw new ShapeException(
          "whileLoop needs a condition that answers a BOOL scalar, got " + answer);
    }
    Body.Recorded steps =
        Body.record(
            "the body of a loop",
            in -> Scan.next("whileLoop", form, start, body.apply(form.build(in))),
            start);
    Body.Pair both = Body.paired(asks, steps, start.size());
    List<Tensor> inputs = new ArrayList<>(start);
    inputs.addAll(both.captured());
    Op op = new While(both.first(), both.second(), start.size());
    return form.build(List.of(Tensor.applyAll(op, inputs.toArray(Tensor[]::new))));
  }

  static <C> C bounded(Function<C, Tensor> condition, UnaryOperator<C> body, C init, int maxSteps) {
    if (maxSteps < 0) {
      throw new IllegalArgumentException(
          "whileLoop needs a bound of at least 0 steps, got " + maxSteps);
    }
    Struct<C> form = Struct.untied(init);
    C end =
        Tape.scan(
                (C state) ->
                    new Scanned<>(
                        Tape.cond(condition.apply(state), body, Function.<C>identity(), state),
                        List.<Tensor>of()),
                init,
                maxSteps)
            .carry();
    List<Tensor> all = new ArrayList<>(form.flatten(end));
    all.addFirst(condition.apply(end));
    return form.build(List.of(Tensor.applyAll(new Halt(maxSteps), all.toArray(Tensor[]::new))));
  }

  @Override
  public String name() {
    return "while{"
        + condition.program.nodes.size()
        + " nodes, do "
        + body.program.nodes.size()
        + "}";
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, body.inputs(), in);
    for (int i = 0; i < in.length; i++) {
      Body.need(this, body.input(i), in[i]);
    }
    return body.outputSpecs().toArray(Spec[]::new);
  }

  @Override
  public List<Use> uses() {
    boolean[] all = Body.all(body.inputs());
    return List.of(condition.use(all, new boolean[1]), body.use(all, new boolean[states]));
  }

  @Override
  public Kernel bound(Block[] in, Block[] out, Workspace workspace) {
    Block[] given = in.clone();
    System.arraycopy(out, 0, given, 0, states);
    Player<?, ?> asks = condition.player(given, new Block[1], workspace);
    Player<?, ?> player = body.player(given, new Block[states], workspace);
    State state = new State(body, player, out);
    return (_, _) -> {
      state.begin(in);
      asks.play();
      while (asks.output(0).bool()[0]) {
        player.play();
        state.advance();
        asks.play();
      }
    };
  }

  @Override
  public @Nullable Slim slim(boolean[] live) {
    boolean[] needed = live.clone();
    boolean[] asked = condition.reads(new int[] {0});
    boolean[] read = body.reads(Body.where(needed));
    for (int i = 0; i < states; i++) {
      if ((read[i] || asked[i]) && !needed[i]) {
        needed[i] = true;
        read = body.reads(Body.where(needed));
        i = -1;
      }
    }
    boolean[] last = read;
    int[] kept =
        IntStream.range(0, body.inputs())
            .filter(i -> i < states ? needed[i] : last[i] || asked[i])
            .toArray();
    int[] outputs = Body.where(needed);
    return kept.length == body.inputs()
        ? null
        : new Slim(
            new While(
                condition.narrowed(new int[] {0}, kept),
                body.narrowed(outputs, kept),
                outputs.length),
            kept,
            outputs);
  }

  /// Examples that end after different numbers of steps are run one by one.
  @Override
  public Tensor @Nullable [] batch(Batch at) {
    boolean[] many = Vmap.mapped(at, 0, at.inputs());
    Vmap.settle(body.program, many, states);
    if (Vmap.reached(condition.program, many)[0]) {
      return null;
    }
    Tensor[] in = Vmap.inputs(at);
    for (int i = 0; i < states; i++) {
      in[i] = many[i] ? at.all(i) : in[i];
    }
    boolean[] have = Arrays.copyOf(many, states);
    Op op =
        new While(
            condition.batched(at.size(), many, new boolean[1]),
            body.batched(at.size(), many, have),
            states);
    return Vmap.expanded(Tensor.applyAll(op, in), have, at.size());
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return vjps(at)[i];
  }

  @Override
  public @Nullable Tensor[] vjps(Site at) {
    Cotangents back = Cotangents.of(at);
    return back.roots().length == 0
        ? back.none()
        : back.sent(new WhileTranspose(this, ints(back.roots()), ints(back.arrived())));
  }

  private static List<Integer> ints(int[] some) {
    return IntStream.of(some).boxed().toList();
  }
}
