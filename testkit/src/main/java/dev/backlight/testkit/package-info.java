/// Arbitraries for property tests of tensors, ops and gradients.
package dev.backlight.testkit;
