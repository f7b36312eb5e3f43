/// What `backlight bench` times: cases through the public API, each with its answer checked, the
/// same in PyTorch where there is one, and the table that sets them side by side.
@NullMarked
package dev.backlight.cli.bench;

import org.jspecify.annotations.NullMarked;
