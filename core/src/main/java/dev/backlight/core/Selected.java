package dev.backlight.core;

/// What a selection along an axis answers: the selected values, and where they were, as an `I32`
/// index.
public record Selected(Tensor values, Tensor index) {}
