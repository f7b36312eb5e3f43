package dev.backlight.nn;

import dev.backlight.core.AttentionOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// Attention of several heads: every query looks at all keys, and answers a mixture of their
/// values. From (n, t, d) to (n, t, d). A. Vaswani et al., "Attention is all you need" (2017).
///
/// @param query from (d) to the queries of all heads, side by side
/// @param key the same for keys
/// @param value the same for values
/// @param out from the joined heads to (d)
/// @param heads how many
/// @param causal whether a query sees only what does not come later
/// @param rotary whether queries and keys are turned by their [Positions#rotary]
/// @param dropout of the weights in training, in `[0, 1)`
public record MultiHeadAttention(
    Linear query,
    Linear key,
    Linear value,
    Linear out,
    int heads,
    boolean causal,
    boolean rotary,
    double dropout)
    implements Layer {
  public MultiHeadAttention {
    Dropout.requireRate("attention", dropout);
    if (heads < 1) {
      throw new IllegalArgumentException("attention needs at least 1 head, got " + heads);
    }
  }

  /// A new layer of `F32` that looks everywhere, drawn by [Init#GLOROT], with biases of zeros.
  public static MultiHeadAttention of(int width, int heads, Key draw) {
    return of(width, heads, DType.F32, draw);
  }

  /// A new layer that looks everywhere, drawn by [Init#GLOROT], with biases of zeros.
  public static MultiHeadAttention of(int width, int heads, DType dtype, Key draw) {
    if (heads < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "attention needs a width in equal heads, got " + width + " in " + heads);
    }
    Key[] keys = draw.split(4);
    return new MultiHeadAttention(
        Linear.of(width, width, Init.GLOROT, dtype, keys[0]),
        Linear.of(width, width, Init.GLOROT, dtype, keys[1]),
        Linear.of(width, width, Init.GLOROT, dtype, keys[2]),
        Linear.of(width, width, Init.GLOROT, dtype, keys[3]),
        heads,
        false,
        false,
        0);
  }

  /// The same layer, where no query sees what comes later.
  public MultiHeadAttention causally() {
    return new MultiHeadAttention(query, key, value, out, heads, true, rotary, dropout);
  }

  /// The same layer, with rotary positions.
  public MultiHeadAttention rotating() {
    return new MultiHeadAttention(query, key, value, out, heads, causal, true, dropout);
  }

  /// The same layer, with dropout of the weights in training.
  public MultiHeadAttention dropout(double rate) {
    return new MultiHeadAttention(query, key, value, out, heads, causal, rotary, rate);
  }

  /// Every place of a sequence looks at the sequence itself.
  @Override
  public Tensor apply(Tensor x) {
    return attend(x, x, null, null);
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    return attend(x, x, null, pass);
  }

  @Override
  public boolean differsInTraining() {
    return dropout > 0;
  }

  /// Every place of one sequence looks at another.
  ///
  /// @param x (n, t, d), which asks
  /// @param memory (n, s, d), which is looked at
  /// @param mask where it may look: `BOOL`, broadcast to (n, heads, t, s), see [Positions#lengths];
  ///   `null` means everywhere
  /// @param pass of training, or `null` at inference
  public Tensor attend(Tensor x, Tensor memory, @Nullable Tensor mask, @Nullable Train pass) {
    if (x.rank() != 3 || memory.rank() != 3) {
      throw new ShapeException(
          "attention needs (n, t, d) and (n, s, d), got " + x.shape() + " and " + memory.shape());
    }
    Tensor q = query.apply(x);
    Tensor k = key.apply(memory);
    if (rotary) {
      q = Positions.rotary(q, heads);
      k = Positions.rotary(k, heads);
    }
    AttentionOptions options = AttentionOptions.of().heads(heads);
    options = causal ? options.causally() : options;
    options = mask == null ? options : options.mask(mask);
    Tensor v = value.apply(memory);
    if (pass == null || dropout == 0) {
      return out.apply(q.attention(k, v, options));
    }
    Tensor weights = q.attentionWeights(k, options).dropout(dropout, pass.key());
    int n = v.size(0);
    Tensor apart = v.reshape(n, v.size(1), heads, v.size(2) / heads).swap(1, 2);
    return out.apply(weights.matmul(apart).swap(1, 2).reshape(n, x.size(1), v.size(2)));
  }
}
