package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A program with loops of known length written out, step by step, and calls put in place.
///
/// Choices and loops without a known length stay: they are one node each, whatever is inside.
final class Unrolled {
  private Unrolled() {}

  static Program of(Program program) {
    Recorder recorder = new Recorder();
    Tensor[] in = new Tensor[program.inputs];
    for (int i = 0; i < in.length; i++) {
      in[i] = recorder.input(program.specs[i], null);
    }
    return recorder.finish(List.of(run(program, in)));
  }

  /// The outputs of a program, node by node.
  private static Tensor[] run(Program program, Tensor... args) {
    Tensor[] v = new Tensor[program.specs.length];
    System.arraycopy(args, 0, v, 0, program.inputs);
    program.captured.forEach((value, tensor) -> v[value] = tensor);
    program.constants.forEach((value, block) -> v[value] = Tensor.over(block));
    for (Node node : program.nodes) {
      Tensor[] in = new Tensor[node.arity()];
      for (int k = 0; k < in.length; k++) {
        in[k] = v[node.input(k)];
      }
      Tensor[] out = Recorder.at(node, in, () -> apply(node.op(), in));
      String label = node.label();
      if (label != null && Arrays.stream(in).noneMatch(x -> x == out[0])) {
        out[0].named(label);
      }
      System.arraycopy(out, 0, v, node.output(), out.length);
    }
    return Arrays.stream(program.outputs).mapToObj(k -> v[k]).toArray(Tensor[]::new);
  }

  private static Tensor[] apply(Op op, Tensor... in) {
    return switch (op) {
      case Call call -> run(call.body().program, in);
      case Scan scan -> steps(scan, in);
      default -> Tensor.applyAll(op, in);
    };
  }

  private static Tensor[] steps(Scan scan, Tensor... in) {
    int n = scan.length();
    int carries = scan.carries();
    int outputs = scan.body().outputs();
    Tensor[] now = in.clone();
    List<List<Tensor>> rows = new ArrayList<>();
    for (int k = carries; k < outputs; k++) {
      rows.add(new ArrayList<>());
    }
    for (int step = 0; step < n; step++) {
      int t = scan.backwards() ? n - 1 - step : step;
      for (int i = carries; i < in.length; i++) {
        if (scan.mapped().get(i)) {
          now[i] = in[i].slice(0, t, t + 1).reshape(scan.body().input(i).shape());
        }
      }
      Tensor[] out = run(scan.body().program, now);
      System.arraycopy(out, 0, now, 0, carries);
      for (int k = carries; k < outputs; k++) {
        rows.get(k - carries).add(out[k]);
      }
    }
    Tensor[] all = Arrays.copyOf(now, outputs);
    for (int k = carries; k < outputs; k++) {
      List<Tensor> row =
          scan.backwards() ? rows.get(k - carries).reversed() : rows.get(k - carries);
      all[k] =
          n == 0
              ? Tensor.zeros(
                  scan.body().output(k).shape().prepend(0), scan.body().output(k).dtype())
              : Tensor.stack(0, row);
    }
    return all;
  }
}
