package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Taylor mode of a node that runs programs: the same kind of node, over programs in which every
/// moving value is all of its coefficients. A scan carries them, a loop loops over them.
final class TaylorNest {
  private final int order;

  /// Which inputs of the bodies move.
  private final boolean[] moving;

  /// The first input of a body that an input of the node is.
  private final int skip;

  private TaylorNest(Nest op, Series[] in, int order) {
    this.order = order;
    this.skip = op instanceof Cond || op instanceof Choice ? 1 : 0;
    this.moving = new boolean[in.length - skip];
    int states = op instanceof Scan scan ? scan.carries() : op instanceof While w ? w.states() : 0;
    for (int i = 0; i < moving.length; i++) {
      Series series = in[i + skip];
      moving[i] = series.spec.dtype().isFloat() && (i < states || !series.isConstant());
    }
  }

  /// The outputs of a node whose inputs are known to the last order; `null` if it has no such form.
  static Series @Nullable [] apply(Nest op, Series[] in, List<Spec> outputs, int order) {
    TaylorNest here = new TaylorNest(op, in, order);
    Op all = here.lifted(op);
    if (all == null) {
      return null;
    }
    List<Tensor> args = new ArrayList<>();
    for (int i = 0; i < in.length; i++) {
      args.add(in[i].tensor(0));
      for (int k = 1; k <= order && i >= here.skip && here.moving[i - here.skip]; k++) {
        args.add(in[i].tensor(k));
      }
    }
    Tensor[] made = Tensor.applyAll(all, args.toArray(Tensor[]::new));
    Series[] out = new Series[outputs.size()];
    int next = 0;
    for (int j = 0; j < out.length; j++) {
      int first = next;
      Spec spec = outputs.get(j);
      boolean moves = spec.dtype().isFloat();
      out[j] =
          moves
              ? Series.of(spec, order, k -> made[first + k])
              : Series.constant(spec, order, _ -> made[first]);
      next += moves ? order + 1 : 1;
    }
    return out;
  }

  private @Nullable Op lifted(Nest op) {
    return switch (op) {
      case Call call -> new Call(lifted(call.body()));
      case Repeat repeat ->
          new Repeat(
              lifted(repeat.body()),
              repeat.length(),
              spread(repeat.mapped()),
              results(repeat.body(), repeat.stacked()));
      case Cond cond -> new Cond(lifted(cond.then()), lifted(cond.otherwise()));
      case Choice choice ->
          new Choice(lifted(choice.then()), lifted(choice.otherwise()), choice.lead());
      case Scan scan ->
          new Scan(
              lifted(scan.body()),
              places(scan.carries()),
              scan.length(),
              spread(scan.mapped()),
              scan.backwards(),
              0);
      case While loop -> {
        Spec[] specs = specs(loop.body());
        int[] values = IntStream.range(0, moving.length).map(this::places).toArray();
        yield new While(
            new Body(Body.placed(loop.condition().program, specs, values)),
            lifted(loop.body()),
            places(loop.states()));
      }
      default -> null;
    };
  }

  /// How many inputs of the lifted body the first `n` inputs are.
  private int places(int n) {
    return IntStream.range(0, n).map(i -> moving[i] ? order + 1 : 1).sum();
  }

  private List<Boolean> spread(List<Boolean> flags) {
    List<Boolean> all = new ArrayList<>();
    for (int i = 0; i < moving.length; i++) {
      for (int k = 0; k <= (moving[i] ? order : 0); k++) {
        all.add(flags.get(i));
      }
    }
    return all;
  }

  private List<Boolean> results(Body body, List<Boolean> flags) {
    List<Boolean> all = new ArrayList<>();
    for (int j = 0; j < flags.size(); j++) {
      for (int k = 0; k <= (body.output(j).dtype().isFloat() ? order : 0); k++) {
        all.add(flags.get(j));
      }
    }
    return all;
  }

  private Spec[] specs(Body body) {
    List<Spec> all = new ArrayList<>();
    for (int i = 0; i < moving.length; i++) {
      for (int k = 0; k <= (moving[i] ? order : 0); k++) {
        all.add(body.input(i));
      }
    }
    return all.toArray(Spec[]::new);
  }

  private Body lifted(Body body) {
    Recorder recorder = new Recorder();
    Series[] x = new Series[moving.length];
    for (int i = 0; i < x.length; i++) {
      Tensor[] some = new Tensor[moving[i] ? order + 1 : 1];
      for (int k = 0; k < some.length; k++) {
        some[k] = recorder.input(body.input(i), null);
      }
      x[i] =
          moving[i]
              ? Series.of(body.input(i), order, k -> some[k])
              : Series.constant(body.input(i), order, _ -> some[0]);
    }
    List<Tensor> results = new ArrayList<>();
    for (Series series : Taylor.through(body.program, x, order, recorder)) {
      for (int k = 0; k <= (series.spec.dtype().isFloat() ? order : 0); k++) {
        results.add(series.tensor(k));
      }
    }
    return new Body(recorder.finish(results));
  }
}
