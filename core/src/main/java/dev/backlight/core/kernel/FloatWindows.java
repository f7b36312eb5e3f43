package dev.backlight.core.kernel;

import dev.backlight.core.parallel.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A convolution whose groups make few planes each, as a depthwise one does: there the tiles of a
/// [FloatCorrelation] would be empty. Of each plane, the positions are the lanes, and an output is
/// one chain of fused multiply-adds over (channel, row, column) of the filter, there as here.
///
/// An image is copied with its padding, to rows that are whole numbers of lanes; with a stride
/// across, the columns of each residue then move into a plane of their own.
final class FloatWindows extends FloatConvolution {
  /// Outputs that are computed from the images alike: all there are, or in a transpose with a
  /// stride those of each residue.
  record Part(FloatPlanes from, FloatTaps taps, FloatPlaces to) {
    /// Whether so few planes are seen by so few taps that a sum is one chain.
    boolean fits() {
      return to.planes() <= MOST_PLANES && taps.count(from) <= BLOCK;
    }

    int below(int outputs) {
      return (outputs - 1) * from.sh() + farthest(taps.du()) - from.top();
    }

    int right() {
      return (to.columns() - 1) * from.sw() + farthest(taps.dv()) - from.left();
    }

    private static int farthest(int[] distances) {
      return Arrays.stream(distances).max().orElse(0);
    }
  }

  private static final int LANES = FloatTileLoops.LANES;

  /// More planes fill tiles.
  private static final int MOST_PLANES = 3;

  /// Elements of a padded image: a quarter of a megabyte of floats.
  private static final int IMAGE = (1 << 16) * 32 / Float.SIZE;

  /// Parts of the work for each thread: the last ones make up for what others take from it.
  private static final int SHARES = 8;

  private final int images;
  private final int groups;
  private final List<Part> parts;

  /// What is to be divided by, as the padded images lie and as the outputs do.
  private final float[] before;

  private final float[] behind;
  private final FloatPlanes from;
  private final int planes;
  private final int top;
  private final int left;
  private final int width;
  private final int band;
  private final int bands;
  private final int height;
  private final int[] residues;
  private final int[][] offsets;
  private final boolean asTheyLie;

  /// Where the weights of each part begin, once they are brought together.
  private final int[] starts;

  private final Threads.Task units = this::unit;
  private float[] x = {};
  private float[] y = {};
  private float[] filters = {};
  private int shares;

  FloatWindows(FloatScalarLoops loops, int images, int groups, List<Part> parts) {
    this(loops, images, groups, parts, null, false);
  }

  /// As above, but what is read, in a transpose, or else what is written becomes means.
  FloatWindows(
      FloatScalarLoops loops,
      int images,
      int groups,
      List<Part> parts,
      @Nullable FloatMeans means,
      boolean transposed) {
    super(loops, parts.stream().mapToLong(part -> work(part, images * groups)).sum());
    this.images = images;
    this.groups = groups;
    this.parts = parts;
    Part first = parts.getFirst();
    from = first.from;
    planes = first.to.planes();
    top = parts.stream().mapToInt(part -> part.from.top()).max().orElse(0);
    left = Math.max(0, parts.stream().mapToInt(part -> part.from.left()).max().orElse(0));
    int right = parts.stream().mapToInt(Part::right).max().orElse(0);
    int step = LANES % from.sw() == 0 ? LANES : LANES * from.sw();
    width = Math.ceilDiv(left + Math.max(from.w(), right + 1), step) * step;
    int row = Math.max(1, from.channels() * width);
    int reach = top + parts.stream().mapToInt(part -> part.below(1)).max().orElse(0);
    int rows = first.to.rows();
    band = Math.clamp((IMAGE / row - reach) / from.sh(), 1, Math.max(1, rows));
    bands = Math.ceilDiv(rows, band);
    height = (band - 1) * from.sh() + reach + 1;
    before = means != null && transposed ? means.counts(width) : new float[0];
    behind = means != null && !transposed ? means.counts(first.to.columns()) : new float[0];
    residues =
        parts.stream()
            .flatMapToInt(part -> IntStream.of(part.taps.dv()))
            .map(v -> v % from.sw())
            .distinct()
            .toArray();
    offsets = parts.stream().map(this::offsets).toArray(int[][]::new);
    if (before.length > 0) {
      // Of ones; in the order of the windows that meet an element, which is not that of the taps.
      Arrays.stream(offsets).forEach(FloatWindows::reverse);
    }
    asTheyLie = parts.size() == 1 && first.taps.inPlace();
    starts = new int[parts.size() + 1];
    for (int p = 0; p < offsets.length; p++) {
      starts[p + 1] = starts[p] + groups * planes * offsets[p].length;
    }
  }

  private static long work(Part part, long images) {
    FloatPlaces to = part.to;
    return images * to.planes() * to.rows() * to.columns() * part.taps.count(part.from);
  }

  /// Where each tap looks, in planes of one residue after the other.
  private int[] offsets(Part part) {
    int[] offset = new int[part.taps.count(from)];
    int k = 0;
    for (int c = 0; c < from.channels(); c++) {
      for (int u : part.taps.du()) {
        for (int v : part.taps.dv()) {
          int across = v + left - part.from.left();
          int at = place(v % from.sw()) * from.channels() + c;
          int down = u + top - part.from.top();
          offset[k++] = (at * height + down) * (width / from.sw()) + across / from.sw();
        }
      }
    }
    return offset;
  }

