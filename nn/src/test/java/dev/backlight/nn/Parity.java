package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.autodiff.Grad;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The cases of `src/test/resources/parity`: numbers of PyTorch in float64, made by
/// `src/test/reference/parity.py`.
public final class Parity {
  /// A function of the tensors of a case.
  @FunctionalInterface
  public interface Fn {
    List<Tensor> of(List<Tensor> in);
  }

  /// One case.
  ///
  /// @param name what it is about
  /// @param inputs the point
  /// @param outputs the values there
  /// @param gradients of all outputs, weighted and added up, for each float input, empty if not
  ///   asked
  public record Case(
      String name, List<Tensor> inputs, List<Tensor> outputs, List<Tensor> gradients) {
    /// Requires values and gradients of a function to be those of the case: in float64 to 1e-10, in
    /// float32 to 1e-5, both of the largest number.
    public void check(Fn fn) {
      for (DType dtype : List.of(DType.F64, DType.F32)) {
        check(fn, dtype, dtype == DType.F64 ? 1e-10 : 1e-5);
      }
    }

    private void check(Fn fn, DType dtype, double tolerance) {
      List<Tensor> at = inputs.stream().map(t -> as(t, dtype)).toList();
      near("output", fn.of(at), outputs, tolerance, dtype);
      if (!gradients.isEmpty()) {
        List<Tensor> floats = at.stream().filter(t -> t.dtype().isFloat()).toList();
        Grad<List<Tensor>> slope = Grad.of(some -> total(fn, at, some), floats);
        near("gradient", slope.grad(), gradients, tolerance, dtype);
      }
    }

    private static Tensor total(Fn fn, List<Tensor> at, List<Tensor> floats) {
      List<Tensor> in = new ArrayList<>();
      int next = 0;
      for (Tensor t : at) {
        in.add(t.dtype().isFloat() ? floats.get(next++) : t);
      }
      return fn.of(in).stream()
          .filter(t -> t.dtype().isFloat())
          .map(Case::weighted)
          .reduce(Tensor::add)
          .orElseThrow();
    }

    private static Tensor weighted(Tensor y) {
      Tensor weights = Tensor.arange(y.elements(), DType.F64).mul(7).remainder(5).sub(1.7);
      return y.flatten().mul(weights.to(y.dtype())).sum();
    }

    private void near(
        String what, List<Tensor> got, List<Tensor> want, double tolerance, DType dtype) {
      assertThat(got).as("%s: %ss", name, what).hasSameSizeAs(want);
      for (int k = 0; k < got.size(); k++) {
        assertThat(got.get(k).shape())
            .as("%s: %s %d", name, what, k)
            .isEqualTo(want.get(k).shape());
        double[] a = got.get(k).toDoubles();
        double[] b = want.get(k).toDoubles();
        double scale = 1e-3;
        for (double v : b) {
          scale = Math.max(scale, Math.abs(v));
        }
        for (int e = 0; e < b.length; e++) {
          assertThat(a[e] == b[e] || Math.abs(a[e] - b[e]) <= tolerance * scale)
              .as(
                  "%s in %s: %s %d at element %d, needed %s, got %s",
                  name, dtype, what, k, e, b[e], a[e])
              .isTrue();
        }
      }
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private Parity() {}

  private static Tensor as(Tensor t, DType dtype) {
    return t.dtype().isFloat() ? t.to(dtype) : t;
  }

  /// The cases of a group.
  public static List<Case> cases(String group) {
    List<Case> cases = new ArrayList<>();
    try (InputStream in = Parity.class.getResourceAsStream("/parity/" + group + ".json")) {
      Map<?, ?> file =
          (Map<?, ?>) Objects.requireNonNull(Json.parse(Objects.requireNonNull(in).readAllBytes()));
      for (Object each : (List<?>) Objects.requireNonNull(file.get("cases"))) {
        Map<?, ?> c = (Map<?, ?>) each;
        cases.add(
            new Case(
                String.valueOf(c.get("name")),
                tensors(c.get("inputs")),
                tensors(c.get("outputs")),
                tensors(c.get("gradients"))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cases;
  }

  private static List<Tensor> tensors(@Nullable Object list) {
    return list == null
        ? List.of()
        : ((List<?>) list).stream().map(t -> tensor((Map<?, ?>) t)).toList();
  }

  private static Tensor tensor(Map<?, ?> t) {
    int[] shape =
        ((List<?>) Objects.requireNonNull(t.get("shape")))
            .stream().mapToInt(n -> ((Number) n).intValue()).toArray();
    double[] values =
        ((List<?>) Objects.requireNonNull(t.get("values")))
            .stream().mapToDouble(Parity::number).toArray();
    Tensor wide = Tensor.of(Shape.of(shape), values);
    DType dtype = DType.valueOf(String.valueOf(t.get("dtype")));
    return dtype == DType.F64 ? wide : dtype == DType.BOOL ? wide.ne(0) : wide.to(dtype);
  }

  private static double number(@Nullable Object value) {
    return switch (value) {
      case Number n -> n.doubleValue();
      case Boolean b -> b ? 1 : 0;
      case String s -> Double.parseDouble(s.replace("inf", "Infinity").replace("nan", "NaN"));
      case null, default -> throw new IllegalArgumentException("no number: " + value);
    };
  }
}
