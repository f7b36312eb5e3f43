package dev.backlight.autodiff;

import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// All first derivatives of a function: `∂yᵢ/∂xⱼ` for every element of the output and every element
/// of the argument.
///
/// Forward, one tangent for each element of the argument goes through the tape, all at once;
/// backward, one cotangent for each element of the output does. See [Tape#jacobian(Function)].
public final class Jacobian {
  private Jacobian() {}

  /// The Jacobian of a function of one output tensor at a point: records, derives and runs once. It
  /// has the structure of the point, with the shape of the output before that of every tensor.
  ///
  /// To do it many times, record a [Tape] and replay its Jacobian.
  public static <S> S of(Function<S, Tensor> f, S at) {
    return Tape.record(f, at).jacobian().run(at);
  }

  /// The Jacobians of all outputs: output by output, leaf by leaf. The shorter way: forward if
  /// there are no more elements to derive by than to derive.
  static Program shorter(Program p, int... leaves) {
    return elements(p, leaves) <= elements(p, p.outputs) ? forward(p, leaves) : reverse(p, leaves);
  }

  private static long elements(Program p, int... values) {
    return Arrays.stream(values).mapToLong(v -> p.specs[v].shape().elements()).sum();
  }

  /// Column by column: a batch of tangents.
  static Program forward(Program p, int... leaves) {
    Recorder recorder = new Recorder();
    Tensor[] x = Derive.inputs(recorder, p);
    List<Tensor[]> columns = new ArrayList<>();
    for (int leaf : leaves) {
      Program push = Derive.pushed(p, new int[] {leaf}, false);
      columns.add(units(push, x, p.specs[leaf]));
    }
    List<Tensor> results = new ArrayList<>();
    for (int k = 0; k < p.outputs.length; k++) {
      for (int l = 0; l < leaves.length; l++) {
        Tensor y = columns.get(l)[k];
        Spec leaf = p.specs[leaves[l]];
        Shape all = joined(p.specs[p.outputs[k]].shape(), leaf.shape());
        results.add(y.moveAxis(0, -1).reshape(all).to(leaf.dtype()));
      }
    }
    return recorder.finish(results);
  }

  /// Row by row: a batch of cotangents for each output.
  static Program reverse(Program p, int... leaves) {
    Recorder recorder = new Recorder();
    Tensor[] x = Derive.inputs(recorder, p);
    List<Tensor> results = new ArrayList<>();
    for (int output : p.outputs) {
      Program pull =
          Derive.pulled(p.giving(output), BackwardRule.CHAIN, leaves, new int[0], true, false);
      Tensor[] rows = units(pull, x, p.specs[output]);
      for (int l = 0; l < rows.length; l++) {
        results.add(rows[l].reshape(joined(p.specs[output].shape(), p.specs[leaves[l]].shape())));
      }
    }
    return recorder.finish(results);
  }

  /// The outputs of a program with a further input behind `x`, for every unit of that input.
  private static Tensor[] units(Program p, Tensor[] x, Spec spec) {
    int n = spec.shape().elements();
    boolean[] mapped = new boolean[p.inputs];
    mapped[x.length] = true;
    Program many = Vmap.batched(p, n, mapped);
    Tensor[] in = Arrays.copyOf(x, x.length + 1);
    in[x.length] = Tensor.eye(n, spec.dtype()).reshape(spec.shape().prepend(n));
    Tensor[] v = many.on(in);
    return Arrays.stream(many.outputs).mapToObj(value -> v[value]).toArray(Tensor[]::new);
  }

  private static Shape joined(Shape out, Shape in) {
    int[] sizes = Arrays.copyOf(out.sizes(), out.rank() + in.rank());
    System.arraycopy(in.sizes(), 0, sizes, out.rank(), in.rank());
    return Shape.of(sizes);
  }
}
