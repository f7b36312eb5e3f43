package dev.backlight.onnx.op;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// The table of all operators, put together from the families.
final class Operators {
  private final Map<String, Operator> table = new HashMap<>();

  private Operators() {}

  static Map<String, Operator> all() {
    Operators all = new Operators();
    Elementwise.addTo(all);
    Arithmetic.addTo(all);
    Logic.addTo(all);
    Reductions.addTo(all);
    Shaping.addTo(all);
    Slicing.addTo(all);
    Indexing.addTo(all);
    Ordering.addTo(all);
    Constants.addTo(all);
    Products.addTo(all);
    Convolution.addTo(all);
    Deformable.addTo(all);
    Pooling.addTo(all);
    Normalization.addTo(all);
    Recurrent.addTo(all);
    Attention.addTo(all);
    Losses.addTo(all);
    Quantization.addTo(all);
    QuantizedProducts.addTo(all);
    Resizing.addTo(all);
    Sampling.addTo(all);
    Detection.addTo(all);
    Randomness.addTo(all);
    Ngrams.addTo(all);
    Signals.addTo(all);
    ControlFlow.addTo(all);
    Trees.addTo(all);
    Transforms.addTo(all);
    return new TreeMap<>(all.table);
  }

  /// An operator with any number of outputs.
  void add(String name, Operator operator) {
    if (table.put(name, operator) != null) {
      throw new IllegalStateException("operators need different names, got two of " + name);
    }
  }

  /// An operator with one output.
  void one(String name, Operator.Plain operator) {
    add(name, Operator.of(operator));
  }
}
