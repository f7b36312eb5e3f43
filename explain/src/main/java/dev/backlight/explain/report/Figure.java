package dev.backlight.explain.report;

/// A picture of numbers: a title, a caption and a drawing.
///
/// Every figure of this package is immutable, and drawing it twice gives the same bytes. A figure
/// of your own may be put in a [Report] too: in its SVG every element with a `<title>` child
/// becomes a stop for pointer and arrow keys.
public interface Figure {

  /// What the picture is of, in a few words.
  String title();

  /// What to see in it: a sentence or two under the picture, possibly empty.
  String caption();

  /// The drawing as a standalone SVG document, light and dark by `prefers-color-scheme`.
  String svg();
}
