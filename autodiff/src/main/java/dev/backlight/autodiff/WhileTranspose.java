package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The vjp of a loop without a bound: linear in its cotangents, but nothing can run it.
///
/// It stands in a program only until the program is transposed again. Its own vjp is the tangent
/// loop, of states and their tangents, and then it is dead code. Where it is left over, the
/// gradient of the loop itself was asked for, and [#refuse] says so.
///
/// Inputs are those of the loop and cotangents of its outputs `arrived`; outputs are cotangents of
/// its inputs `roots`.
record WhileTranspose(While loop, List<Integer> roots, List<Integer> arrived) implements Op.Nested {
  /// Complains about a program that would have to run a loop backwards.
  static Program refuse(Program program) {
    for (Node node : program.nodes) {
      if (node.op() instanceof WhileTranspose) {
        throw new UnsupportedOperationException(
            "the gradient of whileLoop"
                + (node.where().isEmpty() ? "" : " at " + node.where())
                + " needs a bound: give whileLoop its most steps, or use scan; jvp needs none");
      }
      if (node.op() instanceof Nest nest) {
        nest.uses().forEach(use -> refuse(use.body().program));
      }
    }
    return program;
  }

  @Override
  public String name() {
    return loop.name() + " backwards";
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, loop.body().inputs() + arrived.size(), in);
    return roots.stream().map(loop.body()::input).toArray(Spec[]::new);
  }

  @Override
  public void run(Block[] in, Block[] out) {
    throw new UnsupportedOperationException("a loop without a bound cannot run backwards");
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return vjps(at)[i];
  }

  /// What arrives here are tangents of the loop's inputs; what is sent are tangents of its outputs.
  @Override
  public @Nullable Tensor[] vjps(Site at) {
    Body body = loop.body();
    int inputs = body.inputs();
    boolean[] moving = new boolean[inputs];
    Tensor[] tangents = new Tensor[inputs];
    for (int r = 0; r < roots.size(); r++) {
      if (at.arrived(r)) {
        moving[roots.get(r)] = true;
        tangents[roots.get(r)] = at.g(r);
      }
    }
    for (int i = 0; i < inputs; i++) {
      if (at.needs(i)) {
        throw new UnsupportedOperationException(
            "the gradient of whileLoop"
                + (at.where().isEmpty() ? "" : " at " + at.where())
                + " needs a bound: give whileLoop its most steps, or use scan; jvp needs none");
      }
    }
    int[] states = Body.where(ScanBack.flowing(body, loop.states(), moving));
    int[] shared = IntStream.range(loop.states(), inputs).filter(i -> moving[i]).toArray();
    @Nullable Tensor[] sent = new Tensor[at.inputs()];
    if (states.length == 0) {
      return sent;
    }
    List<Tensor> args = new ArrayList<>();
    for (int i = 0; i < loop.states(); i++) {
      args.add(at.x(i));
    }
    for (int i : states) {
      args.add(moving[i] ? tangents[i] : Tensor.zeros(at.x(i).shape(), at.x(i).dtype()));
    }
    for (int i = loop.states(); i < inputs; i++) {
      args.add(at.x(i));
    }
    for (int i : shared) {
      args.add(tangents[i]);
    }
    Tensor[] made = Tensor.applyAll(tangentLoop(states, shared), args.toArray(Tensor[]::new));
    for (int j = 0; j < arrived.size(); j++) {
      int place = Arrays.binarySearch(states, arrived.get(j));
      if (place >= 0) {
        sent[inputs + j] = made[loop.states() + place];
      }
    }
    return sent;
  }

  /// The loop over states and the tangents of some of them, in the order: states, their tangents,
  /// shared inputs, their tangents.
  private While tangentLoop(int[] states, int[] shared) {
    Body body = loop.body();
    int n = loop.states();
    int inputs = body.inputs();
    List<Spec> specs = new ArrayList<>();
    int[] places = new int[inputs];
    for (int i = 0; i < inputs; i++) {
      if (i == n) {
        IntStream.of(states).mapToObj(body::input).forEach(specs::add);
      }
      places[i] = specs.size();
      specs.add(body.input(i));
    }
    if (inputs == n) {
      IntStream.of(states).mapToObj(body::input).forEach(specs::add);
    }
    IntStream.of(shared).mapToObj(body::input).forEach(specs::add);
    Spec[] all = specs.toArray(Spec[]::new);

    int[] moving = IntStream.concat(IntStream.of(states), IntStream.of(shared)).toArray();
    Program push = Derive.push(body.program, moving);
    Recorder recorder = new Recorder();
    Tensor[] in = Arrays.stream(all).map(s -> recorder.input(s, null)).toArray(Tensor[]::new);
    Tensor[] x = IntStream.of(places).mapToObj(p -> in[p]).toArray(Tensor[]::new);
    Tensor[] pushed = Arrays.copyOf(x, inputs + moving.length);
    for (int m = 0; m < moving.length; m++) {
      pushed[inputs + m] = in[m < states.length ? n + m : inputs + m];
    }
    Tensor[] v = body.program.on(x);
    Tensor[] t = push.on(pushed);
    List<Tensor> out = new ArrayList<>();
    for (int k = 0; k < n; k++) {
      out.add(v[body.program.outputs[k]]);
    }
    for (int k : states) {
      out.add(t[push.outputs[k]]);
    }
    return new While(
        new Body(Body.placed(loop.condition().program, all, places)),
        new Body(recorder.finish(out)),
        n + states.length);
  }
}
