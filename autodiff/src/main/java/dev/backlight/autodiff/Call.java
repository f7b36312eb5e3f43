package dev.backlight.autodiff;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A tape run as one node. Its vjp is a call that computes the inner values anew, so that between
/// the forward pass and the backward one only the inputs are kept: gradient checkpointing.
record Call(Body body) implements Nest {
  /// Writes a recorded body down as one node.
  static Tensor[] of(Body.Recorded recorded, List<Tensor> inputs) {
    Tensor[] all =
        IntStream.range(0, inputs.size() + recorded.captured().size())
            .mapToObj(
                i -> i < inputs.size() ? inputs.get(i) : recorded.captured().get(i - inputs.size()))
            .toArray(Tensor[]::new);
    return Tensor.applyAll(new Call(recorded.body()), all);
  }

  @Override
  public String name() {
    return "call{" + body.program.nodes.size() + " nodes}";
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
    return List.of(body.use(Body.all(body.inputs()), body.direct()));
  }

  @Override
  public Kernel bound(Block[] in, Block[] out, Workspace workspace) {
    return run(body, in, out, workspace);
  }

  /// A kernel that runs a body once on the blocks of a node.
  static Kernel run(Body body, Block[] in, Block[] out, Workspace workspace) {
    boolean[] direct = body.direct();
    @Nullable Block[] written = new Block[out.length];
    for (int k = 0; k < out.length; k++) {
      written[k] = direct[k] ? out[k] : null;
    }
    Player<?, ?> player = body.player(in, written, workspace);
    return (_, _) -> {
      player.play();
      for (int k = 0; k < out.length; k++) {
        if (!direct[k]) {
          out[k].copyFrom(player.output(k));
        }
      }
    };
  }

  @Override
  public @Nullable Slim slim(boolean[] live) {
    Body.Narrowed less = body.narrowed(Body.where(live), Body.all(body.inputs()));
    return less == null ? null : new Slim(new Call(less.body()), less.inputs(), less.outputs());
  }

  @Override
  public Tensor[] batch(Batch at) {
    boolean[] many = Vmap.mapped(at, 0, at.inputs());
    boolean[] have = Vmap.reached(body.program, many);
    Call all = new Call(body.batched(at.size(), many, have));
    return Vmap.expanded(Tensor.applyAll(all, Vmap.inputs(at)), have, at.size());
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
        : back.sent(new Call(body.back(back.roots(), back.arrived())));
  }
}
