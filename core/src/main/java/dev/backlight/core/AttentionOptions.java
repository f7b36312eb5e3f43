package dev.backlight.core;

import org.jspecify.annotations.Nullable;

/// How [TensorNeural#attention(Tensor, Tensor, AttentionOptions)] attends.
///
/// @param heads into how many contiguous parts the features are split, each attending on its own
/// @param causal whether query `i` sees only the keys `0..i`
/// @param scale what the scores are multiplied by; `null` means `1 / √(features of one head)`
/// @param mask where a query may look, `BOOL`, or what is added to the scores, of their dtype; it
///   broadcasts to (…, heads, queries, keys); `null` means everywhere
public record AttentionOptions(
    int heads, boolean causal, @Nullable Double scale, @Nullable Tensor mask) {
  public AttentionOptions {
    if (heads < 1) {
      throw new IllegalArgumentException("attention needs at least 1 head, got " + heads);
    }
  }

  /// One head that sees everything.
  public static AttentionOptions of() {
    return new AttentionOptions(1, false, null, null);
  }

  /// With so many heads.
  public AttentionOptions heads(int heads) {
    return new AttentionOptions(heads, causal, scale, mask);
  }

  /// Where no query sees a later key.
  public AttentionOptions causally() {
    return new AttentionOptions(heads, true, scale, mask);
  }

  /// With another factor for the scores.
  public AttentionOptions scale(double scale) {
    return new AttentionOptions(heads, causal, scale, mask);
  }

  /// With a mask: `BOOL`, true where a query may look, or numbers to be added to the scores.
  public AttentionOptions mask(Tensor mask) {
    return new AttentionOptions(heads, causal, scale, mask);
  }
}
