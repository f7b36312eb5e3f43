package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import java.util.List;

/// Inputs, and what some nodes shall answer instead of what they compute: what a replacing tape
/// takes.
///
/// @param at the inputs of the original tape
/// @param values one tensor for each of the nodes
/// @param <A> the structure of the inputs
public record Replaced<A>(A at, List<Tensor> values) {}
