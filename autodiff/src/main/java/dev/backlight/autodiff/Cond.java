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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One of two programs, chosen on every run by a `BOOL` scalar, the first input. The other one is
/// not run. The derivative is such a choice again.
record Cond(Body then, Body otherwise) implements Nest {
  static <X, Y> Y apply(Tensor predicate, Function<X, Y> yes, Function<X, Y> no, X x) {
    if (!predicate.spec().equals(Spec.of(Shape.SCALAR, DType.BOOL))) {
      throw new ShapeException("cond needs a BOOL scalar to choose by, got " + predicate.spec());
    }
    Struct<X> form = Struct.of(x);
    List<Tensor> leaves = form.flatten(x);
    List<Struct<Y>> results = new ArrayList<>();
    Body.Recorded one = branch(yes, form, leaves, results);
    Body.Recorded other = branch(no, form, leaves, results);
    List<Spec> a = one.body().outputSpecs();
    List<Spec> b = other.body().outputSpecs();
    List<String> names = results.getFirst().names();
    if (!a.equals(b) || !names.equals(results.getLast().names())) {
      throw new ShapeException(
          "cond needs branches that answer alike, got "
              + a
              + " at "
              + names
              + " and "
              + b
              + " at "
              + results.getLast().names());
    }
    Body.Pair both = Body.paired(one, other, leaves.size());
    List<Tensor> inputs = new ArrayList<>();
    inputs.add(predicate);
    inputs.addAll(leaves);
    inputs.addAll(both.captured());
    Op op = new Cond(both.first(), both.second());
    return results.getFirst().build(List.of(Tensor.applyAll(op, inputs.toArray(Tensor[]::new))));
  }

  private static <X, Y> Body.Recorded branch(
      Function<X, Y> f, Struct<X> form, List<Tensor> leaves, List<Struct<Y>> results) {
    return Body.record(
        "a branch",
        in -> {
          Y y = f.apply(form.build(in));
          Struct<Y> result = Struct.untied(y);
          results.add(result);
          return result.flatten(y);
        },
        leaves);
  }

  @Override
  public String name() {
    return "cond{"
        + then.program.nodes.size()
        + " nodes, else "
        + otherwise.program.nodes.size()
        + "}";
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, then.inputs() + 1, in);
    Body.need(this, Spec.of(Shape.SCALAR, DType.BOOL), in[0]);
    for (int i = 1; i < in.length; i++) {
      Body.need(this, then.input(i - 1), in[i]);
    }
    return then.outputSpecs().toArray(Spec[]::new);
  }

  @Override
  public List<Use> uses() {
    boolean[] all = Body.all(then.inputs());
    return List.of(then.use(all, then.direct()), otherwise.use(all, otherwise.direct()));
  }

  @Override
  public Kernel bound(Block[] in, Block[] out, Workspace workspace) {
    Block[] rest = Arrays.copyOfRange(in, 1, in.length);
    Kernel yes = Call.run(then, rest, out, workspace);
    Kernel no = Call.run(otherwise, rest, out, workspace);
    return (_, _) -> (in[0].bool()[0] ? yes : no).run(rest, out);
  }

  @Override
  public @Nullable Slim slim(boolean[] live) {
    int[] outputs = Body.where(live);
    boolean[] one = then.reads(outputs);
    boolean[] other = otherwise.reads(outputs);
    int[] kept = IntStream.range(0, then.inputs()).filter(i -> one[i] || other[i]).toArray();
    if (kept.length == then.inputs() && outputs.length == then.outputs()) {
      return null;
    }
    int[] inputs = IntStream.concat(IntStream.of(0), IntStream.of(kept).map(i -> i + 1)).toArray();
    return new Slim(
        new Cond(then.narrowed(outputs, kept), otherwise.narrowed(outputs, kept)), inputs, outputs);
  }

  /// Where examples choose for themselves, both branches run on all of them ([Choice]); but one by
  /// one, each its own branch alone, where the other one could fail or never end on its values.
  @Override
  public Tensor @Nullable [] batch(Batch at) {
    if (at.isMapped(0)) {
      return Choice.isTotal(then.program) && Choice.isTotal(otherwise.program)
          ? new Choice(then, otherwise, Shape.SCALAR).batch(at)
          : null;
    }
    boolean[] many = Vmap.mapped(at, 1, at.inputs());
    boolean[] have = Vmap.reached(then.program, many);
    boolean[] other = Vmap.reached(otherwise.program, many);
    for (int k = 0; k < have.length; k++) {
      have[k] |= other[k];
    }
    Op op = new Cond(then.batched(at.size(), many, have), otherwise.batched(at.size(), many, have));
    return Vmap.expanded(Tensor.applyAll(op, Vmap.inputs(at)), have, at.size());
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return vjps(at)[i];
  }

  @Override
  public @Nullable Tensor[] vjps(Site at) {
    Cotangents back = Cotangents.of(at);
    int[] roots = IntStream.of(back.roots()).map(i -> i - 1).toArray();
    return roots.length == 0
        ? back.none()
        : back.sent(
            new Cond(then.back(roots, back.arrived()), otherwise.back(roots, back.arrived())));
  }
}
