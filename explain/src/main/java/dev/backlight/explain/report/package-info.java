/// Pictures of explanations, and the one-file HTML report that holds them.
///
/// A [Figure] is an immutable value made from plain Java data; [Figure#svg()] is a complete SVG
/// document in light and dark. A [Report] gathers figures, tables, tiles and prose into a page that
/// needs no network:
///
/// ```java
/// var waterfall =
///     Waterfall.of("Patient 17", names, values, contributions, 0.42, 3.71).unit("logit");
/// Report.titled("Breast cancer")
///     .section("One patient")
///     .text("What moved the answer away from the *average* patient.")
///     .figure(waterfall)
///     .writeTo(Path.of("report.html"));
/// ```
///
/// Four promises hold for every figure. Numbers are in the model's own units, never normalised
/// behind the reader's back. Zero has the colour of the page, more is orange and less is blue, in
/// both themes. A value that is not a number is hatched grey and says so. The same data give the
/// same bytes.
package dev.backlight.explain.report;
