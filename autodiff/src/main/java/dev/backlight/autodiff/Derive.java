package dev.backlight.autodiff;

import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Programs made from programs by a backward walk. No number is computed: only shapes are known.
final class Derive {
  private Derive() {}

  /// The backward sweep of a program under a rule.
  ///
  /// Inputs are those of the program and, if `seeded`, a cotangent for each float output; otherwise
  /// the rule seeds. Outputs are the program's own if `keep`, then what arrived at the values
  /// `wrt`, then the primals of the values `at` and what arrived there.
  static Program pull(
      Program p, BackwardRule rule, int[] wrt, int[] at, boolean seeded, boolean keep) {
    Recorder recorder = new Recorder();
    Tensor[] x = inputs(recorder, p);
    List<Tensor> seeds = new ArrayList<>();
    if (seeded) {
      for (int output : p.outputs) {
        seeds.add(recorder.input(p.specs[output], null));
      }
    }
    Sweep sweep = Sweep.over(p, x, wrt);
    for (int k = 0; k < p.outputs.length; k++) {
      int output = p.outputs[k];
      if (p.specs[output].dtype().isFloat()) {
        sweep.seed(output, seeded ? seeds.get(k) : rule.seed(sweep.value(output)));
      }
    }
    sweep.run(rule, recorder);
    List<Tensor> results = new ArrayList<>();
    if (keep) {
      Arrays.stream(p.outputs).forEach(output -> results.add(sweep.value(output)));
    }
    Arrays.stream(wrt).forEach(value -> results.add(sweep.at(value)));
    Arrays.stream(at).forEach(value -> results.add(sweep.value(value)));
    Arrays.stream(at).forEach(value -> results.add(sweep.at(value)));
    return recorder.finish(results);
  }

  /// As [#pull], for users: it must run.
  static Program pulled(
      Program p, BackwardRule rule, int[] wrt, int[] at, boolean seeded, boolean keep) {
    return WhileTranspose.refuse(pull(p, rule, wrt, at, seeded, keep));
  }

  /// As [#push], for users: it must run.
  static Program pushed(Program p, int[] wrt, boolean keep) {
    return WhileTranspose.refuse(push(p, wrt, keep));
  }

  /// The jvp of a program: the vjp, transposed once more in its cotangents.
  static Program push(Program p, int[] wrt) {
    return push(p, wrt, false);
  }

  /// As [#push]; if `keep`, the program's own outputs come first.
  private static Program push(Program p, int[] wrt, boolean keep) {
    Program back = pull(p, BackwardRule.CHAIN, wrt, new int[0], true, keep);
    int own = keep ? p.outputs.length : 0;
    Recorder recorder = new Recorder();
    Tensor[] x = inputs(recorder, p);
    List<Tensor> tangents = new ArrayList<>();
    for (int value : wrt) {
      tangents.add(recorder.input(p.specs[value], null));
    }
    Tensor[] args = Arrays.copyOf(x, back.inputs);
    int[] cotangents = new int[p.outputs.length];
    for (int k = 0; k < cotangents.length; k++) {
      Spec spec = p.specs[p.outputs[k]];
      cotangents[k] = p.inputs + k;
      args[p.inputs + k] = Tensor.zeros(spec.shape(), spec.dtype());
    }
    Sweep sweep = Sweep.over(back, args, cotangents);
    for (int k = 0; k < wrt.length; k++) {
      sweep.seed(back.outputs[own + k], tangents.get(k));
    }
    sweep.run(BackwardRule.CHAIN, recorder);
    List<Tensor> results = new ArrayList<>();
    for (int k = 0; k < own; k++) {
      results.add(sweep.value(back.outputs[k]));
    }
    Arrays.stream(cotangents).forEach(cotangent -> results.add(sweep.at(cotangent)));
    return recorder.finish(results);
  }

  /// All outputs of a program, then the gradient of one of them, a scalar.
  static Program withGradient(Program p, int scalar, int[] wrt) {
    Recorder recorder = new Recorder();
    Sweep sweep = Sweep.over(p, inputs(recorder, p), wrt);
    sweep.seed(scalar, BackwardRule.CHAIN.seed(sweep.value(scalar)));
    sweep.run(BackwardRule.CHAIN, recorder);
    List<Tensor> results = new ArrayList<>();
    Arrays.stream(p.outputs).forEach(output -> results.add(sweep.value(output)));
    Arrays.stream(wrt).forEach(value -> results.add(sweep.at(value)));
    return WhileTranspose.refuse(recorder.finish(results));
  }

  static Tensor[] inputs(Recorder recorder, Program p) {
    Tensor[] x = new Tensor[p.inputs];
    for (int i = 0; i < x.length; i++) {
      x[i] = recorder.input(p.specs[i], null, p.recordedOn[i]);
    }
    return x;
  }
}
