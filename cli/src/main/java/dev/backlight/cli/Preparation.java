package dev.backlight.cli;

import dev.backlight.core.Interpolation;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What happens to pictures and rows before a model sees them.
///
/// @param mean what is taken from each colour or column; nothing if empty
/// @param std what each is then divided by; nothing if empty
/// @param resize the shorter side of an image, or its height and width; as it is if empty
/// @param crop the size of the middle of an image; all of it if empty
/// @param bgr whether colours come in the order blue, green, red
/// @param scale the largest value of a colour
/// @param columns of a table; all if empty
/// @param classes names of the outputs; none if empty
record Preparation(
    List<Double> mean,
    List<Double> std,
    List<Integer> resize,
    List<Integer> crop,
    boolean bgr,
    double scale,
    List<String> columns,
    List<String> classes) {
  private static final List<String> NAMES =
      List.of("mean", "std", "resize", "crop", "order", "scale", "columns", "classes");

  /// The settings of a file, checked.
  static Map<String, Object> settings(Path file) throws IOException {
    if (!(Json.read(file) instanceof Map<?, ?> map)) {
      throw new FormatException(file.toString(), "an object of settings is needed, got none");
    }
    TreeSet<String> unknown = new TreeSet<>();
    map.keySet().forEach(name -> unknown.add((String) name));
    NAMES.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new FormatException(
          file.toString(),
          "settings of %s are needed, got %s"
              .formatted(String.join(", ", NAMES), String.join(", ", unknown)));
    }
    @SuppressWarnings("unchecked") // JSON has no other names
    Map<String, Object> settings = (Map<String, Object>) map;
    try {
      of(settings);
    } catch (BadInput e) {
      throw new FormatException(file.toString(), String.valueOf(e.getMessage()));
    }
    return settings;
  }

  static Preparation of(Map<String, Object> settings) {
    String order = (String) one(settings, "order", String.class, "rgb");
    if (!order.equals("rgb") && !order.equals("bgr")) {
      throw new BadInput("order needs rgb or bgr, got '" + order + "'");
    }
    double scale = ((Number) one(settings, "scale", Number.class, 1)).doubleValue();
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new BadInput("scale needs a finite number above 0, got " + scale);
    }
    List<Double> std = numbers(settings, "std");
    if (std.stream().anyMatch(n -> n == 0)) {
      throw new BadInput("std needs numbers other than 0, got 0");
    }
    return new Preparation(
        numbers(settings, "mean"),
        std,
        size(settings, "resize"),
        size(settings, "crop"),
        order.equals("bgr"),
        scale,
        list(settings, "columns", String.class).stream()
            .map(name -> ((String) name).strip())
            .toList(),
        list(settings, "classes", String.class).stream().map(name -> (String) name).toList());
  }

  private static Object one(
      Map<String, Object> settings, String name, Class<?> type, Object absent) {
    Object value = settings.getOrDefault(name, absent);
    if (!type.isInstance(value)) {
      throw new BadInput(
          name + " needs a " + (type == String.class ? "text" : "number") + ", got " + value);
    }
    return value;
  }

  private static List<?> list(Map<String, Object> settings, String name, Class<?> type) {
    Object value = settings.getOrDefault(name, List.of());
    List<?> all = value instanceof List<?> many ? many : Arrays.asList(value);
    for (@Nullable Object each : all) {
      if (!type.isInstance(each)) {
        throw new BadInput(
            name
                + " needs a list of "
                + (type == String.class ? "texts" : "numbers")
                + ", got "
                + each);
      }
    }
    return all;
  }

  private static List<Double> numbers(Map<String, Object> settings, String name) {
    List<Double> numbers =
        list(settings, name, Number.class).stream()
            .map(number -> ((Number) Objects.requireNonNull(number)).doubleValue())
            .toList();
    if (!numbers.stream().allMatch(Double::isFinite)) {
      throw new BadInput(name + " needs finite numbers, got " + numbers);
    }
    return numbers;
  }

  private static List<Integer> size(Map<String, Object> settings, String name) {
    List<Double> all = numbers(settings, name);
    if (all.size() > 2 || all.stream().anyMatch(n -> n < 1 || n > 1 << 15 || n != Math.rint(n))) {
      throw new BadInput(name + " needs one or two sizes of 1 to 32768, got " + all);
    }
    return all.stream().map(Double::intValue).toList();
  }

  // ---- at work ----

  /// An image (1, c, h, w) of 0 to 1, sized, cut, scaled and standardised.
  Tensor image(Tensor pixels) {
    Tensor x = pixels;
    if (!resize.isEmpty()) {
      int h = x.size(2);
      int w = x.size(3);
      int shorter = resize.getFirst();
      x =
          resize.size() == 2
              ? x.resize(Interpolation.LINEAR, resize.get(0), resize.get(1))
              : x.resize(
                  Interpolation.LINEAR,
                  h <= w ? shorter : (int) ((long) shorter * h / w),
                  h <= w ? (int) ((long) shorter * w / h) : shorter);
    }
    if (!crop.isEmpty()) {
      int h = crop.getFirst();
      int w = crop.getLast();
      if (h > x.size(2) || w > x.size(3)) {
        throw new BadInput(
            "crop needs an image of at least %d by %d, got %d by %d"
                .formatted(h, w, x.size(2), x.size(3)));
      }
      int top = (int) Math.rint((x.size(2) - h) / 2.0);
      int left = (int) Math.rint((x.size(3) - w) / 2.0);
      x = x.slice(2, top, top + h).slice(3, left, left + w);
    }
    if (bgr && x.size(1) == 3) {
      x = x.take(1, Tensor.of(2, 1, 0));
    }
    return standardised(scale == 1 ? x : x.mul(scale), "channels");
  }

  /// Rows (n, d), standardised.
  Tensor rows(Tensor rows) {
    return standardised(rows, "columns");
  }

  private Tensor standardised(Tensor x, String what) {
    Tensor y = mean.isEmpty() ? x : x.sub(along(mean, "mean", x, what));
    return std.isEmpty() ? y : y.div(along(std, "std", x, what));
  }

  private static Tensor along(List<Double> numbers, String name, Tensor x, String what) {
    int count = x.size(1);
    if (numbers.size() != 1 && numbers.size() != count) {
      throw new BadInput(
          "%s needs %d numbers, one for each of the %s, got %d"
              .formatted(name, count, what, numbers.size()));
    }
    List<Double> all = new ArrayList<>(numbers);
    while (all.size() < count) {
      all.add(numbers.getFirst());
    }
    int[] sizes = new int[x.rank() - 1];
    Arrays.fill(sizes, 1);
    sizes[0] = count;
    return Tensor.of(all.stream().mapToDouble(n -> n).toArray())
        .to(x.dtype())
        .reshape(Shape.of(sizes));
  }

  // ---- names ----

  /// The output that a number or the name of a class means.
  int output(String text, int outputs) {
    int named = classes.indexOf(text);
    if (named >= 0 && named < outputs) {
      return named;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number < outputs) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new BadInput(
        "--target needs an output of 0.."
            + (outputs - 1)
            + (classes.isEmpty() ? "" : " or one of " + String.join(", ", classes))
            + ", got "
            + (text.matches("-?\\d+") ? text : "'" + text + "'"));
  }

  /// ` (setosa)` for an output that has a name, or nothing.
  String named(int output) {
    return output < classes.size() ? " (" + classes.get(output) + ")" : "";
  }
}
