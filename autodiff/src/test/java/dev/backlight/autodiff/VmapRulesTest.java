package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Batch;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every op on many examples is the op on each example, for every choice of mapped inputs.
class VmapRulesTest {
  /// Ops that add up more than one product may take the terms in another order on a batch.
  private static final Set<String> REGROUPED = Set.of("MatMul", "Sum", "Softmax", "LogSumExp");

  private static final double[] SCALES = {1, .9375, 1.03125};

  static Stream<OpSamples.Sample> all() {
    return OpSamples.all().stream();
  }

  static Stream<OpSamples.Sample> smooth() {
    return all()
        .filter(s -> !(s.op() instanceof Op.Discrete) && s.inputs().size() <= 3)
        .filter(s -> s.inputs().stream().anyMatch(x -> x.dtype() == DType.F64))
        .filter(s -> s.inputs().stream().noneMatch(x -> x.dtype() == DType.F32))
        .filter(s ->
            Stream.of(Tensor.applyAll(s.op(), s.inputs().toArray(Tensor[]::new)))
                .noneMatch(y -> y.dtype() == DType.F32));
  }

  @ParameterizedTest
  @MethodSource("all")
  void aBatchIsItsExamples(OpSamples.Sample sample) {
    int inputs = Math.min(3, sample.inputs().size());
    for (int choice = 1; choice < 1 << inputs; choice++) {
      boolean[] mapped = new boolean[sample.inputs().size()];
      for (int i = 0; i < inputs; i++) {
        mapped[i] = (choice >> i & 1) == 1;
      }
      for (int size : new int[] {1, 3}) {
        compare(sample, mapped, size);
      }
    }
  }

  private static void compare(OpSamples.Sample sample, boolean[] mapped, int size) {
    Tape<List<Tensor>, List<Tensor>> tape = tape(sample);
    Program many = Vmap.batched(tape.program(), size, mapped);
    Tensor[] in = new Tensor[mapped.length];
    for (int i = 0; i < in.length; i++) {
      int at = i;
      Tensor x = sample.inputs().get(i);
      in[i] =
          mapped[i]
              ? Tensor.stack(0, IntStream.range(0, size).mapToObj(b -> example(x, at, b)).toList())
              : x;
    }
    Tensor[] v = many.on(in);
    for (int k = 0; k < many.outputs.length; k++) {
      List<Tensor> each = new ArrayList<>();
      for (int b = 0; b < size; b++) {
        List<Tensor> one = new ArrayList<>();
        for (int i = 0; i < in.length; i++) {
          Tensor x = sample.inputs().get(i);
          one.add(mapped[i] ? example(x, i, b) : x);
        }
        each.add(tape.run(one).get(k));
      }
      same(sample.op(), Tensor.stack(0, each), v[many.outputs[k]], Arrays.toString(mapped));
    }
  }

  private static Tape<List<Tensor>, List<Tensor>> tape(OpSamples.Sample sample) {
    return Tape.record(
        in -> List.of(Tensor.applyAll(sample.op(), in.toArray(Tensor[]::new))), sample.inputs());
  }

  /// The sample itself, then others near by, still in the domain; indices and masks are turned
  /// round.
  private static Tensor example(Tensor x, int input, int b) {
    return x.dtype().isFloat()
        ? x.mul(SCALES[(b + input * (b > 0 ? 1 : 0)) % 3])
        : b % 2 == 1 && x.rank() > 0 && x.dtype() != DType.I64 ? x.flip(0) : x;
  }

  private static void same(Op op, Tensor want, Tensor got, String mapped) {
    assertThat(got.spec()).as("%s %s", op, mapped).isEqualTo(want.spec());
    if (REGROUPED.stream().noneMatch(op.getClass().getSimpleName()::startsWith)
        && !(op instanceof Op.Bilinear)
        && !(op instanceof Op.Coupled)) {
      assertThat(got.sameAs(want)).as("%s %s: needed %s, got %s", op, mapped, want, got).isTrue();
      return;
    }
    double[] a = want.toDoubles();
    double[] b = got.toDoubles();
    double unit = want.dtype() == DType.F32 ? 1e-6 : 1e-12;
    for (int e = 0; e < a.length; e++) {
      boolean near =
          Double.compare(a[e], b[e]) == 0
              || Math.abs(a[e] - b[e]) <= unit * Math.max(1, Math.abs(a[e]));
      assertThat(near).as("%s %s: needed %s, got %s", op, mapped, a[e], b[e]).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("smooth")
  void aBatchHasTheDerivativesOfItsExamples(OpSamples.Sample sample) {
    boolean[] mapped = new boolean[sample.inputs().size()];
    List<Tensor> floats = new ArrayList<>();
    List<Tensor> in = new ArrayList<>();
    for (int i = 0; i < mapped.length; i++) {
      Tensor x = sample.inputs().get(i);
      // The first input is mapped; of several floats the second is shared.
      mapped[i] = i != 1 || x.dtype() != DType.F64;
      in.add(mapped[i] ? Tensor.stack(0, x, near(x)) : x);
      if (x.dtype() == DType.F64) {
        floats.add(in.getLast());
      }
    }
    Program many = Vmap.batched(tape(sample).program(), 2, mapped);
    GradCheck.standard()
        .directions(1)
        .check(
            (List<Tensor> some) -> {
              Tensor[] all = new Tensor[in.size()];
              int next = 0;
              for (int i = 0; i < all.length; i++) {
                all[i] = in.get(i).dtype() == DType.F64 ? some.get(next++) : in.get(i);
              }
              Tensor[] v = many.on(all);
              return Arrays.stream(many.outputs)
                  .mapToObj(value -> v[value])
                  .filter(y -> y.dtype() == DType.F64)
                  .toList();
            },
            floats);
  }

  /// Another example on the same side of every kink.
  private static Tensor near(Tensor x) {
    return x.dtype() == DType.F64 ? x.mul(1 + 1.0 / 512) : example(x, 0, 1);
  }

  @Test
  void everyOpHasARule() {
    Set<String> without = new TreeSet<>();
    all()
        .forEach(sample -> {
          boolean[] mapped = new boolean[sample.inputs().size()];
          Arrays.fill(mapped, true);
          Tensor[] in = sample.inputs().stream().map(x -> x.unsqueeze(0)).toArray(Tensor[]::new);
          if (in.length > 0 && sample.op().batch(new Batch(1, in, mapped)) == null) {
            without.add(sample.op().getClass().getSimpleName());
          }
        });
    assertThat(without).isEmpty();
  }
}
