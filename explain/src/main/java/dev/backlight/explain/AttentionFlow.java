package dev.backlight.explain;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Tape;
import dev.backlight.autodiff.Trace;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/// Which tokens a transformer's answer comes from, by its attention weights (n, heads, t, t), block
/// by block.
///
/// @param layers the labels of the attention weights, first block first, see `Tensor.named`
public record AttentionFlow(List<String> layers) {
  public AttentionFlow {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException(
          "attention-flow needs the labels of attention weights, got none");
    }
  }

  /// The blocks of a model, by the labels of their attention weights.
  public static AttentionFlow of(String... layers) {
    return new AttentionFlow(List.of(layers));
  }

  /// By how much the answer moves per unit of each attention weight, (n, heads, t, t) for every
  /// block, in Tensor language.
  public List<Tensor> gradients(Function<Tensor, Tensor> model, Tensor x, Target target) {
    return trace(model, x, target).arrived();
  }

  /// Attention as it flows through all blocks: per block `mean over heads of A, + I`, its rows
  /// brought to the sum 1, later blocks multiplied from the left; (n, t, t), a row for each token
  /// of the last block. It asks nothing of the answer. S. Abnar, W. Zuidema, "Quantifying attention
  /// flow in transformers" (2020).
  public Tensor rollout(Function<Tensor, Tensor> model, Tensor x) {
    Recorded.requireBatch(x);
    Tape<Tensor, Tensor> tape = Tape.record(model, x);
    Tensor flow = null;
    for (Tensor weights : tape.at(nodes(tape)).run(x)) {
      Tensor block = heads(weights).mean(1);
      block = block.add(identity(block));
      block = block.div(block.sum(2).unsqueeze(2));
      flow = flow == null ? block : block.matmul(flow);
    }
    return Objects.requireNonNull(flow);
  }

  /// Attention as far as it serves the answer: from `R = I`, per block `R ← R + mean over heads of
  /// max(0, A ∂f/∂A) · R`; (n, t, t). H. Chefer, S. Gur, L. Wolf, "Generic attention-model
  /// explainability" (2021).
  public Tensor relevance(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Trace<Tensor> trace = trace(model, x, target);
    Tensor flow = null;
    for (int k = 0; k < layers.size(); k++) {
      Tensor weights = heads(trace.primals().get(k));
      Tensor block = weights.mul(trace.arrived().get(k)).relu().mean(1);
      if (flow == null) {
        flow = identity(block).expand(block.shape());
      }
      flow = flow.add(block.matmul(flow));
    }
    return Objects.requireNonNull(flow);
  }

  private Trace<Tensor> trace(Function<Tensor, Tensor> model, Tensor x, Target target) {
    Recorded.requireBatch(x);
    Recorded recorded = Recorded.of(model, x, target.decided(() -> model.apply(x)));
    return recorded
        .tape()
        .trace(BackwardRule.CHAIN, Function.identity(), nodes(recorded.tape()))
        .run(x);
  }

  private List<Node> nodes(Tape<Tensor, Tensor> tape) {
    return layers.stream().map(layer -> Layers.labelled(tape, layer)).toList();
  }

  private static Tensor heads(Tensor weights) {
    if (weights.rank() != 4 || weights.size(2) != weights.size(3)) {
      throw new ShapeException(
          "attention-flow needs weights (n, heads, t, t), got " + weights.shape());
    }
    return weights;
  }

  private static Tensor identity(Tensor like) {
    int t = like.size(-1);
    return Tensor.eye(t, like.dtype()).unsqueeze(0).expand(like.shape());
  }
}
