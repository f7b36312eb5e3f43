package dev.backlight.autodiff;

import dev.backlight.core.Shape;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.MatMul;
import dev.backlight.core.op.Reshape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The derivative of a scan: a scan in the other direction.
///
/// Its carry is the cotangent of the carry and, for what all steps share, the sum of cotangents so
/// far. It goes along the carries that came into each step, the inputs, the cotangents of what each
/// step gave out, and what products and dear functions made in each step.
///
/// Where a shared cotangent is a product over rows in each step, `Σₜ aₜᵀ bₜ`, it is no sum on the
/// way: the factors of all steps are stacked, and multiplied once, as one tall product.
final class ScanBack {
  private final Scan scan;
  private final Site at;
  private final Body body;

  /// The carries that a cotangent flows through, and the needed shared and sliced inputs.
  private final int[] carries;

  private final int[] shared;
  private final int[] sliced;

  /// The outputs other than carries that got a cotangent.
  private final int[] given;

  /// What is kept of each step: values of the body.
  private final int[] dear;

  ScanBack(Scan one, Site at) {
    this.scan = one.keeping();
    this.at = at;
    this.body = scan.body();
    boolean[] needed = new boolean[body.inputs()];
    for (int i = 0; i < needed.length; i++) {
      needed[i] = at.needs(i) && body.input(i).dtype().isFloat();
    }
    this.carries = Body.where(flowing(body, scan.carries(), needed));
    this.shared = rest(needed, false);
    this.sliced = rest(needed, true);
    this.given =
        IntStream.range(scan.carries(), at.outputs())
            .filter(k -> at.arrived(k) && body.output(k).dtype().isFloat())
            .toArray();
    this.dear =
        scan.kept() == 0
            ? new int[0]
            : Arrays.copyOfRange(
                body.program.outputs,
                body.outputs() - scan.kept() + scan.carries(),
                body.outputs());
  }

  private int[] rest(boolean[] needed, boolean mapped) {
    return IntStream.range(scan.carries(), needed.length)
        .filter(i -> needed[i] && scan.mapped().get(i) == mapped)
        .toArray();
  }

  /// Which states of a loop depend, after any number of steps, on the inputs `from`.
  static boolean[] flowing(Body body, int states, boolean[] from) {
    boolean[] active = from.clone();
    boolean more = true;
    while (more) {
      more = false;
      boolean[] depends = body.program.dependents(Body.where(active));
      for (int i = 0; i < states; i++) {
        if (!active[i] && depends[body.program.outputs[i]]) {
          active[i] = true;
          more = true;
        }
      }
    }
    return Arrays.copyOf(active, states);
  }

  @Nullable Tensor[] cotangents() {
    @Nullable Tensor[] sent = new Tensor[body.inputs()];
    if (carries.length + shared.length + sliced.length == 0) {
      return sent;
    }
    Step step = new Step();
    List<Tensor> args = new ArrayList<>();
    List<Boolean> mapped = new ArrayList<>();
    for (int i : carries) {
      args.add(at.g(i));
      mapped.add(false);
    }
    for (int i : step.summed) {
      args.add(Tensor.zeros(at.x(i).shape(), at.x(i).dtype()));
      mapped.add(false);
    }
    Tensor[] kept = kept();
    for (int i = 0; i < body.inputs(); i++) {
      args.add(i < scan.carries() ? kept[i] : at.x(i));
      mapped.add(isSliced(i));
    }
    for (int k : given) {
      args.add(at.g(k));
      mapped.add(true);
    }
    for (int k = scan.carries(); k < kept.length; k++) {
      args.add(kept[k]);
      mapped.add(true);
    }
    int flowing = carries.length + step.summed.length;
    Scan back =
        new Scan(new Body(step.program), flowing, scan.length(), mapped, !scan.backwards(), 0);
    Tensor[] made = Tensor.applyAll(back, args.toArray(Tensor[]::new));
    int next = 0;
    for (int[] some : new int[][] {carries, step.summed, sliced}) {
      for (int i : some) {
        sent[i] = made[next++];
      }
    }
    step.tall.forEach((i, factors) -> {
      Tensor[] rows = new Tensor[2];
      for (int f = 0; f < 2; f++) {
        Factor factor = factors.get(f);
        Tensor all = factor.made ? made[factor.place] : args.get(factor.place);
        rows[f] = all.reshape(Shape.of(scan.length() * factor.one.size(0), factor.one.size(1)));
      }
      sent[i] = Tensor.apply(new MatMul(true, false), rows);
    });
    return sent;
  }

  /// A factor of a product over the rows of all steps.
  ///
  /// @param made whether it is an output of the scan, or one of its arguments
  /// @param place which
  /// @param one its shape in one step
  private record Factor(boolean made, int place, Shape one) {}

  /// Whether every step has its own of an input of the body, now that the carries are kept.
  private boolean isSliced(int i) {
    return i < scan.carries() || scan.mapped().get(i);
  }

