package dev.backlight.autodiff;

import com.sun.management.ThreadMXBean;
import dev.backlight.autodiff.OpCheck.Wrong;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What [OpCheck] asks of the kernel and of the type rule of an op.
final class KernelQuestions {
  private static final int SPARE = 5;
  private static final int THREADS = 8;

  private final Op op;
  private final Block[] in;
  private final Spec[] specs;

  KernelQuestions(Op op, Tensor... x) {
    this.op = op;
    this.in = blocks(x);
    this.specs = specs(in);
  }

  String name() {
    return op.name() + Arrays.toString(specs);
  }

  private static Block[] blocks(Tensor... x) {
    return Arrays.stream(x)
        .map(t -> {
          Block block = t.block();
          if (block == null) {
            throw new IllegalArgumentException("an op check needs values, got a tensor without");
          }
          return block;
        })
        .toArray(Block[]::new);
  }

  private static Spec[] specs(Block... blocks) {
    return Arrays.stream(blocks).map(Block::spec).toArray(Spec[]::new);
  }

  // ---- types ----

  String shapes() {
    Spec[] said = op.infer(specs.clone());
    Spec[] made = specs(op.evaluate(in));
    if (!Arrays.equals(said, made)) {
      throw new Wrong("infer says " + Arrays.toString(said) + ", made " + Arrays.toString(made));
    }
    Spec[] again = op.infer(specs.clone());
    if (!Arrays.equals(said, again)) {
      throw new Wrong(
          "infer first says " + Arrays.toString(said) + ", then " + Arrays.toString(again));
    }
    int refused = 0;
    for (Spec[] unfit : unfit()) {
      refused += refuses(unfit) ? 1 : 0;
    }
    return refused + " of " + unfit().size() + " unfit inputs refused";
  }

  private static Spec[] twice(Spec[] specs) {
    Spec[] all = Arrays.copyOf(specs, 2 * specs.length);
    System.arraycopy(specs, 0, all, specs.length, specs.length);
    return all;
  }

  /// Too few and too many inputs, other dtypes, other ranks, other sizes.
  private List<Spec[]> unfit() {
    List<Spec[]> unfit = new ArrayList<>();
    unfit.add(new Spec[0]);
    unfit.add(twice(specs));
    for (int i = 0; i < specs.length; i++) {
      Shape shape = specs[i].shape();
      for (DType dtype : DType.values()) {
        unfit.add(changed(i, specs[i].with(dtype)));
      }
      unfit.add(changed(i, specs[i].with(Shape.SCALAR)));
      unfit.add(changed(i, specs[i].with(shape.prepend(2))));
      for (int axis = 0; axis < shape.rank(); axis++) {
        for (int size : new int[] {0, 1, shape.size(axis) + 1}) {
          int[] sizes = shape.sizes();
          sizes[axis] = size;
          unfit.add(changed(i, specs[i].with(Shape.of(sizes))));
        }
      }
    }
    return unfit;
  }

  private Spec[] changed(int i, Spec other) {
    Spec[] all = specs.clone();
    all[i] = other;
    return all;
  }

  /// Whether these inputs are refused in words; what is not refused must run.
  private boolean refuses(Spec... unfit) {
    try {
      Spec[] made = op.infer(unfit.clone());
      return made.length == 0;
    } catch (ShapeException | DTypeException _) {
      return true;
    } catch (RuntimeException e) {
      throw new Wrong(
          "on "
              + Arrays.toString(unfit)
              + " infer needs to answer, or to throw a ShapeException or a"
              + " DTypeException, got "
              + e);
    }
  }

  // ---- memory ----

  String outputs() {
    Block[] want = op.evaluate(in);
    for (double poison : new double[] {-77, Double.NaN}) {
      Block[] longer = Arrays.stream(in).map(b -> longer(b, poison, true)).toArray(Block[]::new);
      Block[] out = Arrays.stream(want).map(b -> longer(b, poison, false)).toArray(Block[]::new);
      Block[] before = Arrays.stream(out).map(b -> whole(b).copy()).toArray(Block[]::new);
      op.planned(specs, specs(want)).run(longer, out);
      same(want, out, "over memory that holds " + poison);
      op.run(longer, out);
      same(want, out, "by run itself");
      for (int k = 0; k < out.length; k++) {
        Block whole = whole(out[k]);
        for (int e = out[k].size(); e < whole.size(); e++) {
          if (Double.compare(whole.get(e), before[k].get(e)) != 0) {
            throw new Wrong("output " + k + " has " + out[k].size() + " elements, written at " + e);
          }
        }
      }
    }
    return "yes";
  }

