package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.ConvOptions;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/// The cases of convolutions.
final class ImagesReferences {
  private final Map<String, Fn> all;

  private ImagesReferences(Map<String, Fn> all) {
    this.all = all;
  }

  static void addTo(Map<String, Fn> all) {
    ImagesReferences to = new ImagesReferences(all);
    to.forward();
    to.transposed();
  }

  private void two(String name, BinaryOperator<Tensor> f) {
    all.put(name, x -> new Tensor[] {f.apply(x[0], x[1])});
  }

  private void forward() {
    ConvOptions plain = ConvOptions.of();
    two("conv1d", (x, w) -> x.conv1d(w, plain));
    ConvOptions odd1 = plain.stride(2).padding(List.of(2), List.of(1)).dilation(2).groups(2);
    two("conv1d/odd", (x, w) -> x.conv1d(w, odd1));
    two("conv2d", (x, w) -> x.conv2d(w, Conv2dOptions.of()));
    Conv2dOptions odd2 = new Conv2dOptions(2, 1, 1, 2, 1, 2, 2);
    two("conv2d/odd", (x, w) -> x.conv2d(w, odd2));
    ConvOptions uneven = plain.stride(2, 1).padding(List.of(2, 0), List.of(0, 1));
    two("conv2d/uneven", (x, w) -> x.conv2d(w, uneven));
    two("conv3d", (x, w) -> x.conv3d(w, plain));
    ConvOptions odd3 = plain.stride(2, 1, 2).padding(1, 0, 1).dilation(1, 2, 1).groups(2);
    two("conv3d/odd", (x, w) -> x.conv3d(w, odd3));
  }

  private void transposed() {
    ConvOptions plain = ConvOptions.of();
    two("convTranspose1d", (x, w) -> x.convTranspose1d(w, plain));
    ConvOptions odd1 = plain.stride(3).padding(2).outputPadding(2).dilation(2).groups(2);
    two("convTranspose1d/odd", (x, w) -> x.convTranspose1d(w, odd1));
    two("convTranspose2d", (x, w) -> x.convTranspose2d(w, plain));
    ConvOptions odd2 =
        plain.stride(2, 1).padding(1, 0).outputPadding(1, 1).dilation(1, 2).groups(2);
    two("convTranspose2d/odd", (x, w) -> x.convTranspose2d(w, odd2));
    ConvOptions uneven = plain.stride(2).padding(List.of(1, 0), List.of(0, 2));
    two("convTranspose2d/uneven", (x, w) -> x.convTranspose2d(w, uneven));
    two("convTranspose3d", (x, w) -> x.convTranspose3d(w, plain));
    ConvOptions odd3 = plain.stride(2, 1, 2).padding(1, 0, 1).outputPadding(1, 0, 1).groups(2);
    two("convTranspose3d/odd", (x, w) -> x.convTranspose3d(w, odd3));
  }
}
