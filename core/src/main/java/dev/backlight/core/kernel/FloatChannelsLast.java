package dev.backlight.core.kernel;

import java.util.Arrays;

/// An image with its channels innermost and its padding in place: the element (c, i, j) of what was
/// copied is at `(i · width + j) · step + c`.
///
/// The image has `channels` planes of `h` by `w` elements; `top` rows and `left` columns of zeros
/// come before them, and rows are `width` long. What is not copied of `step` channels holds
/// anything.
record FloatChannelsLast(int channels, int h, int w, int top, int left, int width, int step) {

  /// Elements to allocate for so many rows.
  int size(int rows) {
    return (rows * width + FloatTileLoops.SLACK) * step;
  }

  /// Copies the padded rows `first … first+rows` of image `which` to `y[yo]`.
  void fill(FloatTileLoops t, float[] x, int which, int first, int rows, float[] y, int yo) {
    fill(t, x, which, 0, channels, first, rows, y, yo);
  }

  /// The same of `count` channels from `channel` on, at most `step`.
  void fill(
      FloatTileLoops t,
      float[] x,
      int which,
      int channel,
      int count,
      int first,
      int rows,
      float[] y,
      int yo) {
    int plane = h * w;
    int begin = Math.clamp(left, 0, width);
    int end = Math.clamp(w + left, begin, width);
    for (int i = 0; i < rows; i++) {
      int row = first + i - top;
      int to = yo + i * width * step;
      if (row < 0 || row >= h) {
        Arrays.fill(y, to, to + width * step, 0f);
        continue;
      }
      Arrays.fill(y, to, to + begin * step, 0f);
      int from = (which * channels + channel) * plane + row * w + begin - left;
      t.transpose(
          x,
          from,
          plane,
          count,
          end - begin,
          y,
          to + begin * step,
          step,
          step - count,
          FloatTileLoops.SLACK);
      Arrays.fill(y, to + end * step, to + width * step, 0f);
    }
  }
}
