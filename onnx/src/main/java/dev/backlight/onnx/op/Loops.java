package dev.backlight.onnx.op;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import dev.backlight.onnx.proto.GraphProto;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A graph that is run again and again.
///
/// As long as it is known at import that a loop goes on, its steps are unrolled, so that
/// explanations see what is inside; where it is known of many, they are a [Recurrence]. From where
/// this depends on inputs, it is a [Tape#whileLoop]: one with a bound, and so with derivatives
/// backwards, if the number of steps has a known bound of at most [#MOST_BOUNDED].
final class Loops {
  /// A bound beyond which each step too many would cost more than a gradient is worth.
  static final int MOST_BOUNDED = 4096;

  private final NodeCall node;
  private final GraphProto body;
  private final int carried;
  private final int stacked;

  private Loops(NodeCall node, GraphProto body, int carried) {
    this.node = node;
    this.body = body;
    this.carried = carried;
    this.stacked = body.outputs().size() - 1 - carried;
    if (stacked < 0) {
      throw new Refusal(
          "needs a body of at least " + (1 + carried) + " outputs, got " + body.outputs().size());
    }
  }

  static List<Value> loop(NodeCall node) {
    List<Value> state = new ArrayList<>();
    for (int i = 2; i < node.inputs(); i++) {
      state.add(node.value(i));
    }
    return new Loops(node, node.graph("body"), state.size()).run(state);
  }

  private List<Value> run(List<Value> init) {
    if (stacked == 0 && (isOpen(0) || isOpen(1))) {
      Tensor going = node.has(1) ? truth(node.x(1)) : Tensor.of(Shape.SCALAR, true);
      return open(0, node.optional(0), going, init);
    }
    long most = node.has(0) ? node.whole(0) : Long.MAX_VALUE;
    boolean going = !node.has(1) || truth(node.constant(1)).toBooleans()[0];
    List<Value> atOnce = going && node.has(0) ? atOnce(most, init) : null;
    if (atOnce != null) {
      return atOnce;
    }
    List<Value> state = init;
    List<List<Value>> rows = new ArrayList<>();
    for (int i = 0; i < stacked; i++) {
      rows.add(new ArrayList<>());
    }
    for (long step = 0; step < most && going; step++) {
      List<Value> results =
          step(Tensor.of(Shape.SCALAR, step), Tensor.of(Shape.SCALAR, true), state);
      state = new ArrayList<>(results.subList(1, 1 + carried));
      for (int i = 0; i < stacked; i++) {
        rows.get(i).add(results.get(1 + carried + i));
      }
      Value next = results.getFirst();
      if (!next.isConstant()) {
        if (stacked > 0) {
          throw new NotConstant(body.outputs().getFirst().name(), 1);
        }
        Tensor limit = node.has(0) ? Tensor.of(Shape.SCALAR, most) : null;
        return open(step + 1, limit, truth(next.tensor()), state);
      }
      going = truth(next.tensor()).toBooleans()[0];
    }
    List<Value> outputs = new ArrayList<>(state);
    for (List<Value> each : rows) {
      if (each.isEmpty()) {
        throw new Refusal("needs at least one step to stack its results, got 0");
      }
      outputs.add(ControlFlow.stack(each, 0, false));
    }
    return outputs;
  }

  /// All steps as one, if none of them may end the loop.
  private @Nullable List<Value> atOnce(long most, List<Value> init) {
    if (most <= Recurrence.UNROLLED || most > Library.MOST_ELEMENTS) {
      return null;
    }
    Value numbers = Value.of(Tensor.arange((int) most, DType.I64));
    return Recurrence.of(
        node.scope(),
        most,
        init,
        List.of(numbers),
        arguments -> {
          Tensor number = arguments.getLast().tensor();
          List<Value> results =
              step(number, Tensor.of(Shape.SCALAR, true), arguments.subList(0, carried));
          Value next = results.getFirst();
          if (!next.isConstant() || !truth(next.tensor()).toBooleans()[0]) {
            throw new NotConstant(body.outputs().getFirst().name(), 1);
          }
          return results.subList(1, results.size());
        });
  }

  private boolean isOpen(int input) {
    return node.has(input) && !node.value(input).isConstant();
  }

  private static Tensor truth(Tensor x) {
    if (x.elements() != 1) {
      throw new Refusal("needs one truth value, got " + x.spec());
    }
    return x.to(DType.BOOL).reshape(Shape.SCALAR);
  }

  private List<Value> step(Tensor number, Tensor going, List<Value> state) {
    List<Value> arguments = new ArrayList<>();
    arguments.add(Value.of(number));
    arguments.add(Value.of(going));
    arguments.addAll(state);
    return node.scope().run(body, arguments);
  }

  /// The steps from one on, as a loop whose end depends on inputs.
  private List<Value> open(long first, @Nullable Tensor most, Tensor going, List<Value> state) {
    List<ElementType> types = state.stream().map(Value::type).toList();
    Tensor limit = most == null ? null : most.to(DType.I64).reshape(Shape.SCALAR);
    List<Tensor> start = new ArrayList<>();
    start.add(Tensor.of(Shape.SCALAR, first));
    start.add(going);
    state.forEach(value -> start.add(value.tensor()));
    Function<List<Tensor>, Tensor> condition =
        now -> limit == null ? now.get(1) : now.get(1).and(now.get(0).lt(limit));
    UnaryOperator<List<Tensor>> next =
        now -> {
          List<Value> values = new ArrayList<>();
          for (int i = 0; i < carried; i++) {
            values.add(new Value(now.get(2 + i), types.get(i)));
          }
          List<Value> results = step(now.get(0), now.get(1), values);
          List<Tensor> after = new ArrayList<>();
          after.add(now.get(0).add(1));
          after.add(truth(results.getFirst().tensor()));
          for (int i = 0; i < carried; i++) {
            Value result = results.get(1 + i);
            if (result.type() != types.get(i)) {
              throw new Refusal(
                  "needs a body that keeps the element type "
                      + types.get(i)
                      + ", got "
                      + result.type());
            }
            after.add(result.tensor());
          }
          return after;
        };
    long bound =
        limit == null || limit.recording() != null ? Long.MAX_VALUE : limit.toLongs()[0] - first;
    List<Tensor> end =
        bound > MOST_BOUNDED
            ? Tape.whileLoop(condition, next, start)
            : Tape.whileLoop(condition, next, start, (int) Math.max(0, bound));
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < carried; i++) {
      outputs.add(new Value(end.get(2 + i), types.get(i)));
    }
    return outputs;
  }
}
