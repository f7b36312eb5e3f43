package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An op that runs programs of its own: a call, a loop, a choice.
///
/// A player runs it bound to fixed blocks, in memory that all nests of the player take turns in.
/// Dead code elimination asks it to leave out what nobody reads.
interface Nest extends Op.Nested {
  /// The programs that it runs, never two at the same time, and which of their values lie in the
  /// blocks of the node.
  List<Use> uses();

  /// How often it runs its programs, as far as that is known beforehand: a loop without a bound
  /// counts one step, a choice both ways.
  default int times() {
    return 1;
  }

  @Override
  default long flops(Spec[] in, Spec[] out) {
    long once = 0;
    for (Use use : uses()) {
      once += use.body().flops();
    }
    return once * times();
  }

  /// The kernel for these very blocks; what it is given later is not looked at.
  Kernel bound(Block[] in, Block[] out, Workspace workspace);

  /// The same without the outputs that are not `live` and without the inputs that it then does not
  /// read, or `null` if nothing can go.
  default @Nullable Slim slim(boolean[] live) {
    return null;
  }

  /// The same with further outputs behind its own, which its derivative reads.
  default Op keeping() {
    return this;
  }

  @Override
  default void run(Block[] in, Block[] out) {
    bound(in, out, Workspace.of(uses())).run(in, out);
  }

  /// A program, and which of its values somebody else has the memory for.
  record Use(Body body, boolean[] given) {}

  /// An op that does less, the inputs that it still reads and the outputs that it still makes.
  record Slim(Op op, int[] inputs, int[] outputs) {}
}
