package dev.backlight.autodiff;

/// A point and a direction: what a jvp tape takes.
///
/// @param at the inputs of the original tape
/// @param tangent the direction in the chosen part of the inputs
/// @param <A> the structure of the inputs
/// @param <S> the structure of the chosen part
public record WithTangent<A, S>(A at, S tangent) {}
