/// How good an explanation is, in numbers: for every example of an
/// [dev.backlight.explain.Attribution], with the direction that is better and what else moves the
/// number.
@NullMarked
package dev.backlight.explain.quality;

import org.jspecify.annotations.NullMarked;