  private static void reverse(int[] x) {
    for (int i = 0, j = x.length - 1; i < j; i++, j--) {
      int first = x[i];
      x[i] = x[j];
      x[j] = first;
    }
  }

  private int place(int residue) {
    int i = 0;
    while (residues[i] != residue) {
      i++;
    }
    return i;
  }

  @Override
  void compute(float[] x, float[] w, float[] y) {
    this.x = x;
    this.y = y;
    FloatScratch memory = FloatScratch.take();
    filters = asTheyLie ? w : memory.array(0, starts[offsets.length]);
    for (int p = 0; p < offsets.length && !asTheyLie; p++) {
      FloatTaps taps = parts.get(p).taps;
      int n = offsets[p].length;
      for (int g = 0; g < groups; g++) {
        int at = starts[p] + g * planes * n;
        taps.arrange(tiles(), w, g, 0, planes, from.channels(), filters, at, n);
      }
    }
    shares = Threads.count() == 1 ? 1 : Math.min(images * groups * bands, SHARES * Threads.count());
    share(shares, units);
    filters = x;
    FloatScratch.give(memory);
  }

  private void unit(int share, int worker) {
    long all = (long) images * groups * bands;
    int begin = (int) (all * share / shares);
    int end = (int) (all * (share + 1) / shares);
    FloatTileLoops t = tiles();
    FloatScratch memory = FloatScratch.take();
    // A block may look so much too far.
    int size = from.channels() * height * width + 4 * from.sh() * width + 2 * t.columns();
    float[] image = memory.array(0, size);
    float[] seen = from.sw() == 1 ? image : memory.array(1, size / from.sw() * residues.length);
    float[] aside = memory.array(2, 4 * t.columns());
    Part first = parts.getFirst();
    int each = band * first.to.columns();
    float[] out = first.to.isWhole() ? y : memory.array(3, parts.size() * each + t.columns());
    // Planes lie one behind the other in the order in which they are written.
    int last = end * planes * first.to.rows() * first.to.columns();
    for (int i = begin; i < end; i++) {
      int which = i / bands;
      int firstRow = i % bands * band;
      fill(t, which, firstRow, image, seen);
      for (int f = 0; f < planes; f++) {
        int plane = which * planes + f;
        for (int p = 0; p < offsets.length; p++) {
          FloatPlaces to = parts.get(p).to;
          int rows = Math.min(band, to.rows() - firstRow);
          int wo = starts[p] + (which % groups * planes + f) * offsets[p].length;
          int yo = to.isWhole() ? (plane * to.rows() + firstRow) * to.columns() : p * each;
          int xs = from.sh() * (width / from.sw());
          int limit = !to.isWhole() ? out.length : bands > 1 ? yo + rows * to.columns() : last;
          t.windows(seen, xs, offsets[p], filters, wo, out, yo, limit, rows, to.columns(), aside);
          if (behind.length > 0) {
            FloatMeans.divide(out, yo, behind, firstRow * to.columns(), rows * to.columns());
          }
        }
        if (!first.to.isWhole()) {
          store(t, out, each, plane, firstRow);
        }
      }
    }
    FloatScratch.give(memory);
  }

  /// Copies what the outputs from row `first` on see of image `which`.
  private void fill(FloatTileLoops t, int which, int first, float[] image, float[] seen) {
    int begin = first * from.sh() - top;
    int above = Math.clamp(-begin, 0, height);
    int end = Math.clamp(from.h() - begin, above, height);
    int to = 0;
    for (int c = 0; c < from.channels(); c++) {
      int source = ((which * from.channels() + c) * from.h() + begin + above) * from.w();
      Arrays.fill(image, to, to + above * width + left, 0f);
      int at = to + above * width + left;
      t.widen(x, source, from.w(), from.w(), end - above, image, at, width);
      if (before.length > 0) {
        FloatMeans.divide(image, at, before, (begin + above) * width, (end - above) * width);
      }
      Arrays.fill(image, to + end * width + left, to + height * width + left, 0f);
      to += height * width;
    }
    for (int r = 0; r < residues.length && from.sw() > 1; r++) {
      int n = to / from.sw();
      if (from.sw() == 2) {
        t.everySecond(image, residues[r], n, seen, r * n, 0);
      } else {
        for (int j = 0, k = residues[r]; j < n; j++, k += from.sw()) {
          seen[r * n + j] = image[k];
        }
      }
    }
  }

  /// Stores the outputs of all parts, those of each from `out[p · each]` on, into a plane.
  private void store(FloatTileLoops t, float[] out, int each, int plane, int first) {
    for (int p = 0; p < offsets.length; p++) {
      FloatPlaces to = parts.get(p).to;
      int rows = Math.min(band, to.rows() - first);
      int columns = to.columns();
      boolean isPair = to.sw() == 2 && to.x0() == 0 && to.w() > 1;
      int other = isPair ? parts.get(p + 1).to.columns() : 0;
      for (int i = 0; i < rows; i++) {
        int at = p * each + i * columns;
        int yo = (plane * to.h() + to.y0() + (first + i) * to.sh()) * to.w() + to.x0();
        if (isPair) {
          t.zip(out, at, (p + 1) * each + i * other, other, y, yo);
          if (other < columns) {
            y[yo + 2 * other] = out[at + other];
          }
          continue;
        }
        for (int j = 0; j < columns; j++) {
          y[yo + j * to.sw()] = out[at + j];
        }
      }
      p += isPair ? 1 : 0;
    }
  }
}
