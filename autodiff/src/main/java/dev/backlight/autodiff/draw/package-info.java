/// Pictures of tapes: [dev.backlight.autodiff.draw.Dot] for Graphviz, and
/// [dev.backlight.autodiff.draw.TapePage], one HTML page that needs nothing else.
///
/// ```java
/// TapePage.write(tape, Path.of("tape.html"));
/// Files.writeString(Path.of("tape.dot"), Dot.of(tape));
/// ```
@NullMarked
package dev.backlight.autodiff.draw;

import org.jspecify.annotations.NullMarked;
