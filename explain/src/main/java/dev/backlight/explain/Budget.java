package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How much an explanation may cost: time, runs of the model, and whether it is still wanted.
///
/// ```java
/// Budget budget = Budget.of(Duration.ofMillis(200)).until(request::isCancelled);
/// Attribution a = budget.explain(ShapleySampling.from(mean).pairs(5000), model, x, target);
/// a.isPartial();                                        // whether it stopped before the 5000th
/// ```
///
/// A method that draws ([Anytime]) stops when the budget is spent, with the draws that it has.
/// Others explain example by example, and the result is of those that were reached. Either is
/// labelled by [Attribution#partial], or is the whole result with the bits that it has without a
/// budget. The budget is looked at between batches of runs, which are never cut short.
///
/// Cancelling, or interrupting the thread, ends an explanation with a [CancellationException] when
/// the model is next asked, and leaves nothing behind: explainers and models are values.
///
/// @param time for how long; `null` for no limit
/// @param evaluations how often the model may be run on each example; `Long.MAX_VALUE` for no limit
/// @param cancelled whether nobody wants it any more; asked from the thread that explains
public record Budget(@Nullable Duration time, long evaluations, BooleanSupplier cancelled) {
  public Budget {
    if (time != null && time.isNegative()) {
      throw new IllegalArgumentException("a budget needs a time of at least 0, got " + time);
    }
    if (evaluations < 1) {
      throw new IllegalArgumentException(
          "a budget needs at least 1 evaluation, got " + evaluations);
    }
  }

  /// So much time.
  public static Budget of(Duration time) {
    return new Budget(time, Long.MAX_VALUE, () -> false);
  }

  /// So many runs of the model on each example.
  public static Budget of(long evaluations) {
    return new Budget(null, evaluations, () -> false);
  }

  /// No limit of its own, for [#until].
  public static Budget unlimited() {
    return of(Long.MAX_VALUE);
  }

  /// With a limit of evaluations, too.
  public Budget evaluations(long most) {
    return new Budget(time, most, cancelled);
  }

  /// With a way to cancel.
  public Budget until(BooleanSupplier noLongerWanted) {
    return new Budget(time, evaluations, noLongerWanted);
  }

  /// Explains within the budget.
  ///
  /// @throws CancellationException if it was cancelled, or the thread interrupted
  /// @throws IllegalStateException if the budget does not do for one example
  public Attribution explain(
      Explainer by, Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireValues(x);
    Watch watch = new Watch();
    Function<Tensor, Tensor> watched =
        in -> {
          watch.wanted();
          return model.apply(in);
        };
    return by instanceof Anytime drawing
        ? drawing.telling(watch).explain(watched, x, target)
        : byExample(by, watched, x, target, watch);
  }

  private Attribution byExample(
      Explainer by, Function<Tensor, Tensor> model, Tensor x, Target target, Watch watch) {
    int n = x.size(0);
    Target decided = target.decided(() -> model.apply(x));
    List<Attribution> done = new ArrayList<>();
    for (int i = 0; i < n && !(i > 0 && watch.isLate()); i++) {
      Attribution one = by.explain(model, x.slice(0, i, i + 1), decided.example(i));
      if (one.evaluations() > evaluations) {
        throw new IllegalStateException(
            "a budget of "
                + evaluations
                + " evaluations does not do for "
                + by.name()
                + ", which needs "
                + one.evaluations()
                + " for one example");
      }
      done.add(one);
    }
    Attribution all = Examples.joined(done, x, decided);
    return done.size() < n ? all.partial(done.size(), n, "examples") : all;
  }

  /// One explanation under this budget.
  private final class Watch implements Progress {
    private final long begin = System.nanoTime();
    private long before;
    private long step;
    private long runs;

    void wanted() {
      if (cancelled.getAsBoolean() || Thread.currentThread().isInterrupted()) {
        throw new CancellationException("the explanation was cancelled");
      }
    }

    boolean isLate() {
      return time != null && Duration.ofNanos(System.nanoTime() - begin).compareTo(time) >= 0;
    }

    @Override
    public void at(long done, long most) {
      wanted();
      // A method that goes example by example begins anew with each.
      before = done > before ? before : 0;
      step = Math.max(step, done - before);
      before = done;
      runs = done;
    }

    /// Whether another batch would be too much.
    @Override
    public boolean enough() {
      return isLate() || runs > evaluations - step;
    }
  }
}
