package dev.backlight.autodiff;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.parallel.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A recurrence as one op: `(carryₜ₊₁, yₜ) = body(carryₜ, xₜ, shared)`.
///
/// The first inputs are the carry, the others have a leading axis of time or are shared; the
/// outputs are the last carry and every `yₜ`, stacked. The derivative is a scan in the other
/// direction over the carries of all steps, which the scan then keeps as further outputs: memory
/// for the carry times the length, and for what is inside of one step. What products and dear
/// functions make in each step is kept, too, unless it is much larger than the carry.
///
/// @param kept how many of the last outputs are kept for the derivative: the carries that came into
///   each step, then what is dear to compute anew
record Scan(Body body, int carries, int length, List<Boolean> mapped, boolean backwards, int kept)
    implements Nest {
  /// Records the body on the first step and applies it to all.
  static <C, X, Y> Scanned<C, Y> apply(
      BiFunction<C, X, Scanned<C, Y>> body, C init, X xs, int length, boolean backwards) {
    Struct<C> carry = Struct.untied(init);
    Struct<X> slices = Struct.untied(xs);
    List<Tensor> start = carry.flatten(init);
    List<Tensor> all = slices.flatten(xs);
    int n = length(all, length);
    List<Tensor> first = new ArrayList<>(start);
    all.forEach(x -> first.add(slice(x, backwards ? n - 1 : 0, n)));
    int carries = start.size();
    List<Struct<Y>> form = new ArrayList<>();
    Body.Recorded recorded =
        Body.record(
            "a scanned body",
            in -> {
              Scanned<C, Y> step =
                  body.apply(
                      carry.build(in.subList(0, carries)),
                      slices.build(in.subList(carries, in.size())));
              List<Tensor> out = next("scan", carry, start, step.carry());
              form.add(Struct.untied(step.out()));
              out.addAll(form.getFirst().flatten(step.out()));
              return out;
            },
            first);
    List<Tensor> inputs = new ArrayList<>(start);
    inputs.addAll(all);
    inputs.addAll(recorded.captured());
    List<Boolean> mapped =
        IntStream.range(0, inputs.size())
            .mapToObj(i -> i >= carries && i < carries + all.size())
            .toList();
    Op op = new Scan(recorded.body(), carries, n, mapped, backwards, 0);
    List<Tensor> made = List.of(Tensor.applyAll(op, inputs.toArray(Tensor[]::new)));
    return new Scanned<>(
        carry.build(made.subList(0, carries)),
        form.getFirst().build(made.subList(carries, made.size())));
  }

  private static int length(List<Tensor> all, int wanted) {
    int n =
        wanted >= 0 || all.isEmpty() || all.getFirst().rank() == 0
            ? wanted
            : all.getFirst().size(0);
    for (Tensor x : all) {
      if (x.rank() == 0 || x.size(0) != n) {
        throw new ShapeException(
            "scan needs tensors of one length along their first axis, got "
                + all.stream().map(Tensor::shape).toList());
      }
    }
    if (n < 0) {
      throw new ShapeException("scan needs a tensor to go along, or a length, got neither");
    }
    return n;
  }

  private static Tensor slice(Tensor x, int at, int n) {
    return n == 0
        ? Tensor.zeros(x.shape().without(0), x.dtype())
        : x.slice(0, at, at + 1).reshape(x.shape().without(0));
  }

  /// The tensors of a new state, which must be like those of the first.
  static <C> List<Tensor> next(String what, Struct<C> form, List<Tensor> start, C state) {
    List<Tensor> next = new ArrayList<>(form.flatten(state));
    for (int i = 0; i < next.size(); i++) {
      if (!next.get(i).spec().equals(start.get(i).spec())) {
        throw new ShapeException(
            what
                + " needs a body that answers "
                + start.get(i).spec()
                + " at "
                + form.names().get(i)
                + ", as it was given, got "
                + next.get(i).spec());
      }
    }
    return next;
  }

  @Override
  public String name() {
    return "scan{" + body.program.nodes.size() + " nodes, " + length + " steps}";
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, body.inputs(), in);
    for (int i = 0; i < in.length; i++) {
      Body.need(this, mapped.get(i) ? Repeat.with(body.input(i), length) : body.input(i), in[i]);
    }
    Spec[] out = new Spec[body.outputs()];
    for (int k = 0; k < out.length; k++) {
      out[k] = k < carries ? body.output(k) : Repeat.with(body.output(k), length);
    }
    return out;
  }

  @Override
  public Scan keeping() {
    if (kept > 0) {
      return this;
    }
    Body more = body.keeping(carries);
    return new Scan(more, carries, length, mapped, backwards, more.outputs() - body.outputs());
  }

  @Override
  public int times() {
    return length;
  }

  @Override
  public List<Use> uses() {
    return uses(body);
  }

  /// Floating-point operations of all steps.
  long flops() {
    return body.flops() * length;
  }

  /// As [#uses()], of a body for some of the examples.
  List<Use> uses(Body body) {
    boolean[] given = new boolean[mapped.size()];
    for (int i = 0; i < given.length; i++) {
      given[i] = !mapped.get(i);
    }
    return List.of(body.use(given, new boolean[body.outputs()]));
  }

  @Override
  public Kernel bound(Block[] in, Block[] out, Workspace workspace) {
    return Shards.of(this, in, out, workspace, Threads.count());
  }

  @Override
  public @Nullable Slim slim(boolean[] live) {
    boolean[] needed = live.clone();
    boolean[] read = body.reads(Body.where(needed));
    for (int i = 0; i < carries; i++) {
      if (read[i] && !needed[i]) {
        needed[i] = true;
        read = body.reads(Body.where(needed));
        i = -1;
      }
    }
    boolean[] mayGo = Body.all(body.inputs());
    for (int i = 0; i < carries; i++) {
      mayGo[i] = !needed[i];
    }
    Body.Narrowed less = body.narrowed(Body.where(needed), mayGo);
    if (less == null) {
      return null;
    }
    int still = (int) IntStream.of(less.inputs()).filter(i -> i < carries).count();
    List<Boolean> flags = IntStream.of(less.inputs()).mapToObj(mapped::get).toList();
    boolean whole = less.outputs().length == body.outputs();
    return new Slim(
        new Scan(less.body(), still, length, flags, backwards, whole ? kept : 0),
        less.inputs(),
        less.outputs());
  }

  /// The body on all examples at once, step by step.
  @Override
  public Tensor[] batch(Batch at) {
    boolean[] many = Vmap.mapped(at, 0, at.inputs());
    Vmap.settle(body.program, many, carries);
    boolean[] have = Vmap.reached(body.program, many);
    System.arraycopy(many, 0, have, 0, carries);
    Tensor[] in = Vmap.inputs(at);
    for (int i = 0; i < in.length; i++) {
      boolean sliced = at.isMapped(i) && mapped.get(i);
      in[i] = sliced ? in[i].swap(0, 1) : i < carries && many[i] ? at.all(i) : in[i];
    }
    Op op = new Scan(body.batched(at.size(), many, have), carries, length, mapped, backwards, kept);
    Tensor[] out = Tensor.applyAll(op, in);
    for (int k = carries; k < out.length; k++) {
      out[k] = have[k] ? out[k].swap(0, 1) : out[k];
    }
    return Vmap.expanded(out, have, at.size());
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return vjps(at)[i];
  }

  @Override
  public @Nullable Tensor[] vjps(Site at) {
    return new ScanBack(this, at).cotangents();
  }
}
