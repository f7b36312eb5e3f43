package dev.backlight.core.op;

import dev.backlight.core.Batch;
import dev.backlight.core.Block;
import dev.backlight.core.Op;
import dev.backlight.core.Site;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.kernel.DoubleLoops;
import dev.backlight.core.kernel.FloatLoops;
import org.jspecify.annotations.Nullable;

/// The elementwise sum: `z = x + y`, both of one shape; integers wrap around.
public record Add() implements Op.Linear {
  /// The one there is.
  public static final Add OP = new Add();

  @Override
  public boolean keepsSpec() {
    return true;
  }

  @Override
  public boolean isPointwise() {
    return true;
  }

  @Override
  public Spec[] infer(Spec... in) {
    Check.inputs(this, 2, in);
    Check.numbers(this, in);
    Check.same(this, in);
    return new Spec[] {in[0]};
  }

  @Override
  public void run(Block[] in, Block[] out) {
    Loop.pairs(in, out, FloatLoops::add, DoubleLoops::add, (x, y) -> x + y, (x, y) -> x + y);
  }

  @Override
  public @Nullable Tensor vjp(int i, Site at) {
    return at.g();
  }

  @Override
  public Tensor[] batch(Batch at) {
    return Tensor.applyAll(this, at.all());
  }
}
