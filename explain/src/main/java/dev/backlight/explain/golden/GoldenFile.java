package dev.backlight.explain.golden;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// One file of golden cases: a model, its inputs and what reference tools computed on them.
///
/// Explainers take one tensor. A model of several inputs is explained on their join: each flattened
/// to (n, k) and laid side by side.
final class GoldenFile {
  /// The plain values of the file; every part is reached by name.
  private final Map<String, Object> root;

  private final GoldenModel model;

  GoldenFile(Map<String, Object> root) {
    this.root = root;
    this.model = new GoldenModel(object(root, "model"));
  }

  // ---- plain values ----

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }

  static Map<String, Object> object(Map<String, Object> in, String key) {
    return object(Objects.requireNonNull(in.get(key), key));
  }

  static List<Map<String, Object>> objects(Map<String, Object> in, String key) {
    return ((List<?>) Objects.requireNonNull(in.get(key), key))
        .stream().map(GoldenFile::object).toList();
  }

  static String text(Map<String, Object> in, String key) {
    return (String) Objects.requireNonNull(in.get(key), key);
  }

  static double number(Map<String, Object> in, String key) {
    return ((Number) Objects.requireNonNull(in.get(key), key)).doubleValue();
  }

  static int count(Map<String, Object> in, String key) {
    return ((Number) Objects.requireNonNull(in.get(key), key)).intValue();
  }

  static List<Integer> counts(Object list) {
    return ((List<?>) list).stream().map(n -> ((Number) n).intValue()).toList();
  }

  /// A tensor of the file, in doubles.
  static Tensor tensor(Object value) {
    Map<String, Object> both = object(value);
    int[] sizes =
        counts(Objects.requireNonNull(both.get("shape"))).stream().mapToInt(i -> i).toArray();
    List<?> data = (List<?>) Objects.requireNonNull(both.get("data"));
    return Tensor.of(
        Shape.of(sizes), data.stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray());
  }

  /// Several named tensors.
  static Map<String, Tensor> tensors(Map<String, Object> in, String key) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    object(in, key).forEach((name, value) -> all.put(name, tensor(value)));
    return all;
  }

  // ---- what the file holds ----

  String id() {
    return text(root, "id");
  }

  GoldenModel model() {
    return model;
  }

  List<Map<String, Object>> cases() {
    return objects(root, "cases");
  }

  Map<String, Object> caseOf(String id) {
    return cases().stream().filter(c -> c.get("id").equals(id)).findFirst().orElseThrow();
  }

  int[] targets() {
    return counts(Objects.requireNonNull(root.get("targets"))).stream().mapToInt(i -> i).toArray();
  }

  Tensor x() {
    return model.join(tensors(root, "inputs"));
  }

  Tensor baseline(String name) {
    return model.join(tensors(object(root, "baselines"), name));
  }

  Tensor baselineSet() {
    return model.join(tensors(root, "baseline_set"));
  }

  /// The output that is expected, as the file has it.
  Map<String, Object> output() {
    return object(object(root, "forward"), "output");
  }
}
