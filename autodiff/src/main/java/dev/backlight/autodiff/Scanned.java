package dev.backlight.autodiff;

/// What one step of a scan answers, and what the whole scan answers.
///
/// @param carry what the next step starts from; of a whole scan, what the last step left
/// @param out what this step gives out; of a whole scan, that of all steps stacked along a new
///   first axis
/// @param <C> the structure of the carry
/// @param <Y> the structure of what is given out
public record Scanned<C, Y>(C carry, Y out) {}
