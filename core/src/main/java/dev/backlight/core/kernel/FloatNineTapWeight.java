package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;
import java.util.Arrays;

/// The transpose of a convolution in its filters where each sees few channels through a window of 3
/// by 3: a first layer, or one that is depthwise.
///
/// A matrix product would have nine columns for each channel. Instead the positions are the lanes:
/// of a channel there are three copies, one for each column of a window, so that each tap is a
/// constant distance away; rows of images and of cotangents are filled up with zeros to whole
/// numbers of lanes. A band of rows is a chain of fused multiply-adds in each lane; bands and
/// images are added one after another, the lanes at last in a fixed tree.
final class FloatNineTapWeight extends FloatConvolution {
  private static final int LANES = FloatTileLoops.LANES;

  /// The copies of two filters' and the channels' rows: for the second cache.
  private static final int ROWS = 1 << 16;

  /// More channels make a product of some width.
  private static final int MOST_CHANNELS = 4;

  /// A distance that is a multiple of 4 KiB would have copies share few lines of the first cache.
  private static final int APART = 16;

  private final Conv2dShape s;
  private final FloatPlanes from;
  private final int width;
  private final int band;
  private final int apart;
  private final Threads.Task units = this::unit;
  private float[] x = {};
  private float[] g = {};
  private float[] dw = {};
  private int pieces;

  FloatNineTapWeight(FloatScalarLoops loops, Conv2dShape s) {
    super(loops, s.products());
    this.s = s;
    int[] none = {0};
    from =
        new FloatPlanes(
            s.channels(), s.h(), s.w(), 1, 1, s.ph(), s.pw(), none, none, 2, s.ow() + 2);
    width = Math.ceilDiv(s.ow(), LANES) * LANES;
    int most = Math.min(BLOCK * LANES, ROWS / (3 * s.channels() + 2)) / width;
    band = Math.clamp(most, 1, s.oh());
    apart = (band + 2) * width + APART;
  }

  static boolean fits(Conv2dShape s) {
    return s.kh() == 3
        && s.kw() == 3
        && s.sh() == 1
        && s.sw() == 1
        && s.dh() == 1
        && s.dw() == 1
        && s.channels() <= MOST_CHANNELS
        && s.products() > 0;
  }

  @Override
  void compute(float[] x, float[] g, float[] dw) {
    this.x = x;
    this.g = g;
    this.dw = dw;
    pieces = pieces(s.groups(), Math.ceilDiv(s.filters(), 2));
    share(s.groups() * pieces, units);
  }

  /// A piece of a group's filters.
  private void unit(int unit, int worker) {
    FloatTileLoops t = tiles();
    int group = unit / pieces;
    int pairs = Math.ceilDiv(s.filters(), 2);
    int first = pairs * (unit % pieces) / pieces * 2;
    int end = Math.min(s.filters(), pairs * (unit % pieces + 1) / pieces * 2);
    int channels = s.channels();
    int seen = s.ow() + 2;
    int sumsOfPair = channels * 18 * LANES;
    FloatScratch memory = FloatScratch.take();
    float[] image = memory.array(0, channels * (band + 2) * seen);
    float[] copies = memory.array(1, channels * 3 * apart);
    float[] slopes = memory.array(2, 2 * apart);
    float[] sums = memory.array(3, (end - first + 1) / 2 * sumsOfPair);
    Arrays.fill(sums, 0, (end - first + 1) / 2 * sumsOfPair, 0f);
    for (int n = 0; n < s.n(); n++) {
      int which = n * s.groups() + group;
      for (int row = 0; row < s.oh(); row += band) {
        int rows = Math.min(band, s.oh() - row);
        from.fill(t, x, which, 0, channels, row, rows, band + 2, image, 0);
        for (int c = 0; c < 3 * channels; c++) {
          int at = c / 3 * (band + 2) * seen + c % 3;
          t.widen(image, at, seen, s.ow(), rows + 2, copies, c * apart, width);
        }
        for (int f = first; f < end; f += 2) {
          int at = ((which * s.filters() + f) * s.oh() + row) * s.ow();
          t.widen(g, at, s.ow(), s.ow(), rows, slopes, 0, width);
          if (f + 1 < end) {
            t.widen(g, at + s.oh() * s.ow(), s.ow(), s.ow(), rows, slopes, apart, width);
          }
          int other = f + 1 < end ? apart : 0;
          int so = (f - first) / 2 * sumsOfPair;
          for (int c = 0; c < channels; c++) {
            int xo = c * 3 * apart;
            int to = so + c * 18 * LANES;
            t.nineTaps(copies, xo, apart, width, slopes, 0, other, rows * width, sums, to);
          }
        }
      }
    }
    for (int f = first; f < end; f++) {
      for (int c = 0; c < channels; c++) {
        int at = (f - first) / 2 * sumsOfPair + (c * 18 + (f - first) % 2 * 9) * LANES;
        store(sums, at, ((group * s.filters() + f) * channels + c) * 9);
      }
    }
    FloatScratch.give(memory);
  }

  private void store(float[] sums, int at, int to) {
    for (int tap = 0; tap < 9; tap++) {
      int from = at + tap * LANES;
      for (int d = LANES / 2; d > 0; d /= 2) {
        for (int i = 0; i < d; i++) {
          sums[from + i] += sums[from + i + d];
        }
      }
      dw[to + tap] = sums[from];
    }
  }
}
