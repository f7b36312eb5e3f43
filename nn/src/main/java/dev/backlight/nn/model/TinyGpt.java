package dev.backlight.nn.model;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Embedding;
import dev.backlight.nn.Layer;
import dev.backlight.nn.LayerNorm;
import dev.backlight.nn.LearnedPositions;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Losses;
import dev.backlight.nn.Train;
import dev.backlight.nn.TransformerBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A small language model: a transformer whose places see only what came before, from tokens (n, t)
/// of integers to logits of the next token at every place, (n, t, v). A. Radford et al., "Language
/// models are unsupervised multitask learners" (2019), with its normalisation before the layers and
/// learned positions.
///
/// On a tape the embeddings are labelled `embedding`, the blocks `block1`, `block2`, ..., and the
/// logits `logits`.
///
/// @param tokens a row for every token
/// @param positions a row for every place
/// @param blocks causal ones
/// @param norm behind the last block
/// @param head to the logits, without a bias
public record TinyGpt(
    Embedding tokens,
    LearnedPositions positions,
    List<TransformerBlock> blocks,
    LayerNorm norm,
    Linear head)
    implements Layer {
  public TinyGpt {
    blocks = List.copyOf(blocks);
  }

  /// A new model of `F32`: embeddings and positions are drawn with deviation 0.02, the dense layers
  /// by [dev.backlight.nn.Init#GLOROT], and the blocks are four times as wide inside.
  ///
  /// @param vocabulary v, how many tokens there are
  /// @param places how many tokens it sees at most
  /// @param width of an embedding, a multiple of the heads
  /// @param heads of every block
  /// @param blocks how many
  public static TinyGpt of(int vocabulary, int places, int width, int heads, int blocks, Key key) {
    Passes.require("gpt: places", places);
    Passes.require("gpt: blocks", blocks);
    Key[] keys = key.split(4);
    List<TransformerBlock> made = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      made.add(TransformerBlock.of(width, heads, 4 * width, keys[2].fold(i)).causally());
    }
    Embedding drawn = Embedding.of(vocabulary, width, keys[0]);
    return new TinyGpt(
        new Embedding(drawn.weight().mul(0.02)),
        LearnedPositions.of(places, width, keys[1]),
        made,
        LayerNorm.of(width),
        Linear.of(width, vocabulary, keys[3]).withoutBias());
  }

  /// The same model, with dropout in training.
  public TinyGpt dropout(double rate) {
    List<TransformerBlock> dropping = blocks.stream().map(b -> b.dropout(rate)).toList();
    return new TinyGpt(tokens, positions, dropping, norm, head);
  }

  /// The loss to train with: the cross-entropy of the next token, in nats, the mean over examples
  /// and places.
  ///
  /// @param logits (n, t, v)
  /// @param next the tokens that come next, (n, t) of `I32` or `I64`
  public static Tensor loss(Tensor logits, Tensor next) {
    if (logits.rank() != 3 || !next.shape().equals(Shape.of(logits.size(0), logits.size(1)))) {
      throw new ShapeException(
          "the next tokens need logits (n, t, v) and tokens (n, t), got "
              + logits.shape()
              + " and "
              + next.shape());
    }
    return Losses.crossEntropy(logits.reshape(next.elements(), logits.size(2)), next.flatten());
  }

  @Override
  public Tensor apply(Tensor x) {
    return apply(x, null);
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    return apply(x, pass);
  }

  @Override
  public boolean differsInTraining() {
    return blocks.stream().anyMatch(Layer::differsInTraining);
  }

  private Tensor apply(Tensor x, @Nullable Train pass) {
    int places = positions.weight().size(0);
    if (x.rank() != 2 || x.dtype().isFloat() || x.size(1) > places) {
      throw new ShapeException(
          "this gpt needs tokens (n, t) of integers with t of at most "
              + places
              + ", got "
              + x.spec());
    }
    Tensor y = positions.apply(tokens.apply(x)).named("embedding");
    for (int i = 0; i < blocks.size(); i++) {
      y = Passes.of(blocks.get(i), y, pass).named("block" + (i + 1));
    }
    return head.apply(norm.apply(y)).named("logits");
  }

  /// Goes on with a text: each token is drawn from the model's distribution, and at temperature 0
  /// is the likeliest. What lies further back than the model sees is forgotten.
  ///
  /// @param prompt how it begins, at least one token
  /// @param more how many tokens to add
  /// @param temperature by which the logits are divided, at least 0
  /// @return prompt and continuation
  public int[] generate(int[] prompt, int more, double temperature, Key key) {
    if (prompt.length == 0 || more < 0 || !(temperature >= 0)) {
      throw new IllegalArgumentException(
          "generating needs a prompt, a count and a temperature of at least 0, got "
              + prompt.length
              + " tokens, "
              + more
              + " and "
              + temperature);
    }
    int places = positions.weight().size(0);
    int[] text = Arrays.copyOf(prompt, prompt.length + more);
    for (int end = prompt.length; end < text.length; end++) {
      int[] seen = Arrays.copyOfRange(text, Math.max(0, end - places), end);
      Tensor logits = apply(Tensor.of(Shape.of(1, seen.length), seen));
      Tensor last = logits.slice(1, seen.length - 1, seen.length).flatten().to(DType.F64);
      text[end] = (int) drawn(last, temperature, key.fold(end)).argmax().item();
    }
    return text;
  }

  /// The largest of these is a draw from the softmax: E. J. Gumbel (1954).
  private static Tensor drawn(Tensor logits, double temperature, Key key) {
    if (temperature == 0) {
      return logits;
    }
    Tensor u = key.uniform(logits.shape(), DType.F64, Double.MIN_NORMAL, 1);
    return logits.div(temperature).sub(u.log().neg().log());
  }
}
