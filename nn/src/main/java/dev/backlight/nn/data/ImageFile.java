package dev.backlight.nn.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/// The only class that touches Java's own image library, so that all others load without it.
final class ImageFile {
  /// An image of more pixels is refused before it is unpacked.
  private static final long MOST = 1L << 25;

  private ImageFile() {}

  /// Red, green and blue from 0 to 1, row by row.
  record Pixels(int height, int width, float[] rgb) {
    /// Each pixel as the mean of what it covers here.
    Pixels sized(int h, int w) {
      return h == height && w == width ? this : wide(w).high(h);
    }

    private Pixels wide(int w) {
      float[] to = new float[3 * height * w];
      for (int row = 0; row < height; row++) {
        for (int x = 0; x < w; x++) {
          for (int c = 0; c < 3; c++) {
            to[3 * (row * w + x) + c] =
                mean(3 * row * width + c, 3, (double) x * width / w, (x + 1.0) * width / w, width);
          }
        }
      }
      return new Pixels(height, w, to);
    }

    private Pixels high(int h) {
      float[] to = new float[3 * h * width];
      for (int y = 0; y < h; y++) {
        for (int i = 0; i < 3 * width; i++) {
          to[3 * y * width + i] =
              mean(i, 3 * width, (double) y * height / h, (y + 1.0) * height / h, height);
        }
      }
      return new Pixels(h, width, to);
    }

    /// The mean over `[from, to)` of n numbers that lie `step` apart.
    private float mean(int at, int step, double from, double to, int n) {
      double sum = 0;
      for (int i = (int) from; i < n && i < to; i++) {
        double covered = Math.min(i + 1, to) - Math.max(i, from);
        sum += covered * rgb[at + i * step];
      }
      return (float) (sum / (to - from));
    }

    /// Writes channel after channel.
    void write(float[] to, int at, boolean grey) {
      int n = height * width;
      for (int i = 0; i < n; i++) {
        if (grey) {
          to[at + i] = 0.299f * rgb[3 * i] + 0.587f * rgb[3 * i + 1] + 0.114f * rgb[3 * i + 2];
        } else {
          to[at + i] = rgb[3 * i];
          to[at + n + i] = rgb[3 * i + 1];
          to[at + 2 * n + i] = rgb[3 * i + 2];
        }
      }
    }
  }

  static Pixels read(Path file) {
    try (InputStream in = Files.newInputStream(file);
        ImageInputStream image = new MemoryCacheImageInputStream(in)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(image);
      if (!readers.hasNext()) {
        throw new DataException(file + ": an image is needed, got another kind of file");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(image, true, true);
        long height = reader.getHeight(0);
        long width = reader.getWidth(0);
        if (height * width > MOST) {
          throw new DataException(
              "%s: an image of at most %d pixels is needed, got %d by %d"
                  .formatted(file, MOST, height, width));
        }
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((_, warning) -> warnings.add(warning));
        BufferedImage whole = reader.read(0);
        if (!warnings.isEmpty()) {
          // The decoders make up what is missing, and call that a warning.
          throw new DataException(
              file + ": a whole image is needed, got one with: " + warnings.getFirst());
        }
        return pixels(whole);
      } finally {
        reader.dispose();
      }
    } catch (DataException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The decoders throw whatever comes when an image is broken.
      throw new DataException(file + ": a whole image is needed, got " + e, e);
    }
  }

  private static Pixels pixels(BufferedImage image) {
    int h = image.getHeight();
    int w = image.getWidth();
    float[] rgb = new float[3 * h * w];
    Raster raster = image.getRaster();
    // The library holds grey values for linear light and would brighten them.
    boolean grey = raster.getNumBands() <= 2 && !(image.getColorModel() instanceof IndexColorModel);
    int whole = (1 << Math.min(16, raster.getSampleModel().getSampleSize(0))) - 1;
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int at = 3 * (y * w + x);
        if (grey) {
          float alpha = raster.getNumBands() == 2 ? raster.getSample(x, y, 1) / (float) whole : 1;
          float value = raster.getSample(x, y, 0) / (float) whole;
          rgb[at] = rgb[at + 1] = rgb[at + 2] = onWhite(value, alpha);
        } else {
          int argb = image.getRGB(x, y);
          float alpha = (argb >>> 24) / 255f;
          rgb[at] = onWhite((argb >> 16 & 255) / 255f, alpha);
          rgb[at + 1] = onWhite((argb >> 8 & 255) / 255f, alpha);
          rgb[at + 2] = onWhite((argb & 255) / 255f, alpha);
        }
      }
    }
    return new Pixels(h, w, rgb);
  }

  private static float onWhite(float value, float alpha) {
    return alpha == 1 ? value : value * alpha + (1 - alpha);
  }
}
