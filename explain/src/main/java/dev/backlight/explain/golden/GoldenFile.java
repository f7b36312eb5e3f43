package dev.backlight.explain.golden;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  /// What lies under a name.
  static <T> T need(Map<String, ? extends T> in, String key) {
    T value = in.get(key);
    if (value == null) {
      throw new IllegalArgumentException("%s is needed, got %s".formatted(key, in.keySet()));
    }
    return value;
  }

  static Map<String, Object> object(Map<String, Object> in, String key) {
    return object(need(in, key));
  }

  static List<Map<String, Object>> objects(Map<String, Object> in, String key) {
    return list(in, key).stream().map(GoldenFile::object).toList();
  }

  private static List<?> list(Map<String, Object> in, String key) {
    return (List<?>) need(in, key);
  }

  static String text(Map<String, Object> in, String key) {
    return (String) need(in, key);
  }

  static List<String> texts(Map<String, Object> in, String key) {
    return list(in, key).stream().map(String.class::cast).toList();
  }

  static double number(Map<String, Object> in, String key) {
    return ((Number) need(in, key)).doubleValue();
  }

  static int count(Map<String, Object> in, String key) {
    return ((Number) need(in, key)).intValue();
  }

  static List<Integer> counts(Map<String, Object> in, String key) {
    return list(in, key).stream().map(n -> ((Number) n).intValue()).toList();
  }

  static int[] countArray(Map<String, Object> in, String key) {
    return counts(in, key).stream().mapToInt(i -> i).toArray();
  }

  static boolean flag(Map<String, Object> in, String key) {
    return (Boolean) need(in, key);
  }

  /// A tensor of the file, in doubles.
  static Tensor tensor(Map<String, Object> in, String key) {
    return tensor(need(in, key));
  }

  private static Tensor tensor(Object value) {
    Map<String, Object> both = object(value);
    double[] data =
        list(both, "data").stream().mapToDouble(n -> ((Number) n).doubleValue()).toArray();
    return Tensor.of(Shape.of(countArray(both, "shape")), data);
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
    return cases().stream().filter(c -> text(c, "id").equals(id)).findFirst().orElseThrow();
  }

  int[] targets() {
    return countArray(root, "targets");
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
