package dev.backlight.onnx.op;

import dev.backlight.autodiff.Scanned;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Many steps of a loop whose number is known, as one [Tape#scan]: one step on the tape instead of
/// all, at the price that explanations cannot name a node of a single step.
final class Recurrence {
  /// The most steps that are unrolled.
  static final int UNROLLED = 128;

  private Recurrence() {}

  /// The last state and what all steps gave out, stacked; `null` if the steps are few, or are not
  /// alike: a state changes its shape, or a step decides about shapes by values of its own or draws
  /// at random.
  ///
  /// @param scope where the step runs
  /// @param length how many steps
  /// @param state what each step begins with
  /// @param sequences what goes by, along their first axes
  /// @param step from a state and an element of each sequence to a state and what is given out
  static @Nullable List<Value> of(
      Scope scope,
      long length,
      List<Value> state,
      List<Value> sequences,
      UnaryOperator<List<Value>> step) {
    if (length <= UNROLLED || length > Integer.MAX_VALUE) {
      return null;
    }
    List<ElementType> types = new ArrayList<>();
    try {
      Scanned<List<Tensor>, List<Tensor>> all =
          Tape.scan(
              (List<Tensor> now, List<Tensor> here) -> {
                List<Value> arguments = new ArrayList<>(values(now, state));
                arguments.addAll(values(here, sequences));
                List<Value> results = scope.repeated(length, () -> step.apply(arguments));
                if (results == null) {
                  throw new Unlike();
                }
                types.clear();
                results.forEach(result -> types.add(result.type()));
                List<Tensor> made = tensors(results);
                return new Scanned<>(
                    made.subList(0, state.size()), made.subList(state.size(), made.size()));
              },
              tensors(state),
              tensors(sequences));
      List<Value> outputs = new ArrayList<>();
      all.carry().forEach(end -> outputs.add(new Value(end, types.get(outputs.size()))));
      all.out().forEach(rows -> outputs.add(new Value(rows, types.get(outputs.size()))));
      return outputs;
    } catch (NotConstant | ShapeException | Unlike unlike) {
      return null;
    }
  }

  /// Steps that draw are not alike.
  private static final class Unlike extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static List<Value> values(List<Tensor> tensors, List<Value> like) {
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      values.add(new Value(tensors.get(i), like.get(i).type()));
    }
    return values;
  }

  private static List<Tensor> tensors(List<Value> values) {
    return values.stream().map(Value::tensor).toList();
  }
}
