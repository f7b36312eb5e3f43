package dev.backlight.autodiff;

import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import org.jspecify.annotations.Nullable;

/// How what arrives at the outputs of a node crosses to its inputs. A backward sweep takes the rule
/// as its argument: [#CHAIN] makes it the gradient, others make it relevance.
///
/// A rule is written in Tensor language and reads no values, so what a sweep makes is a tape:
/// replayable, batched, differentiable. There are no hooks; every node of the tape is asked,
/// wherever it came from.
@FunctionalInterface
public interface BackwardRule {
  /// What flows to each input that [Site#needs]; `null` where nothing flows.
  @Nullable Tensor[] back(Node node, Site at);

  /// What a caller seeds at the explained output: ones for a gradient, the output's own value for
  /// relevance rules that redistribute it.
  default Tensor seed(Tensor output) {
    return Tensor.ones(output.shape(), output.dtype());
  }

  /// This rule for one sweep. A rule that must look further than one node, as one that takes a
  /// product and the bias after it for one layer, answers a rule that knows its surroundings;
  /// others answer themselves.
  default BackwardRule within(Surroundings sweep) {
    return this;
  }

  /// Whether what crosses a `where` may go to a side that was not selected, as it does under a rule
  /// that compares with another point, where the other side was. Elsewhere such a side gets exactly
  /// 0, however infinite the slopes behind it.
  default boolean reachesUnselected() {
    return false;
  }

  /// The chain rule: cotangents, hence gradients.
  BackwardRule CHAIN = (node, at) -> at.op().vjps(at);
}
