package dev.backlight.onnx.op;

import dev.backlight.core.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Losses of class scores (n, c, ...) and labels (n, ...).
final class Losses {
  private Losses() {}

  static void addTo(Operators all) {
    all.one(
        "NegativeLogLikelihoodLoss",
        node -> loss(node, node.atLeast(2, 0), node.x(1), node.optional(2)));
    all.add(
        "SoftmaxCrossEntropyLoss",
        node -> {
          Tensor logs = node.atLeast(2, 0).logSoftmax(1);
          Tensor loss = loss(node, logs, node.x(1), node.optional(2));
          return List.of(node.like(loss), node.like(logs));
        });
  }

  private static Tensor loss(NodeCall node, Tensor logs, Tensor labels, @Nullable Tensor weight) {
    String reduction =
        NodeCall.oneOf("reduction", node.text("reduction", "mean"), "none", "mean", "sum");
    int classes = logs.size(1);
    Tensor seen = labels;
    Tensor kept = null;
    if (node.given("ignore_index")) {
      kept = labels.ne((double) node.integer("ignore_index"));
      seen = kept.where(labels, NodeCall.scalar(0, labels.dtype()));
    }
    Tensor index = NodeCall.index(seen, classes);
    Tensor picked = logs.takeAlong(1, index.unsqueeze(1)).squeeze(1).neg();
    Tensor share = weight == null ? null : weight.take(0, index);
    if (kept != null) {
      Tensor ones = kept.to(logs.dtype());
      share = share == null ? ones : share.mul(ones);
    }
    Tensor loss = share == null ? picked : picked.mul(share);
    return switch (reduction) {
      case "none" -> loss;
      case "sum" -> loss.sum();
      default -> share == null ? loss.mean() : loss.sum().div(share.sum());
    };
  }
}
