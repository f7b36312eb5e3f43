package dev.backlight.nn;

import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// A block of a transformer's encoder, or with causal attention of a decoder-only one: attention,
/// then two dense layers on every place, each with a way past and a normalisation. From (n, t, d)
/// to (n, t, d). A. Vaswani et al. (2017).
///
/// @param attention of the sequence to itself
/// @param norm1 of the attention
/// @param up from (d) to the wide inside
/// @param down back to (d)
/// @param norm2 of the dense layers
/// @param activation between the dense layers
/// @param dropout of what is added to the way past, in training, in `[0, 1)`
/// @param before whether normalisation comes before the layers, as in GPT, or behind the sum, as in
///   the paper
public record TransformerBlock(
    MultiHeadAttention attention,
    LayerNorm norm1,
    Linear up,
    Linear down,
    LayerNorm norm2,
    Layer activation,
    double dropout,
    boolean before)
    implements Layer {
  public TransformerBlock {
    Dropout.requireRate("transformerblock", dropout);
  }

  /// A new block of `F32` with GELU and normalisation before the layers.
  ///
  /// @param width d
  /// @param heads how many
  /// @param inner the width inside, usually 4d
  public static TransformerBlock of(int width, int heads, int inner, Key key) {
    Key[] keys = key.split(3);
    return new TransformerBlock(
        MultiHeadAttention.of(width, heads, keys[0]),
        LayerNorm.of(width),
        Linear.of(width, inner, Init.GLOROT, keys[1]),
        Linear.of(inner, width, Init.GLOROT, keys[2]),
        LayerNorm.of(width),
        Activation.GELU,
        0,
        true);
  }

  /// The same block, where no place sees what comes later.
  public TransformerBlock causally() {
    return with(attention.causally(), dropout, before);
  }

  /// The same block, with dropout in training, of the attention's weights too.
  public TransformerBlock dropout(double rate) {
    return with(attention.dropout(rate), rate, before);
  }

  /// The same block, with normalisation behind the sums.
  public TransformerBlock normalisingBehind() {
    return with(attention, dropout, false);
  }

  private TransformerBlock with(MultiHeadAttention other, double rate, boolean first) {
    return new TransformerBlock(other, norm1, up, down, norm2, activation, rate, first);
  }

  @Override
  public Tensor apply(Tensor x) {
    return apply(x, null, null);
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    return apply(x, null, pass);
  }

  @Override
  public boolean differsInTraining() {
    return dropout > 0 || attention.differsInTraining();
  }

  /// As [#apply(Tensor)], with a mask of where places may look.
  ///
  /// @param mask `BOOL`, broadcast to (n, heads, t, t), see [Positions#lengths]; `null` means
  ///   everywhere
  /// @param pass of training, or `null` at inference
  public Tensor apply(Tensor x, @Nullable Tensor mask, @Nullable Train pass) {
    return thought(looked(x, mask, pass), pass);
  }

  /// The attention's half.
  Tensor looked(Tensor x, @Nullable Tensor mask, @Nullable Train pass) {
    Tensor asked = before ? norm1.apply(x) : x;
    Tensor y = x.add(dropped(attention.attend(asked, asked, mask, pass), pass));
    return before ? y : norm1.apply(y);
  }

  /// The dense layers' half.
  Tensor thought(Tensor y, @Nullable Train pass) {
    Tensor read = before ? norm2.apply(y) : y;
    Tensor wide = dropped(activation.apply(up.apply(read)), pass);
    Tensor z = y.add(dropped(down.apply(wide), pass));
    return before ? z : norm2.apply(z);
  }

  Tensor dropped(Tensor x, @Nullable Train pass) {
    return pass == null || dropout == 0 ? x : x.dropout(dropout, pass.key());
  }
}
