package dev.backlight.autodiff;

import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Function;

/// Tapes of one function, recorded as they are needed: one for every structure, shape and dtype of
/// its argument, and for every way its guards answer.
///
/// ```java
/// TapeCache<Tensor, Tensor> loss = TapeCache.of(model::loss, 16);
/// TapeCache<Tensor, Tensor> slope = loss.gradient();       // derived once from each of these tapes
/// slope.run(x);
/// ```
///
/// It holds at most `capacity` tapes and forgets the one that was used longest ago. Thread-safe;
/// what several threads need at once is recorded once. A function that reads values is refused,
/// since its tape would hold for one argument only. Numbers and strings in the argument are part of
/// its structure.
///
/// @param <A> the structure of the argument
/// @param <B> the structure of the result
public abstract sealed class TapeCache<A, B> {
  private TapeCache() {}

  /// A cache of at most `capacity` tapes of a function.
  public static <A, B> TapeCache<A, B> of(Function<A, B> f, int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a tape cache needs room for one tape, got " + capacity);
    }
    return new Recorded<>(f, capacity);
  }

  /// Does something with the tape for an argument; tries those whose guards may answer alike.
  abstract <R> R use(A x, Function<Tape<A, B>, R> work);

  @SuppressWarnings("ExposedPrivateType") // the package's own
  abstract Recorded<?, ?> source();

  /// The function at `x`: a replay, or a recording where there is no tape for it yet.
  public B run(A x) {
    return use(x, tape -> tape.run(x));
  }

  /// The tape that holds for `x`.
  public Tape<A, B> tapeFor(A x) {
    return use(
        x,
        tape -> {
          if (tape.validity() == Validity.GUARDED) {
            tape.run(x);
          }
          return tape;
        });
  }

  /// A cache of tapes derived from these, each once. `point` finds the argument of the function in
  /// that of the derived tape, as in `cache.map(tape -> tape.vjp(x -> x), WithCotangent::at)`.
  public <C, D> TapeCache<C, D> map(
      Function<Tape<A, B>, Tape<C, D>> derivation, Function<C, A> point) {
    return new Derived<>(this, derivation, point);
  }

  /// The gradients of a scalar function.
  public TapeCache<A, A> gradient() {
    return map(Tape::gradient, Function.identity());
  }

  /// The values and gradients of a scalar function.
  public TapeCache<A, Grad<A>> valueAndGrad() {
    return map(Tape::valueAndGrad, Function.identity());
  }

  /// How often a tape was there already, for this cache and those mapped from it.
  public long hits() {
    return source().hits;
  }

  /// How often the function was recorded.
  public long recordings() {
    return source().recordings;
  }

  /// How many recorded tapes it holds.
  public int size() {
    synchronized (source().tapes) {
      return source().tapes.size();
    }
  }

  /// What a tape is recorded for.
  private record Form(Object structure, List<Spec> specs) {}

  private record Entry<A, B>(Form form, Tape<A, B> tape) {}

  /// The tapes as they were recorded, the one used last in front.
  private static final class Recorded<A, B> extends TapeCache<A, B> {
    private final Function<A, B> f;
    private final int capacity;
    private final List<Entry<A, B>> tapes = new ArrayList<>();
    private final Object recording = new Object();
    private volatile long hits;
    private volatile long recordings;

    Recorded(Function<A, B> f, int capacity) {
      this.f = f;
      this.capacity = capacity;
    }

    @Override
    Recorded<?, ?> source() {
      return this;
    }

    @Override
    <R> R use(A x, Function<Tape<A, B>, R> work) {
      Struct<A> struct = Struct.of(x);
      List<Tensor> leaves = struct.flatten(x);
      Form form = new Form(struct.form(), leaves.stream().map(Tensor::spec).toList());
      List<Entry<A, B>> tried = candidates(form, List.of());
      List<R> found = attempt(tried, x, leaves, work);
      if (!found.isEmpty()) {
        return found.getFirst();
      }
      Entry<A, B> made;
      synchronized (recording) {
        // Another thread may have recorded it in the meantime.
        found = attempt(candidates(form, tried), x, leaves, work);
        if (!found.isEmpty()) {
          return found.getFirst();
        }
        made = new Entry<>(form, record(x));
        synchronized (tapes) {
          recordings++;
          tapes.addFirst(made);
          while (tapes.size() > capacity) {
            tapes.removeLast();
          }
        }
      }
      return work.apply(made.tape);
    }

    @SuppressWarnings("ReferenceEquality") // this very entry
    private List<Entry<A, B>> candidates(Form form, List<Entry<A, B>> tried) {
      synchronized (tapes) {
        return tapes.stream()
            .filter(entry -> entry.form.equals(form) && tried.stream().noneMatch(t -> t == entry))
            .toList();
      }
    }

    /// What the first tape that holds answers, or nothing.
    private <R> List<R> attempt(
        List<Entry<A, B>> entries, A x, List<Tensor> leaves, Function<Tape<A, B>, R> work) {
      boolean plain = leaves.stream().allMatch(leaf -> leaf.recording() == null);
      boolean known = leaves.stream().allMatch(leaf -> leaf.block() != null);
      for (Entry<A, B> entry : entries) {
        boolean guarded = entry.tape.validity() == Validity.GUARDED;
        if (guarded && !known) {
          continue;
        }
        try {
          if (guarded && !plain) {
            // Asked aside, so that a tape that does not hold leaves nothing on the recording.
            entry.tape.run(Struct.map(x, Tensor::detached));
          }
          R result = work.apply(entry.tape);
          used(entry);
          return List.of(result);
        } catch (StaleTape e) {
          if (!guarded) {
            throw e;
          }
        }
      }
      return List.of();
    }

    @SuppressWarnings("ReferenceEquality") // this very entry
    private void used(Entry<A, B> entry) {
      synchronized (tapes) {
        hits++;
        if (tapes.removeIf(other -> other == entry)) {
          tapes.addFirst(entry);
        }
      }
    }

    private Tape<A, B> record(A x) {
      Tape<A, B> tape = Tape.record(f, x);
      if (tape.validity() == Validity.PINNED) {
        throw new IllegalStateException(
            "a tape cache replays at other values, so its function cannot be pinned by "
                + String.join(", ", tape.reasons())
                + "; ask with test(...), or look with detached()");
      }
      if (tape.isOpen()) {
        throw new IllegalStateException(
            "a tape cache outlives recordings, so its function cannot read a tensor of one; make it"
                + " part of the argument");
      }
      return tape;
    }
  }

  /// Tapes derived from those of another cache, which go when those go.
  private static final class Derived<P, Q, A, B> extends TapeCache<A, B> {
    private final TapeCache<P, Q> base;
    private final Function<Tape<P, Q>, Tape<A, B>> derivation;
    private final Function<A, P> point;
    private final Map<Tape<P, Q>, Tape<A, B>> made =
        Collections.synchronizedMap(new WeakHashMap<>());

    Derived(
        TapeCache<P, Q> base, Function<Tape<P, Q>, Tape<A, B>> derivation, Function<A, P> point) {
      this.base = base;
      this.derivation = derivation;
      this.point = point;
    }

    @Override
    Recorded<?, ?> source() {
      return base.source();
    }

    @Override
    <R> R use(A x, Function<Tape<A, B>, R> work) {
      return base.use(point.apply(x), tape -> work.apply(made.computeIfAbsent(tape, derivation)));
    }
  }
}
