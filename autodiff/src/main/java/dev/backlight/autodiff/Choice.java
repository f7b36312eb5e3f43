package dev.backlight.autodiff;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.AMax;
import dev.backlight.core.op.LogSumExp;
import dev.backlight.core.op.Norm;
import dev.backlight.core.op.Softmax;
import dev.backlight.core.op.Standardize;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A [Cond] of a whole batch, in which every example chooses for itself: both programs run on all
/// examples, and each example gets the result of its own.
///
/// The first input is `BOOL` with the sizes `lead`, which all other inputs and the outputs have in
/// front. The derivative is such a choice again: it selects after the backward sweeps, so that what
/// an example did not choose contributes nothing to it, be it NaN or infinite.
record Choice(Body then, Body otherwise, Shape lead) implements Nest {
  /// Whether a program can run on examples that did not choose it: nothing in it fails or goes on
  /// forever because of their values.
  static boolean isTotal(Program p) {
    return p.guards.isEmpty()
        && p.nodes.stream().allMatch(node -> isTotal(node.op()) && !readsIndices(node, p));
  }

  private static boolean isTotal(Op op) {
    if (op instanceof Nest nest) {
      return !(nest instanceof While || nest instanceof Ruled<?, ?>)
          && nest.uses().stream().allMatch(use -> isTotal(use.body().program));
    }
    return op.getClass().getPackage() == AMax.class.getPackage()
        && switch (op) {
          case Op.Coupled coupled ->
              coupled instanceof AMax
                  || coupled instanceof LogSumExp
                  || coupled instanceof Norm
                  || coupled instanceof Softmax
                  || coupled instanceof Standardize;
          case Op.Nested _, Op.Custom _ -> false;
          case Op.Elementwise _, Op.Pairwise _, Op.Linear _ -> true;
          case Op.Bilinear _, Op.Routing _, Op.Discrete _ -> true;
        };
  }

  /// An index may lie outside.
  private static boolean readsIndices(Node node, Program p) {
    return IntStream.of(node.inputs())
        .mapToObj(i -> p.specs[i].dtype())
        .anyMatch(dtype -> dtype == DType.I32 || dtype == DType.I64);
  }

  @Override
  public String name() {
    return "choice{"
        + then.program.nodes.size()
        + " nodes, else "
        + otherwise.program.nodes.size()
        + "}";
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, then.inputs() + 1, in);
    Body.need(this, Spec.of(lead, DType.BOOL), in[0]);
    for (int i = 1; i < in.length; i++) {
      Body.need(this, then.input(i - 1), in[i]);
    }
    return then.outputSpecs().toArray(Spec[]::new);
  }

  @Override
  public List<Use> uses() {
    boolean[] all = Body.all(then.inputs());
    return List.of(
        then.use(all, then.direct()), otherwise.use(all, new boolean[otherwise.outputs()]));
  }

  @Override
  public Kernel bound(Block[] in, Block[] out, Workspace workspace) {
    Block[] rest = Arrays.copyOfRange(in, 1, in.length);
    Kernel yes = Call.run(then, rest, out, workspace);
    Player<?, ?> no = otherwise.player(rest, new Block[out.length], workspace);
    return (_, _) -> {
      yes.run(rest, out);
      no.play();
      boolean[] chosen = in[0].bool();
      int n = in[0].size();
      for (int k = 0; k < out.length; k++) {
        Object other = no.output(k).array();
        Object mine = out[k].array();
        int each = n == 0 ? 0 : out[k].size() / n;
        for (int i = 0; i < n; i++) {
          if (!chosen[i]) {
            System.arraycopy(other, i * each, mine, i * each, each);
          }
        }
      }
    };
  }

  @Override
  public @Nullable Slim slim(boolean[] live) {
    Slim less = new Cond(then, otherwise).slim(live);
    return less != null && less.op() instanceof Cond cond
        ? new Slim(new Choice(cond.then(), cond.otherwise(), lead), less.inputs(), less.outputs())
        : null;
  }

  @Override
  public Tensor[] batch(Batch at) {
    boolean[] all = Body.all(then.inputs());
    boolean[] wanted = Body.all(then.outputs());
    Op op =
        new Choice(
            then.batched(at.size(), all, wanted),
            otherwise.batched(at.size(), all, wanted),
            lead.prepend(at.size()));
    return Tensor.applyAll(op, at.all());
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
            new Choice(
                then.back(roots, back.arrived()), otherwise.back(roots, back.arrived()), lead));
  }
}
