package dev.backlight.autodiff;

/// A point and the cotangent of the result: what a vjp tape takes.
///
/// @param at the inputs of the original tape
/// @param cotangent one tensor for each float output of the original tape
/// @param <A> the structure of the inputs
/// @param <B> the structure of the outputs
public record WithCotangent<A, B>(A at, B cotangent) {}
