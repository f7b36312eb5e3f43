package dev.backlight.autodiff;

import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The derivative of a scan: a scan in the other direction.
///
/// Its carry is the cotangent of the carry and, for what all steps share, the sum of cotangents so
/// far. It goes along the carries that came into each step, the inputs, and the cotangents of what
/// each step gave out.
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
    return java.util.Arrays.copyOf(active, states);
  }

  @Nullable Tensor[] cotangents() {
    @Nullable Tensor[] sent = new Tensor[body.inputs()];
    int flowing = carries.length + shared.length;
    if (flowing + sliced.length == 0) {
      return sent;
    }
    List<Tensor> args = new ArrayList<>();
    List<Boolean> mapped = new ArrayList<>();
    for (int i : carries) {
      args.add(at.g(i));
      mapped.add(false);
    }
    for (int i : shared) {
      args.add(Tensor.zeros(at.x(i).shape(), at.x(i).dtype()));
      mapped.add(false);
    }
    Tensor[] kept = kept();
    for (int i = 0; i < body.inputs(); i++) {
      args.add(i < kept.length ? kept[i] : at.x(i));
      mapped.add(i < kept.length || scan.mapped().get(i));
    }
    for (int k : given) {
      args.add(at.g(k));
      mapped.add(true);
    }
    Scan back =
        new Scan(new Body(step()), flowing, scan.length(), mapped, !scan.backwards(), false);
    Tensor[] made = Tensor.applyAll(back, args.toArray(Tensor[]::new));
    int next = 0;
    for (int[] some : new int[][] {carries, shared, sliced}) {
      for (int i : some) {
        sent[i] = made[next++];
      }
    }
    return sent;
  }

  /// The carries that came into each step.
  private Tensor[] kept() {
    boolean there = at.op() instanceof Scan mine && mine.keeps();
    Tensor[] all =
        there
            ? IntStream.range(0, at.outputs()).mapToObj(at::y).toArray(Tensor[]::new)
            : Tensor.applyAll(
                scan, IntStream.range(0, at.inputs()).mapToObj(at::x).toArray(Tensor[]::new));
    return java.util.Arrays.copyOfRange(all, all.length - scan.carries(), all.length);
  }

  /// One step back.
  private Program step() {
    int[] roots =
        java.util.stream.Stream.of(carries, shared, sliced).flatMapToInt(IntStream::of).toArray();
    int[] arrived = IntStream.concat(IntStream.of(carries), IntStream.of(given)).toArray();
    Program back = body.back(roots, arrived).program;
    Recorder recorder = new Recorder();
    Tensor[] carried = inputs(recorder, carries);
    Tensor[] sums = inputs(recorder, shared);
    Tensor[] args = new Tensor[back.inputs];
    for (int i = 0; i < body.inputs(); i++) {
      args[i] = recorder.input(body.input(i), null);
    }
    for (int k = 0; k < arrived.length; k++) {
      args[body.inputs() + k] =
          k < carried.length ? carried[k] : recorder.input(body.output(arrived[k]), null);
    }
    Tensor[] v = back.on(args);
    List<Tensor> out = new ArrayList<>();
    for (int r = 0; r < roots.length; r++) {
      Tensor sent = v[back.outputs[r]];
      int s = r - carries.length;
      out.add(s >= 0 && s < sums.length ? sums[s].add(sent) : sent);
    }
    return recorder.finish(out);
  }

  private Tensor[] inputs(Recorder recorder, int[] some) {
    List<Tensor> made = new ArrayList<>();
    for (int i : some) {
      Spec spec = body.input(i);
      made.add(recorder.input(spec, null));
    }
    return made.toArray(Tensor[]::new);
  }
}
