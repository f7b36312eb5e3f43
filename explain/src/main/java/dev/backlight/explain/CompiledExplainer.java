package dev.backlight.explain;

import dev.backlight.core.DTypeException;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/// An explainer that is ready for one model and inputs of one shape. [Explainer#compile] makes it.
///
/// ```java
/// CompiledExplainer ready =
///     IntegratedGradients.from(Baseline.zeros()).compile(mlp::apply, x, Target.predicted());
/// Attribution a = ready.explain(another);            // the bits of explain(mlp::apply, another, …)
/// ```
///
/// Safe from any number of threads, virtual ones too. As many explain at the same time as there are
/// processors, each in memory of its own that is kept for the next; further ones wait their turn.
/// What the model answers by a [guard][Tensor#test] that turns out otherwise than for the example
/// is explained all the same, only not faster.
public final class CompiledExplainer {
  /// What is explained, and how memory to do it in is made.
  interface Source {
    Spec spec();

    Target target();

    Work work();
  }

  /// Memory to explain in, for one thread at a time.
  @FunctionalInterface
  interface Work {
    Attribution explain(Tensor x, Target target);
  }

  /// An explainer that keeps nothing.
  private record Plain(Explainer by, Function<Tensor, Tensor> model, Spec spec, Target target)
      implements Source {
    @Override
    public Work work() {
      return (x, wanted) -> by.explain(model, x, wanted);
    }
  }

  private final Source source;
  private final Deque<Work> idle = new ConcurrentLinkedDeque<>();
  private final Semaphore places = new Semaphore(Runtime.getRuntime().availableProcessors());

  private CompiledExplainer(Source source) {
    this.source = source;
  }

  static CompiledExplainer of(Source source) {
    return new CompiledExplainer(source);
  }

  /// Of an explainer that keeps nothing.
  static CompiledExplainer plain(
      Explainer by, Function<Tensor, Tensor> model, Tensor example, Target target) {
    return of(new Plain(by, model, example.spec(), target));
  }

  /// Shape and dtype of the inputs that it explains.
  public Spec spec() {
    return source.spec();
  }

  /// Explains a batch like the example, by the target that it was compiled with.
  public Attribution explain(Tensor x) {
    return run(x, source.target());
  }

  /// Explains a batch like the example by another target of the kind that it was compiled with:
  /// other indices where that has an index for every example.
  public Attribution explain(Tensor x, Target target) {
    Target known = source.target();
    boolean alike =
        known.equals(target)
            || known.getClass() == target.getClass()
                && like(known.perExample().orElse(null), target.perExample().orElse(null));
    if (!alike) {
      throw new IllegalArgumentException(
          "this explainer was compiled for " + known + ", got " + target);
    }
    return run(x, target);
  }

  private static boolean like(
      @org.jspecify.annotations.Nullable Tensor one,
      @org.jspecify.annotations.Nullable Tensor other) {
    return one != null && other != null && one.spec().equals(other.spec());
  }

  private Attribution run(Tensor x, Target target) {
    if (!x.spec().equals(spec())) {
      String message = "this explainer was compiled for x " + spec() + ", got " + x.spec();
      throw x.dtype() == spec().dtype() ? new ShapeException(message) : new DTypeException(message);
    }
    Recorded.requireValues(x);
    places.acquireUninterruptibly();
    try {
      Work work = idle.poll();
      work = work == null ? source.work() : work;
      Attribution made = work.explain(x, target);
      // Not after a failure: nobody knows what that left behind.
      idle.push(work);
      return made;
    } finally {
      places.release();
    }
  }

  @Override
  public String toString() {
    return "explainer of " + source.target() + " for x " + spec();
  }
}
