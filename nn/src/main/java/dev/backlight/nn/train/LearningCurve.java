package dev.backlight.nn.train;

import dev.backlight.core.io.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// The losses of the epochs as a drawing (SVG): in training as a line, held out as a dashed one.
///
/// The file is written anew after every epoch, wholly or not at all, so a browser may watch it. It
/// loads nothing and follows light and dark. For one training at a time.
public final class LearningCurve implements Listener {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int LEFT = 64;
  private static final int TOP = 36;
  private static final int RIGHT = 624;
  private static final int BOTTOM = 320;

  private final Path file;
  private final List<Epoch> epochs = new ArrayList<>();

  private LearningCurve(Path file) {
    this.file = file;
  }

  /// A curve in this file.
  public static LearningCurve to(Path file) {
    return new LearningCurve(file);
  }

  @Override
  public void begin(Plan plan) {
    epochs.clear();
  }

  @Override
  public void resumed(List<Epoch> history) {
    epochs.addAll(history);
  }

  @Override
  public void epoch(Epoch epoch) {
    epochs.add(epoch);
    try {
      AtomicFile.writeString(file, svg(epochs));
    } catch (IOException e) {
      throw new UncheckedIOException("the curve " + file + " could not be written: " + e, e);
    }
  }

  /// The drawing of these epochs, such as the history of a [Fitted].
  public static String svg(List<Epoch> epochs) {
    if (epochs.isEmpty()) {
      throw new IllegalArgumentException("a learning curve needs at least 1 epoch, got none");
    }
    boolean held = epochs.getFirst().held() != null;
    double[] losses =
        epochs.stream()
            .flatMapToDouble(e -> DoubleStream.of(e.train().loss(), heldLoss(e)))
            .filter(Double::isFinite)
            .toArray();
    double low = Math.min(0, DoubleStream.of(losses).min().orElse(0));
    double high = DoubleStream.of(losses).max().orElse(1);
    Frame frame = new Frame(epochs.getFirst().number(), epochs.getLast().number(), low, high);
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" \
        aria-label="Loss of %d epochs">
        <style>svg{background:#fff;color:#222;font:12px sans-serif}\
        text{fill:currentColor}.grid{stroke:currentColor;opacity:.2}\
        .train,.held{fill:none;stroke-width:2}.train{stroke:#0072b2}.held{stroke:#d55e00;\
        stroke-dasharray:6 4}@media(prefers-color-scheme:dark){svg{background:#1b1b1b;\
        color:#ddd}.train{stroke:#56b4e9}.held{stroke:#e69f00}}</style>
        """
            .formatted(WIDTH, HEIGHT, epochs.size()));
    for (int i = 0; i <= 4; i++) {
      double value = frame.low() + i * (frame.high() - frame.low()) / 4;
      double y = frame.y(value);
      add(
          svg,
          "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
          LEFT,
          RIGHT,
          y,
          y);
      add(svg, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>", LEFT - 6, y + 4, value);
    }
    add(svg, "<text x=\"%d\" y=\"%d\">%d</text>", LEFT, BOTTOM + 18, frame.first());
    add(
        svg,
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">epoch %d</text>",
        RIGHT,
        BOTTOM + 18,
        frame.last());
    add(
        svg,
        "<path class=\"train\" d=\"M%d 18h28\"/><text x=\"%d\" y=\"22\">training</text>",
        LEFT,
        LEFT + 34);
    line(svg, "train", frame, epochs, epoch -> epoch.train().loss());
    if (held) {
      add(
          svg,
          "<path class=\"held\" d=\"M%d 18h28\"/><text x=\"%d\" y=\"22\">held out</text>",
          LEFT + 110,
          LEFT + 144);
      line(svg, "held", frame, epochs, LearningCurve::heldLoss);
    }
    return svg.append("</svg>\n").toString();
  }

  private static double heldLoss(Epoch epoch) {
    Score held = epoch.held();
    return held == null ? Double.NaN : held.loss();
  }

  private static void line(
      StringBuilder svg,
      String kind,
      Frame frame,
      List<Epoch> epochs,
      ToDoubleFunction<Epoch> loss) {
    StringBuilder points = new StringBuilder();
    for (Epoch epoch : epochs) {
      double value = loss.applyAsDouble(epoch);
      if (Double.isFinite(value)) {
        points.append(
            String.format(
                Locale.ROOT,
                "%s%.1f,%.1f",
                points.isEmpty() ? "" : " ",
                frame.x(epoch.number()),
                frame.y(value)));
      }
    }
    add(svg, "<polyline class=\"%s\" points=\"%s\"/>", kind, points);
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation is another library's
  private static void add(StringBuilder svg, String form, @Nullable Object... values) {
    svg.append(String.format(Locale.ROOT, form, values)).append('\n');
  }

  /// From epochs and losses to places of the drawing.
  private record Frame(int first, int last, double low, double high) {
    double x(int epoch) {
      return LEFT + (RIGHT - LEFT) * (epoch - first) / (double) Math.max(1, last - first);
    }

    double y(double loss) {
      double part = high > low ? (loss - low) / (high - low) : 0;
      return BOTTOM - (BOTTOM - TOP) * part;
    }
  }
}
