package dev.backlight.explain;

import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// One explainer, model and target for many batches, one after the other: from an iterator of
/// inputs to an iterator of explanations, in the same order.
///
/// ```java
/// Explaining job = Explaining.of(method, model, Target.predicted()).ahead(4);
/// try (Stream<Attribution> all = job.stream(files.map(this::read))) {
///   all.forEach(a -> write(a));
/// }
/// ```
///
/// No more batches are read than are being explained, `ahead` of them at most, so memory does not
/// grow with their number. For batches of one shape the explainer is [compiled][Explainer#compile]
/// once, and so the bits are those of [Explainer#explain]. An error comes where its explanation
/// would have come, and ends the job; an interrupt of the thread that takes them ends it with a
/// [CancellationException].
///
/// @param by the method
/// @param model what is explained, safe from many threads
/// @param target which scalar of each batch; one that differs from example to example must fit all
///   batches
/// @param ahead how many batches are explained at the same time
public record Explaining(Explainer by, Function<Tensor, Tensor> model, Target target, int ahead) {
  /// So many shapes are compiled for; most jobs have one, and a last batch that is smaller.
  private static final int SHAPES = 4;

  public Explaining {
    if (ahead < 1) {
      throw new IllegalArgumentException("a job needs at least 1 batch at a time, got " + ahead);
    }
  }

  /// As many batches at a time as there are processors.
  public static Explaining of(Explainer by, Function<Tensor, Tensor> model, Target target) {
    return new Explaining(by, model, target, Runtime.getRuntime().availableProcessors());
  }

  /// With another number of batches at a time.
  public Explaining ahead(int batches) {
    return new Explaining(by, model, target, batches);
  }

  /// The explanations of batches, in their order; each is read when there is room for it.
  public Iterator<Attribution> iterator(Iterator<Tensor> batches) {
    return new Job(batches);
  }

  /// The explanations of batches as a sequential stream, in their order.
  public Stream<Attribution> stream(Stream<Tensor> batches) {
    Iterator<Attribution> each = iterator(batches.iterator());
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(each, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(batches::close);
  }

  /// One run through the batches, for one thread that takes.
  private final class Job implements Iterator<Attribution> {
    private final Iterator<Tensor> batches;
    private final Deque<FutureTask<Attribution>> running = new ArrayDeque<>();
    private boolean ended;
    private final Map<Spec, CompiledExplainer> compiled =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Spec, CompiledExplainer> eldest) {
            return size() > SHAPES;
          }
        };

    Job(Iterator<Tensor> batches) {
      this.batches = batches;
    }

    private void fill() {
      while (running.size() < ahead && !ended) {
        Callable<Attribution> next = begun();
        if (next != null) {
          FutureTask<Attribution> task = new FutureTask<>(next);
          running.add(task);
          Thread.ofVirtual().name("explaining").start(task);
        }
      }
    }

    /// Reads a batch, if there is one, and compiles for it; what goes wrong there waits for its
    /// turn, and nothing is read behind it.
    private @Nullable Callable<Attribution> begun() {
      try {
        if (!batches.hasNext()) {
          ended = true;
          return null;
        }
        Tensor batch = batches.next();
        CompiledExplainer ready =
            compiled.computeIfAbsent(batch.spec(), _ -> by.compile(model, batch, target));
        return () -> ready.explain(batch);
      } catch (RuntimeException problem) {
        ended = true;
        return () -> {
          throw problem;
        };
      }
    }

    @Override
    public boolean hasNext() {
      fill();
      return !running.isEmpty();
    }

    @Override
    public Attribution next() {
      if (Thread.currentThread().isInterrupted()) {
        // What is done already would not wait, and so not notice.
        end();
        throw new CancellationException("the job was cancelled");
      }
      fill();
      FutureTask<Attribution> first = running.poll();
      if (first == null) {
        throw new NoSuchElementException("all batches are explained");
      }
      try {
        return first.get();
      } catch (InterruptedException e) {
        end();
        Thread.currentThread().interrupt();
        throw new CancellationException("the job was cancelled");
      } catch (ExecutionException e) {
        end();
        if (e.getCause() instanceof RuntimeException problem) {
          throw problem;
        }
        if (e.getCause() instanceof Error problem) {
          throw problem;
        }
        throw new IllegalStateException(e.getCause());
      }
    }

    private void end() {
      ended = true;
      running.forEach(task -> task.cancel(true));
      running.clear();
    }
  }
}
