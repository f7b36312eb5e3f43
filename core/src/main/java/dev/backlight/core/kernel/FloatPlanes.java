package dev.backlight.core.kernel;

import java.util.Arrays;

/// The images that a correlation reads: of each, `channels` planes of `h` by `w` elements, `top`
/// rows and `left` columns of zeros before them, seen at a stride of `sh` and `sw`.
///
/// Copied with the padding, each plane becomes one for each of `residuesH` and `residuesW`: row i
/// of that of residue r is row `i·sh + r` of the padded plane, so what was a stride is none any
/// more. A copied row has `width` elements, and `reach` more rows are seen than there are outputs.
record FloatPlanes(
    int channels,
    int h,
    int w,
    int sh,
    int sw,
    int top,
    int left,
    int[] residuesH,
    int[] residuesW,
    int reach,
    int width) {

  int planesOfOne() {
    return residuesH.length * residuesW.length;
  }

  /// Elements of an image whose planes have `height` rows.
  int size(int height) {
    return channels * planesOfOne() * height * width;
  }

  /// Copies what the outputs' rows `first … first+rows` see of the channels `begin … end` of image
  /// `which`, as planes of `height` rows, to where they belong in the one at `image[at]`.
  void fill(
      FloatTileLoops t,
      float[] x,
      int which,
      int begin,
      int end,
      int first,
      int rows,
      int height,
      float[] image,
      int at) {
    int plane = height * width;
    int to = at + begin * planesOfOne() * plane;
    int all = at + end * planesOfOne() * plane;
    for (int c = begin; c < end; c++) {
      int source = (which * channels + c) * h * w;
      for (int a : residuesH) {
        for (int b : residuesW) {
          for (int i = 0; i < rows + reach; i++) {
            int row = (first + i) * sh + a - top;
            if (row < 0 || row >= h) {
              Arrays.fill(image, to + i * width, to + (i + 1) * width, 0f);
            } else {
              row(t, x, source + row * w, b - left, image, to + i * width, all);
            }
          }
          to += plane;
        }
      }
    }
  }

  /// A row that begins `shift` elements into `x[from …]`, or before it; what is behind it, up to
  /// `all`, is written later.
  private void row(
      FloatTileLoops t, float[] x, int from, int shift, float[] image, int to, int all) {
    int begin = Math.clamp(Math.ceilDiv(-shift, sw), 0, width);
    int end = Math.clamp(Math.floorDiv(w - 1 - shift, sw) + 1, begin, width);
    for (int j = 0; j < begin; j++) {
      image[to + j] = 0f;
    }
    if (sw == 1) {
      System.arraycopy(x, from + shift + begin, image, to + begin, end - begin);
    } else if (sw == 2) {
      int at = from + shift + begin * sw;
      t.everySecond(x, at, end - begin, image, to + begin, all - (to + end));
    } else {
      for (int j = begin, k = from + shift + begin * sw; j < end; j++, k += sw) {
        image[to + j] = x[k];
      }
    }
    for (int j = end; j < width; j++) {
      image[to + j] = 0f;
    }
  }
}
