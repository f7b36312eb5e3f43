package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/// All second derivatives of a scalar function, `∂²y/∂xᵢ∂xⱼ`, and products with them.
///
/// It is the Jacobian of the gradient, forward over reverse. See [Tape#hessian(Function)],
/// [Tape#hvp(Function)] and [Tape#gaussNewton(Function, Function)].
public final class Hessian {
  private Hessian() {}

  /// The Hessian of a scalar function of one tensor at a point: records, derives and runs once. It
  /// has the shape of the point twice.
  public static Tensor of(Function<Tensor, Tensor> f, Tensor at) {
    return Tape.record(f, at).hessian().run(at);
  }

  /// `Jᵀ H J ẋ`: the tangent goes forward through the program, through the Hessian of the loss at
  /// its outputs, and back.
  static Program gaussNewton(Program p, Program loss, int... leaves) {
    int[] floats =
        IntStream.range(0, p.outputs.length)
            .filter(k -> p.specs[p.outputs[k]].dtype().isFloat())
            .toArray();
    Program moving = p.giving(IntStream.of(floats).map(k -> p.outputs[k]).toArray());
    Program slope = Derive.pull(loss, BackwardRule.CHAIN, floats, new int[0], false, false);
    Recorder recorder = new Recorder();
    Tensor[] x = Derive.inputs(recorder, p);
    Tensor[] tangents =
        IntStream.of(leaves)
            .mapToObj(leaf -> recorder.input(p.specs[leaf], null))
            .toArray(Tensor[]::new);
    Tensor[] forward = run(Derive.pushed(moving, leaves, false), x, tangents);
    Tensor[] bent = run(Derive.pushed(slope, floats, false), run(p, x), forward);
    Program back = Derive.pulled(moving, BackwardRule.CHAIN, leaves, new int[0], true, false);
    return recorder.finish(List.of(run(back, x, bent)));
  }

  private static Tensor[] run(Program p, Tensor[]... inputs) {
    Tensor[] v = p.on(Arrays.stream(inputs).flatMap(Arrays::stream).toArray(Tensor[]::new));
    return IntStream.of(p.outputs).mapToObj(value -> v[value]).toArray(Tensor[]::new);
  }
}
