package dev.backlight.explain;

import dev.backlight.core.Block;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The targets that [Target] makes.
final class Targets {
  private Targets() {}

  record At(int index) implements Target {
    @Override
    public Tensor scalars(Tensor output) {
      return column(output, index);
    }

    @Override
    public String toString() {
      return "output " + index;
    }
  }

  record Difference(int index, int other) implements Target {
    @Override
    public Tensor scalars(Tensor output) {
      return column(output, index).sub(column(output, other));
    }

    @Override
    public String toString() {
      return "output " + index + " less output " + other;
    }
  }

  record Each(Tensor index) implements Target {
    @Override
    public Tensor scalars(Tensor output) {
      requireColumns(output);
      if (output.size(0) != index.size(0)) {
        throw new ShapeException(
            "a target for each example needs " + output.size(0) + " indices, got " + index.size(0));
      }
      Block chosen = index.block();
      for (int i = 0; chosen != null && i < chosen.size(); i++) {
        requireIndex(output, chosen.index(i));
      }
      return output.takeAlong(1, index.unsqueeze(1)).squeeze(1);
    }

    @Override
    public Optional<Tensor> perExample() {
      return Optional.of(index);
    }

    @Override
    public Target forExamples(Tensor different) {
      return new Each(different);
    }

    @Override
    public Target example(int i) {
      Block chosen = index.block();
      return chosen == null ? new Each(index.slice(0, i, i + 1)) : new At(chosen.index(i));
    }

    @Override
    public String toString() {
      Block chosen = index.block();
      if (chosen == null) {
        return "an output for each example";
      }
      StringBuilder text = new StringBuilder(chosen.size() == 1 ? "output " : "outputs ");
      for (int i = 0; i < Math.min(8, chosen.size()); i++) {
        text.append(i == 0 ? "" : ", ").append(chosen.index(i));
      }
      return text.append(chosen.size() > 8 ? ", …" : "").toString();
    }
  }

  record Only() implements Target {
    @Override
    public Tensor scalars(Tensor output) {
      if (output.rank() == 1) {
        return output;
      }
      if (output.rank() != 2 || output.size(1) != 1) {
        throw new ShapeException(
            "the only output needs outputs (n) or (n, 1), got " + output.shape());
      }
      return output.squeeze(1);
    }

    @Override
    public String toString() {
      return "the output";
    }
  }

  record Predicted() implements Target {
    @Override
    public Tensor scalars(Tensor output) {
      return decided(() -> output).scalars(output);
    }

    @Override
    public Target decided(Supplier<Tensor> outputAtX) {
      Tensor output = outputAtX.get();
      requireColumns(output);
      return new Each(output.argmax(1));
    }

    @Override
    public String toString() {
      return "the predicted output";
    }
  }

  record Of(String description, Function<Tensor, Tensor> function) implements Target {
    @Override
    public Tensor scalars(Tensor output) {
      return function.apply(output);
    }

    @Override
    public String toString() {
      return description;
    }
  }

  private static Tensor column(Tensor output, int index) {
    requireColumns(output);
    requireIndex(output, index);
    return output.slice(1, index, index + 1).squeeze(1);
  }

  private static void requireColumns(Tensor output) {
    if (output.rank() != 2) {
      throw new ShapeException(
          "a target with an index needs outputs (n, k), got " + output.shape());
    }
  }

  private static void requireIndex(Tensor output, int index) {
    int k = output.size(1);
    if (index < 0 || index >= k) {
      throw new IllegalArgumentException(
          "a target of " + k + " outputs needs an index in 0.." + (k - 1) + ", got " + index);
    }
  }
}
