package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A function that brings its own derivative: `x̄ = rule(x, y, ȳ)` instead of what the chain rule
/// would make of the function.
///
/// ```java
/// CustomVjp<Tensor, Tensor> round = CustomVjp.of(x -> x.round(), (x, y, g) -> g);   // straight through
/// ```
///
/// The rule is written in Tensor language, linear in its cotangent, and reads no values. So it is
/// differentiated in its turn: the second derivative is that of the rule, and the jvp is its
/// transpose. A rule that claims something else than the derivative is believed.
///
/// The function is one node of the tape. What a derivative flows to and what the rule reads of a
/// recording are among the arguments: a tensor that the function reads from an enclosing recording
/// may not be differentiated. Rules of explanation refuse it by name.
///
/// @param <A> the structure of the argument
/// @param <B> the structure of the result
public final class CustomVjp<A, B> implements Function<A, B> {
  private final Function<A, B> f;
  private final Rule<A, B> rule;

  private CustomVjp(Function<A, B> f, Rule<A, B> rule) {
    this.f = f;
    this.rule = rule;
  }

  /// The cotangents of an argument, given those of the result.
  ///
  /// @param <A> the structure of the argument
  /// @param <B> the structure of the result
  @FunctionalInterface
  public interface Rule<A, B> {
    /// A structure like the argument's, with the shape and dtype of each of its tensors; what it
    /// holds for integers and booleans is not looked at.
    A back(A in, B out, B cotangent);
  }

  /// A function with a rule of its own.
  public static <A, B> CustomVjp<A, B> of(Function<A, B> f, Rule<A, B> rule) {
    return new CustomVjp<>(f, rule);
  }

  /// The function at `x`, as one node if `x` is on a recording.
  @Override
  public B apply(A x) {
    Struct<A> in = Struct.untied(x);
    List<Tensor> leaves = in.flatten(x);
    List<Struct<B>> result = new ArrayList<>();
    Body.Recorded recorded =
        Body.record(
            "a function with its own derivative",
            arguments -> {
              B y = f.apply(in.build(arguments));
              result.add(Struct.untied(y));
              return result.getFirst().flatten(y);
            },
            leaves);
    Struct<B> out = result.getFirst();
    List<Tensor> inputs = new ArrayList<>(leaves);
    inputs.addAll(recorded.captured());
    Ruled<A, B> op = new Ruled<>(recorded.body(), rule, in, out);
    return out.build(List.of(Tensor.applyAll(op, inputs.toArray(Tensor[]::new))));
  }
}
