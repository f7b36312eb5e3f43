package dev.backlight.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Recording;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.DoublePredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The least recording that can be differentiated, again and again: what the tests of vjp rules
/// need.
///
/// [#checkDerivatives] asks a function by finite differences whether its derivatives of order 1 to
/// `n` are right: each order is compared with differences of the order before.
final class Trace implements Recording {
  private record Step(Op op, Tensor[] in, Tensor[] out) {}

  private final List<Step> steps = new ArrayList<>();
  private int places;

  Tensor input(Tensor value) {
    return place(value.block());
  }

  private Tensor place(@Nullable Block value) {
    if (value == null) {
      throw new AssertionError("a trace has values");
    }
    return Tensor.recorded(this, places++, value.spec(), value);
  }

  @Override
  public Tensor[] record(Op op, Tensor... inputs) {
    Block[] in = new Block[inputs.length];
    for (int i = 0; i < in.length; i++) {
      in[i] = inputs[i].block();
    }
    Block[] made = op.evaluate(in);
    Tensor[] out = new Tensor[made.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = place(made[k]);
    }
    steps.add(new Step(op, inputs.clone(), out));
    return out;
  }

  /// The gradient of a scalar, on this trace as well.
  Tensor gradient(Tensor y, Tensor x) {
    @Nullable Tensor[] bar = new Tensor[places];
    if (y.recording() == this) {
      bar[y.place()] = Tensor.ones(y.shape(), y.dtype());
    }
    for (Step step : List.copyOf(steps).reversed()) {
      @Nullable Tensor[] g = new Tensor[step.out.length];
      boolean arrived = false;
      for (int k = 0; k < g.length; k++) {
        g[k] = step.out[k].place() < bar.length ? bar[step.out[k].place()] : null;
        arrived |= g[k] != null;
      }
      if (arrived) {
        back(step, g, bar);
      }
    }
    Tensor found = bar[x.place()];
    return found == null ? Tensor.zeros(x.shape(), x.dtype()) : found;
  }

  private void back(Step step, @Nullable Tensor[] g, @Nullable Tensor[] bar) {
    boolean[] needed = new boolean[step.in.length];
    for (int i = 0; i < needed.length; i++) {
      needed[i] = step.in[i].recording() == this && step.in[i].dtype().isFloat();
    }
    @Nullable Tensor[] flows = step.op.vjps(new Site(step.op, step.in, step.out, g, needed, ""));
    for (int i = 0; i < needed.length; i++) {
      Tensor flow = flows[i];
      if (needed[i] && flow != null) {
        assertThat(flow.spec()).as("cotangent %s of %s", i, step.op).isEqualTo(step.in[i].spec());
        Tensor before = bar[step.in[i].place()];
        bar[step.in[i].place()] = before == null ? flow : before.add(flow);
      }
    }
  }

  @Override
  public long serial() {
    return 1;
  }

  @Override
  public void pin(Tensor tensor, String reading) {}

  @Override
  public boolean guard(Tensor tensor, DoublePredicate question) {
    throw new AssertionError("no guards in tests of rules");
  }

  @Override
  public void label(Tensor tensor, String label) {}

  // ---- derivatives of functions ----

  /// The derivatives of `Σ weights · f(x)` of order 0 to `orders`; each further order follows the
  /// one before along a fixed random direction.
  static List<Tensor> derivatives(int orders, UnaryOperator<Tensor> f, Tensor x) {
    Random random = new Random(20);
    Trace trace = new Trace();
    Tensor at = trace.input(x);
    Tensor y = f.apply(at);
    Tensor scalar = y.mul(like(y, random)).sum();
    List<Tensor> found = new ArrayList<>(List.of(scalar.detached()));
    for (int order = 1; order <= orders; order++) {
      Tensor gradient = trace.gradient(scalar, at);
      found.add(gradient.detached());
      scalar = gradient.mul(like(x, random)).sum();
    }
    return found;
  }

  static Tensor like(Tensor x, Random random) {
    double[] weights = random.doubles(x.elements(), -1, 1).toArray();
    return Tensor.of(x.shape(), weights).to(x.dtype());
  }

  /// Compares the derivatives of order 1 to `orders` at `x` (`F64`) with fourth-order differences.
  static void checkDerivatives(int orders, UnaryOperator<Tensor> f, Tensor x) {
    double h = 1e-3;
    List<Tensor> ours = derivatives(orders, f, x);
    double[] point = x.toDoubles();
    for (int i = 0; i < point.length; i++) {
      double[][] moved = new double[4][];
      for (int s = 0; s < 4; s++) {
        double[] there = point.clone();
        there[i] += h * new double[] {-2, -1, 1, 2}[s];
        moved[s] = scalars(orders, f, Tensor.of(x.shape(), there));
      }
      for (int order = 1; order <= orders; order++) {
        int k = order - 1;
        double expected =
            (moved[0][k] - 8 * moved[1][k] + 8 * moved[2][k] - moved[3][k]) / (12 * h);
        assertThat(ours.get(order).toDoubles()[i])
            .as("derivative of order %s at element %s", order, i)
            .isCloseTo(expected, within(1e-7 * Math.max(1, Math.abs(expected))));
      }
    }
  }

  /// The functions that are differentiated for order 1, 2, …: the value, then directional
  /// derivatives.
  private static double[] scalars(int orders, UnaryOperator<Tensor> f, Tensor x) {
    List<Tensor> found = derivatives(orders - 1, f, x);
    Random random = new Random(20);
    double[] scalars = new double[orders];
    scalars[0] = found.get(0).item();
    like(f.apply(x), random);
    for (int k = 1; k < orders; k++) {
      scalars[k] = found.get(k).mul(like(x, random)).sum().item();
    }
    return scalars;
  }

  /// `⟨A x, y⟩ = ⟨x, Aᵀ y⟩` for an op that is linear in input 0.
  static void checkTranspose(Op op, Tensor... in) {
    Random random = new Random(7);
    Tensor image = Tensor.apply(op, in);
    Tensor y = like(image, random);
    boolean[] needed = new boolean[in.length];
    needed[0] = true;
    Site site = new Site(op, in, new Tensor[] {image}, new Tensor[] {y}, needed, "");
    Tensor back = op.vjps(site)[0];
    if (back == null) {
      throw new AssertionError(op + " sends nothing back");
    }
    assertThat(back.spec()).isEqualTo(in[0].spec());
    assertThat(back.mul(in[0]).sum().item())
        .as("adjoint identity of %s", op)
        .isCloseTo(image.mul(y).sum().item(), within(1e-12));
  }
}
