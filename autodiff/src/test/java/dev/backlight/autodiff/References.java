package dev.backlight.autodiff;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The reference cases of `src/test/resources/reference`, and the functions of `Tensor` that they
/// are about.
///
/// A case is named by the Java method, then by what is special about it: `sum/axis`. The numbers
/// were made by `src/test/reference/reference.py` with PyTorch in float64 and, where PyTorch has no
/// such function, as the case says.
final class References {
  /// The groups, each a file of cases.
  static final List<String> GROUPS =
      List.of(
          "math",
          "special",
          "logic",
          "reductions",
          "norms",
          "order",
          "scans",
          "shaping",
          "indexing",
          "products",
          "linalg",
          "images",
          "pooling",
          "resizing",
          "neural",
          "tapes");

  /// A function of the tensors of a case.
  interface Fn {
    Tensor[] of(Tensor... x);
  }

  /// One case.
  ///
  /// @param name the method and what is special about the case
  /// @param reference where the numbers come from
  /// @param inputs the point
  /// @param outputs the values there
  /// @param cotangents one for each float output, empty if there is no derivative
  /// @param gradients of the sum of output times cotangent, for each float input
  /// @param direction one for each float input, empty if there is no second derivative
  /// @param hvp the derivative of the gradients along the direction
  record Case(
      String name,
      String reference,
      List<Tensor> inputs,
      List<Tensor> outputs,
      List<Tensor> cotangents,
      List<Tensor> gradients,
      List<Tensor> direction,
      List<Tensor> hvp) {
    /// The Java method.
    String function() {
      return name.split("/")[0];
    }

    /// Whether finite differences can be asked there: not at a tie, where the reference has a
    /// gradient by convention, and not where it left derivatives out.
    boolean isForDifferences() {
      boolean smooth = isWide(inputs) && isWide(outputs);
      return smooth ? !hvp.isEmpty() : gradients.isEmpty();
    }

    private static boolean isWide(List<Tensor> tensors) {
      return tensors.stream().anyMatch(t -> t.dtype() == DType.F64);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private References() {}

  /// All cases of all groups.
  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    GROUPS.forEach(group -> cases.addAll(cases(group)));
    return cases;
  }

  static List<Case> cases(String group) {
    List<Case> cases = new ArrayList<>();
    try (InputStream in = References.class.getResourceAsStream("/reference/" + group + ".json")) {
      if (in != null) {
        Map<?, ?> file = (Map<?, ?>) Objects.requireNonNull(Json.parse(in.readAllBytes()));
        for (Object each : (List<?>) Objects.requireNonNull(file.get("cases"))) {
          cases.add(read((Map<?, ?>) each));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cases;
  }

  private static Case read(Map<?, ?> c) {
    return new Case(
        String.valueOf(c.get("name")),
        String.valueOf(c.get("reference")),
        tensors(c.get("inputs")),
        tensors(c.get("outputs")),
        tensors(c.get("cotangents")),
        tensors(c.get("gradients")),
        tensors(c.get("direction")),
        tensors(c.get("hvp")));
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
            .stream().mapToDouble(References::number).toArray();
    Tensor wide = Tensor.of(Shape.of(shape), values);
    DType dtype = DType.valueOf(String.valueOf(t.get("dtype")));
    return dtype == DType.F64 ? wide : dtype == DType.BOOL ? wide.ne(0) : wide.to(dtype);
  }

  private static double number(@Nullable Object value) {
    return switch (value) {
      case Number n -> n.doubleValue();
      case Boolean b -> b ? 1 : 0;
      case String s when s.equals("nan") -> Double.NaN;
      case String s when s.equals("inf") -> Double.POSITIVE_INFINITY;
      case String s when s.equals("-inf") -> Double.NEGATIVE_INFINITY;
      case null, default -> throw new IllegalArgumentException("no number: " + value);
    };
  }

  // ---- the functions ----

  /// What each case asks, by name.
  static Map<String, Fn> functions() {
    Map<String, Fn> all = new LinkedHashMap<>();
    MathReferences.addTo(all);
    SpecialReferences.addTo(all);
    ShapingReferences.addTo(all);
    OrderReferences.addTo(all);
    ScansReferences.addTo(all);
    ReductionsReferences.addTo(all);
    IndexingReferences.addTo(all);
    ProductsReferences.addTo(all);
    LinalgReferences.addTo(all);
    ImagesReferences.addTo(all);
    PoolingReferences.addTo(all);
    ResizingReferences.addTo(all);
    NetworkReferences.addTo(all);
    TapeReferences.addTo(all);
    return all;
  }

  /// A case as a function of its `F64` inputs with its `F64` outputs.
  static Function<List<Tensor>, List<Tensor>> smooth(Fn fn, List<Tensor> at) {
    return some -> {
      Tensor[] all = at.toArray(Tensor[]::new);
      int next = 0;
      for (int i = 0; i < all.length; i++) {
        all[i] = all[i].dtype() == DType.F64 ? some.get(next++) : all[i];
      }
      return Stream.of(fn.of(all)).filter(y -> y.dtype() == DType.F64).toList();
    };
  }

  /// The public methods of `Tensor` that compute something, and those of `Tape` that make nodes:
  /// name to group.
  static Map<String, String> methods() {
    Map<String, String> names = new TreeMap<>();
    for (var method : Tape.class.getMethods()) {
      boolean maker = !List.of("record", "read").contains(method.getName());
      if (Modifier.isStatic(method.getModifiers()) && maker) {
        names.put(method.getName(), "tapes");
      }
    }
    for (String group : GROUPS.subList(0, GROUPS.size() - 1)) {
      String mixin =
          "dev.backlight.core.Tensor" + Character.toUpperCase(group.charAt(0)) + group.substring(1);
      for (var method : type(mixin).getMethods()) {
        boolean named = !method.getName().equals("self") && !method.isSynthetic();
        if (named) {
          names.put(method.getName(), group);
        }
      }
    }
    names.put("concat", "shaping");
    names.put("stack", "shaping");
    names.put("einsum", "shaping");
    names.put("meshgrid", "shaping");
    return names;
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
