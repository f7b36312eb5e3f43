package dev.backlight.autodiff;

import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.MatMul;
import dev.backlight.core.op.View;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A matrix product that reads its factors, and writes its elements, where they lie in other
/// tensors. Made by [ViewFolding] for players; it has no derivative, because derivatives are taken
/// of tapes.
record ViewedProduct(MatMul op, View x, View y, View z) implements Op.Nested {
  @Override
  public String name() {
    return op.name();
  }

  @Override
  public Spec[] infer(Spec... in) {
    throw new UnsupportedOperationException("a viewed product is made with its specs");
  }

  @Override
  public void run(Block[] in, Block[] out) {
    planned(new Spec[0], new Spec[] {out[0].spec()}).run(in, out);
  }

  @Override
  public Kernel planned(Spec[] in, Spec[] out) {
    return Objects.requireNonNull(
        op.planned(x, y, z, out[0].dtype()), "only views that a kernel can read are made");
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    throw new UnsupportedOperationException(
        "derivatives are taken of tapes, not of what players run");
  }

  @Override
  public long flops(Spec[] in, Spec[] out) {
    Spec made = out[0];
    return op.flops(new Spec[] {made.with(x.shape())}, new Spec[] {made.with(z.shape())});
  }
}
