package dev.backlight.core.kernel;

/// The outputs of a correlation: of each image `planes` of `rows` by `columns` elements. They are
/// elements `(y0 + i·sh, x0 + j·sw)` of planes of `h` by `w`.
record FloatPlaces(
    int planes, int rows, int columns, int h, int w, int y0, int x0, int sh, int sw) {

  /// Whether they are whole planes.
  boolean isWhole() {
    return sh == 1 && sw == 1 && rows == h && columns == w;
  }

  /// Stores rows `first … first+count` of `out`, which holds rows of `width` elements, into the
  /// planes from number `plane` of all images on.
  void store(float[] out, int ld, int width, int plane, int count, int first, int rows, float[] y) {
    for (int r = 0; r < count; r++) {
      int base = (plane + r) * h * w;
      for (int i = 0; i < rows; i++) {
        int from = r * ld + i * width;
        int to = base + (y0 + (first + i) * sh) * w + x0;
        if (sw == 1) {
          System.arraycopy(out, from, y, to, columns);
        } else {
          for (int j = 0; j < columns; j++) {
            y[to + j * sw] = out[from + j];
          }
        }
      }
    }
  }
}
