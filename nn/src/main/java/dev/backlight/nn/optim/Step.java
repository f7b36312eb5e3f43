package dev.backlight.nn.optim;

/// What a step of an optimiser makes: the next model, and the state for the step after it.
public record Step<M>(M model, OptimizerState state) {}