  String inputs() {
    Block[] before = Arrays.stream(in).map(Block::copy).toArray(Block[]::new);
    op.evaluate(in);
    for (int i = 0; i < in.length; i++) {
      int e = firstDifference(before[i], in[i]);
      if (e >= 0) {
        throw new Wrong(
            "input "
                + i
                + " was "
                + before[i].get(e)
                + " at element "
                + e
                + ", is "
                + in[i].get(e));
      }
    }
    return "yes";
  }

  /// The block over an array with some more elements; its own elements are kept or poisoned too.
  private static Block longer(Block block, double poison, boolean keep) {
    Block memory = Block.allocate(Spec.of(Shape.of(block.size() + SPARE), block.dtype()));
    for (int e = 0; e < memory.size(); e++) {
      memory.set(e, keep && e < block.size() ? block.get(e) : poison);
    }
    if (keep) {
      System.arraycopy(block.array(), 0, memory.array(), 0, block.size());
    }
    return Block.over(block.spec(), memory.array());
  }

  private static Block whole(Block block) {
    return Block.over(Spec.of(Shape.of(block.size() + SPARE), block.dtype()), block.array());
  }

  String allocation() {
    if (ModuleLayer.boot().findModule("jdk.management").isEmpty()) {
      return "not asked: jdk.management is missing";
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Spec[] made = op.infer(specs.clone());
    Block[] out = Arrays.stream(made).map(Block::allocate).toArray(Block[]::new);
    Op.Kernel kernel = op.planned(specs, made);
    long least = Long.MAX_VALUE;
    int runs = 100;
    // The compiler may still be at work; a kernel that allocates does so every time.
    for (int attempt = 0; attempt < 200 && least >= runs; attempt++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int run = 0; run < runs; run++) {
        kernel.run(in, out);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    if (least >= runs) {
      throw new Wrong("a warm kernel needs no new memory, got " + least / runs + " bytes a run");
    }
    return "yes";
  }

  // ---- sameness ----

  String equality() {
    Object copy = copy();
    if (copy == null) {
      return "not asked: no record, or closed to reflection";
    }
    if (!copy.equals(op) || copy.hashCode() != op.hashCode()) {
      throw new Wrong(
          "a record of the same components needs to be equal and to have the same hash, got "
              + copy
              + " and "
              + op
              + "; components are values and lists, not arrays");
    }
    same(op.evaluate(in), ((Op) copy).evaluate(in), "from an equal record");
    return "yes";
  }

  private @Nullable Object copy() {
    RecordComponent[] components = op.getClass().getRecordComponents();
    if (components == null) {
      return null;
    }
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      @Nullable Object[] values = new Object[types.length];
      for (int i = 0; i < values.length; i++) {
        var accessor = components[i].getAccessor();
        accessor.setAccessible(true);
        values[i] = cloned(accessor.invoke(op));
      }
      var constructor = op.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException | RuntimeException _) {
      return null;
    }
  }

  private static @Nullable Object cloned(@Nullable Object value) {
    if (value != null && value.getClass().isArray()) {
      int n = Array.getLength(value);
      Object copy = Array.newInstance(value.getClass().getComponentType(), n);
      System.arraycopy(value, 0, copy, 0, n);
      return copy;
    }
    return value instanceof List<?> list ? new ArrayList<>(list) : value;
  }

  String threads() {
    Block[] want = op.evaluate(in);
    CyclicBarrier start = new CyclicBarrier(THREADS);
    Callable<Block[]> work =
        () -> {
          start.await();
          return op.evaluate(in);
        };
    try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Block[]>> all =
          IntStream.range(0, THREADS).mapToObj(_ -> pool.submit(work)).toList();
      for (Future<Block[]> each : all) {
        same(want, each.get(), "on another thread");
      }
    } catch (ExecutionException e) {
      throw new Wrong("needed the same bits on " + THREADS + " threads, got " + e.getCause());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
    return "yes";
  }

  private static void same(Block[] want, Block[] got, String when) {
    for (int k = 0; k < want.length; k++) {
      int e = firstDifference(want[k], got[k]);
      if (e >= 0) {
        throw new Wrong(
            "needed "
                + want[k].get(e)
                + " at "
                + place(k, want[k], e)
                + " "
                + when
                + ", got "
                + got[k].get(e));
      }
    }
  }

  /// The first element that differs in its bits, or -1.
  static int firstDifference(Block a, Block b) {
    for (int e = 0; e < a.size(); e++) {
      boolean same =
          a.dtype() == DType.I64
              ? a.i64()[e] == b.i64()[e]
              : Double.compare(a.get(e), b.get(e)) == 0;
      if (!same) {
        return e;
      }
    }
    return -1;
  }

  /// As in `y[1, 0]`, or `y(2)[1, 0]` for an output that is not the first.
  static String place(int k, Block block, int e) {
    String y = k == 0 ? "y" : "y(" + k + ")";
    return block.shape().rank() == 0 ? y : y + Arrays.toString(Jacobians.index(block.shape(), e));
  }
}
