/// Explanations that are tapes.
package dev.backlight.explain;
