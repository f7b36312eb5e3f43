package dev.backlight.core;

/// One operation seen over a batch: what a batching rule may look at.
///
/// Some inputs have a leading axis of [#size()] examples, the others are shared by all. A rule
/// answers every output with such a leading axis, in Tensor language, as if the op had run once for
/// each example.
public final class Batch {
  private final int size;
  private final Tensor[] inputs;
  private final boolean[] mapped;

  /// `mapped` tells which inputs have the leading axis of `size` examples.
  public Batch(int size, Tensor[] inputs, boolean[] mapped) {
    this.size = size;
    this.inputs = inputs;
    this.mapped = mapped;
  }

  /// How many examples there are.
  public int size() {
    return size;
  }

  /// How many inputs there are.
  public int inputs() {
    return inputs.length;
  }

  /// Whether input `i` has the leading axis.
  public boolean isMapped(int i) {
    return mapped[i];
  }

  /// Input `i` as it came: with the leading axis if it is mapped, without if it is shared.
  public Tensor x(int i) {
    return inputs[i];
  }

  /// Input `i` with the leading axis: a shared input is repeated along it.
  public Tensor all(int i) {
    Tensor x = inputs[i];
    return mapped[i] ? x : x.expand(x.shape().prepend(size));
  }

  /// All inputs with the leading axis.
  public Tensor[] all() {
    Tensor[] all = new Tensor[inputs.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = all(i);
    }
    return all;
  }

  /// The shape of input `i` for one example.
  public Shape one(int i) {
    Shape shape = inputs[i].shape();
    return mapped[i] ? shape.without(0) : shape;
  }
}
