package dev.backlight.nn.train;

/// How well a model does on some examples: the mean loss, and the mean metric or NaN if there is
/// none.
public record Score(double loss, double metric) {}
