package dev.backlight.autodiff;

import static dev.backlight.core.Interpolation.CUBIC;
import static dev.backlight.core.Interpolation.LINEAR;
import static dev.backlight.core.Interpolation.NEAREST;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.Tensor;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/// The cases of resizing.
final class ResizingReferences {
  private final Map<String, Fn> all;

  private ResizingReferences(Map<String, Fn> all) {
    this.all = all;
  }

  static void addTo(Map<String, Fn> all) {
    ResizingReferences to = new ResizingReferences(all);
    to.sizes();
    to.patches();
    to.grids();
  }

  private void one(String name, UnaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0])});
  }

  private void two(String name, BinaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0], x[1])});
  }

  private void sizes() {
    one("resize/nearest", x -> x.resize(NEAREST, 5, 2));
    one("resize/linear", x -> x.resize(LINEAR, 5));
    one("resize", x -> x.resize(LINEAR, 5, 3));
    one("resize/corners", x -> x.resize(LINEAR, true, 5, 1));
    one("resize/cubic", x -> x.resize(CUBIC, 5, 3));
    one("resize/cubicCorners", x -> x.resize(CUBIC, true, 6, 3));
    one("resize/trilinear", x -> x.resize(LINEAR, 3, 1, 3));
    one("upsample", x -> x.upsample(NEAREST, 2));
    one("upsample/linear", x -> x.upsample(LINEAR, 3));
  }

  private void patches() {
    Conv2dOptions plain = Conv2dOptions.of();
    Conv2dOptions odd = plain.stride(2, 1).padding(1).dilation(1, 2);
    one("patches", x -> x.patches(2, 3, plain));
    one("patches/odd", x -> x.patches(2, 3, odd));
    one("fold", x -> x.fold(3, 4, 2, 3, plain));
    one("fold/odd", x -> x.fold(3, 4, 2, 3, odd));
    one("pixelShuffle", x -> x.pixelShuffle(2));
    one("pixelUnshuffle", x -> x.pixelUnshuffle(2));
  }

  private void grids() {
    two("gridSample", (x, grid) -> x.gridSample(grid, LINEAR, false, false));
    two("gridSample/border", (x, grid) -> x.gridSample(grid, LINEAR, true, true));
    two("gridSample/nearest", (x, grid) -> x.gridSample(grid, NEAREST, false, false));
    one("affineGrid", x -> x.affineGrid(3, 2, false));
    one("affineGrid/corners", x -> x.affineGrid(3, 1, true));
  }
}
