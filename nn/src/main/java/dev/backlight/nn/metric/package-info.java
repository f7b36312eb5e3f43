/// How good predictions on held-out data are: plain functions from tensors to numbers.
///
/// [Classes][dev.backlight.nn.metric.Classes] judges labels,
/// [Scores][dev.backlight.nn.metric.Scores] ranks and probabilities, and
/// [Errors][dev.backlight.nn.metric.Errors] numbers. All count in float64.
package dev.backlight.nn.metric;
