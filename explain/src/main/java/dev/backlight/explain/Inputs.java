package dev.backlight.explain;

import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Several inputs of a model as one: each flattened to (n, elements), one beside the other. So
/// every explainer explains models of several inputs, and what they do together.
///
/// ```java
/// Inputs inputs = Inputs.like(image, table);
/// Attribution a =
///     method.explain(
///         inputs.model(in -> net.apply(in.get(0), in.get(1))), inputs.join(image, table), target);
/// List<Tensor> scores = inputs.split(a.scores());       // one for each input, of its shape
/// ```
///
/// @param examples the shape of one example of each input
public record Inputs(List<Shape> examples) {
  public Inputs {
    examples = List.copyOf(examples);
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("inputs need at least one tensor, got none");
    }
  }

  /// Inputs of the shapes of these, each (n, …).
  public static Inputs like(Tensor... each) {
    for (Tensor one : each) {
      Recorded.requireBatch(one);
    }
    return new Inputs(Arrays.stream(each).map(one -> one.shape().without(0)).toList());
  }

  /// All inputs as one tensor, (n, all elements): values, baselines, masks.
  public Tensor join(Tensor... each) {
    if (each.length != examples.size()) {
      throw new ShapeException("these are " + examples.size() + " inputs, got " + each.length);
    }
    List<Tensor> flat = new ArrayList<>();
    for (int i = 0; i < each.length; i++) {
      Tensor one = each[i];
      Shape wanted = examples.get(i);
      if (one.rank() == 0 || !one.shape().without(0).equals(wanted)) {
        throw new ShapeException(
            "input " + i + " needs examples of " + wanted + ", got " + one.shape());
      }
      DType dtype = each[0].dtype();
      if (one.dtype() != dtype) {
        throw new DTypeException("inputs need one dtype, got " + dtype + " and " + one.dtype());
      }
      flat.add(one.reshape(one.size(0), wanted.elements()));
    }
    return Tensor.concat(1, flat);
  }

  /// The inputs in what was joined, or their scores, each (n, …).
  public List<Tensor> split(Tensor joined) {
    int[] widths = examples.stream().mapToInt(Shape::elements).toArray();
    int all = IntStream.of(widths).sum();
    if (joined.rank() != 2 || joined.size(1) != all) {
      throw new ShapeException("joined inputs are (n, " + all + "), got " + joined.shape());
    }
    List<Tensor> parts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < widths.length; i++) {
      Tensor part = joined.slice(1, from, from + widths[i]);
      parts.add(part.reshape(examples.get(i).prepend(joined.size(0))));
      from += widths[i];
    }
    return parts;
  }

  /// A model of several inputs as a model of their join.
  public Function<Tensor, Tensor> model(Function<List<Tensor>, Tensor> of) {
    return joined -> of.apply(split(joined));
  }

  /// Regions of each input as regions of the join, in the order of the inputs.
  public Regions regions(Regions... each) {
    if (each.length != examples.size()) {
      throw new ShapeException(
          "these are " + examples.size() + " inputs, got regions of " + each.length);
    }
    List<Regions> all = List.of(each);
    return new Joined(examples, all);
  }

  /// Regions of inputs that lie one after the other.
  private record Joined(List<Shape> examples, List<Regions> each) implements Regions {
    @Override
    public List<int[]> of(Shape example) {
      List<int[]> regions = new ArrayList<>();
      int offset = 0;
      for (int i = 0; i < examples.size(); i++) {
        int from = offset;
        for (int[] region : each.get(i).of(examples.get(i))) {
          regions.add(Arrays.stream(region).map(j -> from + j).toArray());
        }
        offset += examples.get(i).elements();
      }
      return regions;
    }

    @Override
    public String toString() {
      return String.join(", then ", each.stream().map(Regions::toString).toList());
    }
  }
}
