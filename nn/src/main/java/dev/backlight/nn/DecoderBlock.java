package dev.backlight.nn;

import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// A block of a transformer's decoder: causal attention to itself, attention to a memory, then two
/// dense layers on every place, each with a way past and a normalisation. A. Vaswani et al. (2017).
///
/// @param own causal attention of the sequence to itself, with its norms and dense layers
/// @param cross attention to the memory
/// @param norm of the attention to the memory
public record DecoderBlock(TransformerBlock own, MultiHeadAttention cross, LayerNorm norm) {
  /// A new block of `F32` with GELU and normalisation before the layers.
  ///
  /// @param width d
  /// @param heads how many
  /// @param inner the width inside, usually 4d
  public static DecoderBlock of(int width, int heads, int inner, Key key) {
    Key[] keys = key.split(2);
    return new DecoderBlock(
        TransformerBlock.of(width, heads, inner, keys[0]).causally(),
        MultiHeadAttention.of(width, heads, keys[1]),
        LayerNorm.of(width));
  }

  /// The same block, with dropout in training.
  public DecoderBlock dropout(double rate) {
    return new DecoderBlock(own.dropout(rate), cross.dropout(rate), norm);
  }

  /// The same block, with normalisation behind the sums.
  public DecoderBlock normalisingBehind() {
    return new DecoderBlock(own.normalisingBehind(), cross, norm);
  }

  /// The outputs (n, t, d) of a sequence that looks at a memory.
  ///
  /// @param x (n, t, d)
  /// @param memory (n, s, d)
  public Tensor apply(Tensor x, Tensor memory) {
    return apply(x, memory, null, null);
  }

  /// As [#apply(Tensor, Tensor)], with a mask of where the memory may be looked at.
  ///
  /// @param mask `BOOL`, broadcast to (n, heads, t, s), see [Positions#lengths]; `null` means
  ///   everywhere
  /// @param pass of training, or `null` at inference
  public Tensor apply(Tensor x, Tensor memory, @Nullable Tensor mask, @Nullable Train pass) {
    Tensor y = own.looked(x, null, pass);
    Tensor asked = own.before() ? norm.apply(y) : y;
    y = y.add(own.dropped(cross.attend(asked, memory, mask, pass), pass));
    y = own.before() ? y : norm.apply(y);
    return own.thought(y, pass);
  }
}
