package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Trace;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Where in a layer of channels the answer comes from: a map (n, 1, h, w) of the layer's places,
/// from its activations A and the gradients g = ∂f/∂A there.
///
/// The last layer of convolutions is usual. With one row of places, or volumes, it works as well.
///
/// @param kind how channels are weighed
/// @param layer the label of the layer (n, channels, …), see `Tensor.named`
/// @param positive whether negative places become 0
public record ClassActivationMap(Kind kind, String layer, boolean positive) {
  private static final double EPSILON = 1e-12;

  /// How channels are weighed.
  public enum Kind {
    /// `Σ꜀ mean(g) A`: Grad-CAM. R. Selvaraju et al. (2017).
    GRAD_CAM,
    /// `Σ꜀ wA` with `w = Σ α relu(g)` and `α = g² / (2 g² + Σ A g³)`: Grad-CAM++. A. Chattopadhay
    /// et al. (2018).
    GRAD_CAM_PLUS_PLUS,
    /// `Σ꜀ g A`, which for a linear head is exact: HiRes-CAM. R. Draelos, L. Carin (2020).
    HIRES_CAM,
    /// `Σ꜀ relu(g) A`, which also serves early layers: Layer-CAM. P. Jiang et al. (2021).
    LAYER_CAM
  }

  /// A map of a layer in which negative places become 0.
  public static ClassActivationMap of(Kind kind, String layer) {
    return new ClassActivationMap(kind, layer, true);
  }

  /// The map of every example, (n, 1, …) with the layer's places, in Tensor language.
  public Tensor map(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Target decided = target.decided(() -> model.apply(x));
    Recorded recorded = Recorded.of(model, x, decided);
    Node node = Layers.labelled(recorded.tape(), layer);
    Trace<Tensor> trace =
        recorded.tape().trace(BackwardRule.CHAIN, Function.identity(), List.of(node)).run(x);
    Tensor a = trace.primals().getFirst();
    Tensor g = trace.arrived().getFirst();
    if (a.rank() < 3) {
      throw new ShapeException(
          "a class activation map needs a layer (n, channels, places …), got " + a.shape());
    }
    int[] places = IntStream.range(2, a.rank()).toArray();
    Tensor weighted =
        switch (kind) {
          case GRAD_CAM -> each(g.mean(places), a).mul(a);
          case HIRES_CAM -> g.mul(a);
          case LAYER_CAM -> g.relu().mul(a);
          case GRAD_CAM_PLUS_PLUS -> {
            Tensor square = g.square();
            Tensor all = each(a.mul(square.mul(g)).sum(places), a);
            Tensor share = square.div(square.mul(2).add(all).add(EPSILON));
            yield each(share.mul(g.relu()).sum(places), a).mul(a);
          }
        };
    Tensor map = weighted.sum(1).unsqueeze(1);
    return positive ? map.relu() : map;
  }

  /// One number for every channel, (n, channels), on all of its places.
  private static Tensor each(Tensor channels, Tensor like) {
    int[] sizes = new int[like.rank()];
    Arrays.fill(sizes, 1);
    sizes[0] = like.size(0);
    sizes[1] = like.size(1);
    return channels.reshape(Shape.of(sizes)).expand(like.shape());
  }

  /// Guided Grad-CAM and its kin: [GuidedBackprop] times the map enlarged to the size of the images
  /// (n, c, h, w), each pixel as the nearest place.
  public Tensor guided(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Target decided = target.decided(() -> model.apply(x));
    Tensor map = map(model, x, decided);
    if (x.rank() != 4 || map.rank() != 4) {
      throw new ShapeException(
          "a guided map needs images (n, c, h, w), got " + x.shape() + " and a map " + map.shape());
    }
    return new GuidedBackprop()
        .scores(model, x, decided)
        .mul(enlarged(map, x.size(2), x.size(3)).expand(x.shape()));
  }

  private static Tensor enlarged(Tensor map, int height, int width) {
    Tensor rows = map.take(2, places(height, map.size(2)));
    return rows.take(3, places(width, map.size(3)));
  }

  private static Tensor places(int large, int small) {
    return Tensor.of(
        IntStream.range(0, large).map(i -> (int) ((long) i * small / large)).toArray());
  }
}
