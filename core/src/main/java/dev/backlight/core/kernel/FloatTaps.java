package dev.backlight.core.kernel;

/// The taps of a correlation: which of a filter's rows `us` and columns `vs`, and how many rows
/// `du` and columns `dv` of the padded image each looks away.
///
/// The weight of (row r, channel c, tap u, v) of group g is at `g·group + r·row + c·channel + u·kw
/// + v`.
record FloatTaps(
    int[] us, int[] vs, int[] du, int[] dv, int kh, int kw, int group, int row, int channel) {

  int count(FloatPlanes from) {
    return from.channels() * us.length * vs.length;
  }

  /// Where each tap of each channel looks, in planes of `height` rows.
  int[] offsets(FloatPlanes from, int height) {
    int[] offset = new int[count(from)];
    int k = 0;
    for (int c = 0; c < from.channels(); c++) {
      for (int u : du) {
        int a = place(from.residuesH(), u % from.sh());
        for (int v : dv) {
          int b = place(from.residuesW(), v % from.sw());
          int plane = (c * from.residuesH().length + a) * from.residuesW().length + b;
          offset[k++] = (plane * height + u / from.sh()) * from.width() + v / from.sw();
        }
      }
    }
    return offset;
  }

  private static int place(int[] residues, int residue) {
    int i = 0;
    while (residues[i] != residue) {
      i++;
    }
    return i;
  }

  /// Whether the weights of a row lie together, in order.
  boolean inPlace() {
    return us.length == kh && vs.length == kw && channel == kh * kw;
  }

  /// Brings the weights of `count` rows of a group from `first` on together, in rows `ld` apart
  /// from `y[yo]` on.
  void arrange(
      FloatTileLoops t,
      float[] w,
      int g,
      int first,
      int count,
      int channels,
      float[] y,
      int yo,
      int ld) {
    int from = g * group + first * row;
    if (inPlace()) {
      for (int r = 0; r < count; r++) {
        System.arraycopy(w, from + r * row, y, yo + r * ld, channels * channel);
      }
      return;
    }
    if (us.length * vs.length == 1 && row == 1) {
      int at = from + us[0] * kw + vs[0];
      t.transpose(w, at, channel, channels, count, y, yo, ld, 0, 0);
      return;
    }
    for (int c = 0; c < channels; c++) {
      for (int r = 0; r < count; r++) {
        int at = from + c * channel + r * row;
        int to = yo + r * ld + c * us.length * vs.length;
        for (int u : us) {
          for (int v : vs) {
            y[to++] = w[at + u * kw + v];
          }
        }
      }
    }
  }
}
