/// The threads that share one task, and nothing else: who runs which part changes no bit.
package dev.backlight.core.parallel;
