package dev.backlight.autodiff;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A tape run as one node whose cotangents a user's rule answers.
record Ruled<A, B>(Body body, CustomVjp.Rule<A, B> rule, Struct<A> in, Struct<B> out)
    implements Nest {
  @Override
  public String name() {
    return "customvjp{" + body.program.nodes.size() + " nodes}";
  }

  @Override
  public Spec[] infer(Spec... specs) {
    Check.inputs(this, body.inputs(), specs);
    for (int i = 0; i < specs.length; i++) {
      Body.need(this, body.input(i), specs[i]);
    }
    return body.outputSpecs().toArray(Spec[]::new);
  }

  @Override
  public List<Use> uses() {
    return List.of(body.use(Body.all(body.inputs()), body.direct()));
  }

  @Override
  public Kernel bound(Block[] reads, Block[] writes, Workspace workspace) {
    return Call.run(body, reads, writes, workspace);
  }

  /// The function and its rule on all examples at once. What examples share is repeated before, so
  /// that the rule answers a cotangent for each.
  @Override
  public Tensor[] batch(Batch at) {
    int n = at.size();
    boolean[] many = Body.all(at.inputs());
    Body all = body.batched(n, many, Body.all(body.outputs()));
    CustomVjp.Rule<A, B> batched =
        (x, y, g) -> {
          List<Tensor> args = new ArrayList<>(in.flatten(x));
          args.addAll(out.flatten(y));
          args.addAll(out.flatten(g));
          Program rules = Vmap.batched(rules(), n, Body.all(args.size()));
          Tensor[] v = rules.on(args.toArray(Tensor[]::new));
          return in.build(IntStream.of(rules.outputs).mapToObj(value -> v[value]).toList());
        };
    return Tensor.applyAll(new Ruled<>(all, batched, in, out), at.all());
  }

  /// The rule for one example as a program of argument, result and cotangent.
  private Program rules() {
    Recorder recorder = new Recorder();
    List<Tensor> x = new ArrayList<>();
    List<Tensor> y = new ArrayList<>();
    List<Tensor> g = new ArrayList<>();
    IntStream.range(0, in.size()).forEach(i -> x.add(recorder.input(body.input(i), null)));
    for (List<Tensor> some : List.of(y, g)) {
      body.outputSpecs().forEach(spec -> some.add(recorder.input(spec, null)));
    }
    return recorder.finish(in.flatten(rule.back(in.build(x), out.build(y), out.build(g))));
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return vjps(at)[i];
  }

  @Override
  public @Nullable Tensor[] vjps(Site at) {
    int arguments = in.size();
    for (int i = arguments; i < at.inputs(); i++) {
      if (at.needs(i) && body.input(i).dtype().isFloat()) {
        throw new IllegalStateException(
            "a function with its own derivative"
                + (at.where().isEmpty() ? "" : " at " + at.where())
                + " needs what is differentiated among its arguments, got a function that reads "
                + body.input(i)
                + " from outside");
      }
    }
    A x = in.build(IntStream.range(0, arguments).mapToObj(at::x).toList());
    B y = out.build(IntStream.range(0, at.outputs()).mapToObj(at::y).toList());
    B g = out.build(IntStream.range(0, at.outputs()).mapToObj(at::g).toList());
    List<Tensor> made = in.flatten(rule.back(x, y, g));
    @Nullable Tensor[] sent = new Tensor[at.inputs()];
    for (int i = 0; i < arguments; i++) {
      sent[i] = at.needs(i) && body.input(i).dtype().isFloat() ? made.get(i) : null;
    }
    return sent;
  }
}