  /// The carries that came into each step, and what is kept of it.
  private Tensor[] kept() {
    if (scan.kept() == 0) {
      return new Tensor[0];
    }
    boolean there = at.op() instanceof Scan mine && mine.kept() > 0;
    Tensor[] all =
        there
            ? IntStream.range(0, at.outputs()).mapToObj(at::y).toArray(Tensor[]::new)
            : Tensor.applyAll(
                scan, IntStream.range(0, at.inputs()).mapToObj(at::x).toArray(Tensor[]::new));
    return Arrays.copyOfRange(all, all.length - scan.kept(), all.length);
  }

  /// One step back.
  private final class Step {
    /// The shared inputs whose cotangents are added up on the way.
    final int[] summed;

    /// For the other shared inputs, the factors of the cotangent.
    final Map<Integer, List<Factor>> tall = new LinkedHashMap<>();

    final Program program;

    private final Program back;
    private final @Nullable Node[] makers;
    private final int[] roots = concat(carries, shared, sliced);

    /// Values of [#back] that are stacked outputs for a product's sake, beside those of `sliced`.
    private final List<Integer> stacked = new ArrayList<>();

    Step() {
      int[] arrived = concat(carries, given);
      back = body.back(roots, arrived, dear).program;
      makers = back.makers();
      Map<Integer, Node> tallest = new LinkedHashMap<>();
      for (int s = 0; s < shared.length; s++) {
        Node maker = makers[back.outputs[carries.length + s]];
        if (maker != null && isTall(maker) && stacks(maker)) {
          tallest.put(shared[s], maker);
        }
      }
      summed = IntStream.of(shared).filter(i -> !tallest.containsKey(i)).toArray();
      tallest.forEach(
          (i, maker) -> tall.put(i, List.of(factor(maker.input(0)), factor(maker.input(1)))));
      program = written();
    }

    private static int[] concat(int[]... some) {
      return Arrays.stream(some).flatMapToInt(IntStream::of).toArray();
    }

    /// Whether a node is a product that adds up over the rows of both factors.
    private boolean isTall(Node node) {
      return node.op() instanceof MatMul product
          && product.ta()
          && !product.tb()
          && node.outputs().getFirst().shape().rank() == 2;
    }

    /// Whether both factors differ from step to step and are small enough to be stacked.
    private boolean stacks(Node product) {
      boolean fits = true;
      for (int f = 0; f < 2; f++) {
        int value = product.input(f);
        fits &= argument(value) >= 0 || output(value) >= 0 || differs(value) && affordable(value);
      }
      return fits;
    }

    private boolean differs(int value) {
      return !back.constants.containsKey(value) && (value >= body.inputs() || isSliced(value));
    }

    private boolean affordable(int value) {
      long carry = 0;
      for (int i = 0; i < scan.carries(); i++) {
        carry += body.input(i).shape().elements();
      }
      if (back.specs[value].shape().elements() > Body.ROOM * carry) {
        return false;
      }
      return stacked.contains(value) || stacked.add(value);
    }

    /// Which argument of the scan has a value of all steps, as it is or in another shape; -1 if
    /// none.
    private int argument(int value) {
      Node maker = makers[value];
      if (maker != null && maker.op() instanceof Reshape) {
        return argument(maker.input(0));
      }
      int first = body.inputs() + carries.length;
      return value < body.inputs()
          ? isSliced(value) ? value : -1
          : value >= first && value < back.inputs ? value - carries.length : -1;
    }

    /// Which stacked output has a value of all steps, -1 if none.
    private int output(int value) {
      for (int k = 0; k < sliced.length; k++) {
        if (back.outputs[carries.length + shared.length + k] == value) {
          return k;
        }
      }
      int extra = stacked.indexOf(value);
      return extra < 0 ? -1 : sliced.length + extra;
    }

    private Factor factor(int value) {
      int flowing = carries.length + summed.length;
      int argument = argument(value);
      return new Factor(
          argument < 0,
          flowing + (argument < 0 ? output(value) : argument),
          back.specs[value].shape());
    }

    private Program written() {
      Recorder recorder = new Recorder();
      Tensor[] carried = inputs(recorder, carries);
      Tensor[] sums = inputs(recorder, summed);
      Tensor[] args = new Tensor[back.inputs];
      int first = body.inputs() + carries.length;
      for (int i = 0; i < args.length; i++) {
        args[i] =
            i >= body.inputs() && i < first
                ? carried[i - body.inputs()]
                : recorder.input(back.specs[i], null);
      }
      Tensor[] v = back.on(args);
      List<Tensor> out = new ArrayList<>();
      int sum = 0;
      for (int r = 0; r < roots.length; r++) {
        Tensor sent = v[back.outputs[r]];
        if (!tall.containsKey(roots[r])) {
          boolean added = r >= carries.length && r < carries.length + shared.length;
          out.add(added ? sums[sum++].add(sent) : sent);
        }
      }
      stacked.forEach(value -> out.add(v[value]));
      return recorder.finish(out);
    }

    private Tensor[] inputs(Recorder recorder, int[] some) {
      return IntStream.of(some)
          .mapToObj(i -> recorder.input(body.input(i), null))
          .toArray(Tensor[]::new);
    }
  }
}
