package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;
import java.util.Arrays;

/// The transpose of a convolution in its filters: `dw[o, c, u, v] = Σ g[o, p] · x[c, at p and (u,
/// v)]` over the positions p of all images, a matrix product with the image itself as its right
/// factor.
///
/// An image is copied with its padding and with its channels innermost; then what a row of taps
/// meets at a position lies together, and a panel of X is a few copies of whole vectors. Of each
/// image the positions are summed in blocks of [#BLOCK], one chain of fused multiply-adds in each;
/// the blocks and the images are added one after another.
final class FloatConv2dWeight extends FloatConvolution {
  /// Elements of a padded image, as in [FloatCorrelation].
  private static final int IMAGE = (1 << 17) * 32 / Float.SIZE;

  private final Conv2dShape s;
  private final FloatChannelsLast from;
  private final int width;
  private final int band;
  private final int[] offset;

  /// Taps that lie together: those of a row, if there is no dilation, for all channels.
  private final int together;

  private final int runs;
  private final Threads.Task units = this::unit;
  private float[] x = {};
  private float[] g = {};
  private float[] dw = {};
  private int pieces;

  FloatConv2dWeight(FloatScalarLoops loops, Conv2dShape s) {
    super(loops, s.products());
    this.s = s;
    width = (s.ow() - 1) * s.sw() + (s.kw() - 1) * s.dw() + 1;
    from = new FloatChannelsLast(s.channels(), s.h(), s.w(), s.ph(), s.pw(), width, s.channels());
    int row = Math.max(1, width * s.channels());
    int rows = IMAGE / row - (s.kh() - 1) * s.dh() - 1;
    band = Math.clamp(Math.floorDiv(rows, s.sh()) + 1, 1, Math.max(1, s.oh()));
    offset = new int[band * s.ow()];
    for (int p = 0; p < offset.length; p++) {
      offset[p] = (p / s.ow() * s.sh() * width + p % s.ow() * s.sw()) * s.channels();
    }
    together = s.dw() == 1 ? s.kw() * s.channels() : s.channels();
    runs = s.dw() == 1 ? 1 : s.kw();
  }

  @Override
  void compute(float[] x, float[] g, float[] dw) {
    this.x = x;
    this.g = g;
    this.dw = dw;
    if (s.products() == 0) {
      Arrays.fill(dw, 0, s.o() * s.taps(), 0f);
      return;
    }
    pieces = pieces(s.groups(), Math.ceilDiv(s.filters(), tiles().rows()));
    share(s.groups() * pieces, units);
  }

  /// A piece of a group's filters.
  private void unit(int unit, int worker) {
    FloatTileLoops t = tiles();
    int piece = unit % pieces;
    int group = unit / pieces;
    int tilesOfGroup = Math.ceilDiv(s.filters(), t.rows());
    int first = tilesOfGroup * piece / pieces * t.rows();
    int end = Math.min(s.filters(), tilesOfGroup * (piece + 1) / pieces * t.rows());
    int height = (band - 1) * s.sh() + (s.kh() - 1) * s.dh() + 1;
    int ld = Math.ceilDiv(together, t.columns()) * t.columns();
    int rows = Math.ceilDiv(end - first, t.rows()) * t.rows();
    FloatScratch memory = FloatScratch.take();
    float[] image = memory.array(0, from.size(height) + t.columns());
    float[] sums = memory.array(1, s.kh() * runs * rows * ld);
    float[] panel = memory.array(3, BLOCK * t.columns());
    int plane = s.oh() * s.ow();
    boolean asTheyLie = (end - first) % 4 == 0;
    float[] a = asTheyLie ? g : memory.array(2, rows * plane);
    boolean add = false;
    for (int n = 0; n < s.n(); n++) {
      int which = n * s.groups() + group;
      int at = (which * s.filters() + first) * plane;
      if (!asTheyLie) {
        System.arraycopy(g, at, a, 0, (end - first) * plane);
        at = 0;
      }
      for (int row = 0; row < s.oh(); row += band) {
        int count = Math.min(band, s.oh() - row) * s.ow();
        int seen = (Math.min(band, s.oh() - row) - 1) * s.sh() + (s.kh() - 1) * s.dh() + 1;
        from.fill(t, x, which, row * s.sh(), seen, image, 0);
        for (int p = 0; p < count; p += BLOCK) {
          int k = Math.min(BLOCK, count - p);
          product(
              t, end - first, k, p, a, at + row * s.ow() + p, image, panel, sums, rows, ld, add);
          add = true;
        }
      }
    }
    store(sums, rows, ld, group * s.filters() + first, end - first);
    FloatScratch.give(memory);
  }

  private void product(
      FloatTileLoops t,
      int count,
      int k,
      int p,
      float[] a,
      int ao,
      float[] image,
      float[] panel,
      float[] sums,
      int rows,
      int ld,
      boolean add) {
    int plane = s.oh() * s.ow();
    for (int u = 0; u < s.kh(); u++) {
      for (int run = 0; run < runs; run++) {
        int at = (u * s.dh() * width + run * s.dw()) * s.channels();
        int c = (u * runs + run) * rows * ld;
        for (int j = 0; j < together; j += t.columns()) {
          t.panel(image, at + j, offset, p, k, panel);
          for (int i = 0; i < count; i += t.rows()) {
            int height = t.height(count - i);
            int to = c + i * ld + j;
            int from = ao + i * plane;
            t.tile(height, a, from, plane, 1, panel, 0, t.columns(), k, sums, to, ld, add);
          }
        }
      }
    }
  }

  private void store(float[] sums, int rows, int ld, int first, int count) {
    int channels = s.channels();
    for (int u = 0; u < s.kh(); u++) {
      for (int v = 0; v < s.kw(); v++) {
        int run = (u * runs + (runs == 1 ? 0 : v)) * rows * ld + (runs == 1 ? v * channels : 0);
        for (int i = 0; i < count; i++) {
          int to = ((first + i) * channels * s.kh() + u) * s.kw() + v;
          for (int c = 0; c < channels; c++) {
            dw[to + c * s.kh() * s.kw()] = sums[run + i * ld + c];
          }
        }
      }
    }
  }
}
