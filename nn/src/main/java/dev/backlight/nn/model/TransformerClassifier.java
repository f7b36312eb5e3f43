package dev.backlight.nn.model;

import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Embedding;
import dev.backlight.nn.Layer;
import dev.backlight.nn.LayerNorm;
import dev.backlight.nn.LearnedPositions;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Positions;
import dev.backlight.nn.Train;
import dev.backlight.nn.TransformerBlock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A classifier of sequences whose places look at each other: from tokens (n, t) of integers to
/// logits (n, classes), which a dense layer makes of the mean over all places. A. Vaswani et al.,
/// "Attention is all you need" (2017), the encoder, with normalisation before the layers.
///
/// On a tape the embeddings are labelled `embedding`, the blocks `block1`, `block2`, ..., the mean
/// `mean`, and the logits `out`.
///
/// @param tokens a row for every token
/// @param positions a row for every place
/// @param blocks which look everywhere
/// @param norm behind the last block
/// @param out from the mean over the places to the logits
public record TransformerClassifier(
    Embedding tokens,
    LearnedPositions positions,
    List<TransformerBlock> blocks,
    LayerNorm norm,
    Linear out)
    implements Layer {
  public TransformerClassifier {
    blocks = List.copyOf(blocks);
  }

  /// A new model of `F32`, with blocks that are twice as wide inside.
  ///
  /// @param vocabulary how many tokens there are
  /// @param places the length of the longest sequence
  /// @param width of an embedding, a multiple of the heads
  /// @param heads of every block
  /// @param blocks how many
  /// @param classes how many logits
  public static TransformerClassifier of(
      int vocabulary, int places, int width, int heads, int blocks, int classes, Key key) {
    Passes.require("transformer: places", places);
    Passes.require("transformer: blocks", blocks);
    Key[] keys = key.split(4);
    List<TransformerBlock> made = new ArrayList<>();
    for (int i = 0; i < blocks; i++) {
      made.add(TransformerBlock.of(width, heads, 2 * width, keys[2].fold(i)));
    }
    Tensor positions = LearnedPositions.of(places, width, keys[1]).weight();
    return new TransformerClassifier(
        Embedding.of(vocabulary, width, keys[0]),
        new LearnedPositions(positions.mul(50)),
        made,
        LayerNorm.of(width),
        Linear.of(width, classes, keys[3]));
  }

  /// The same model, with dropout in training.
  public TransformerClassifier dropout(double rate) {
    List<TransformerBlock> dropping = blocks.stream().map(b -> b.dropout(rate)).toList();
    return new TransformerClassifier(tokens, positions, dropping, norm, out);
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
    return blocks.stream().anyMatch(Layer::differsInTraining);
  }

  /// As [#apply(Tensor)], for sequences of different lengths.
  ///
  /// @param lengths (n) of integers up to `t`, behind which nothing is looked at, and of nothing
  ///   the mean is 0; `null` if all are whole
  /// @param pass of training, or `null` at inference
  public Tensor apply(Tensor x, @Nullable Tensor lengths, @Nullable Train pass) {
    int places = positions.weight().size(0);
    if (x.rank() != 2 || x.dtype().isFloat() || x.size(1) > places) {
      throw new ShapeException(
          "this classifier needs tokens (n, t) of integers with t of at most "
              + places
              + ", got "
              + x.spec());
    }
    Tensor mask = lengths == null ? null : Positions.lengths(lengths, x.size(1));
    Tensor y = positions.apply(tokens.apply(x)).named("embedding");
    for (int i = 0; i < blocks.size(); i++) {
      y = blocks.get(i).apply(y, mask, pass).named("block" + (i + 1));
    }
    return out.apply(mean(norm.apply(y), mask).named("mean")).named("out");
  }

  private static Tensor mean(Tensor y, @Nullable Tensor mask) {
    if (mask == null) {
      return y.mean(1);
    }
    Tensor within = mask.reshape(y.size(0), y.size(1), 1);
    Tensor none = Tensor.zeros(Shape.SCALAR, y.dtype());
    return within.where(y, none).sum(1).divNoNan(within.to(y.dtype()).sum(1));
  }
}
