package dev.backlight.explain.golden;

import dev.backlight.autodiff.BackwardRule;
import dev.backlight.autodiff.Node;
import dev.backlight.autodiff.Surroundings;
import dev.backlight.core.Site;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.MaxPool2d;
import dev.backlight.explain.CompositeRule;
import dev.backlight.explain.EpsilonRule;
import dev.backlight.explain.LayerRule;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The relevance rules that golden cases speak of.
final class GoldenRules {
  private GoldenRules() {}

  static BackwardRule of(Map<String, Object> golden) {
    Map<String, Object> args = GoldenFile.object(golden, "args");
    if ("captum".equals(golden.get("tool"))) {
      double e = GoldenFile.number(args, "epsilon");
      BackwardRule rule =
          switch (GoldenFile.text(args, "rule")) {
            case "epsilon" -> new EpsilonRule(e);
            case "gamma_captum" ->
                CompositeRule.of(new LayerRule.GammaOfWeights(GoldenFile.number(args, "gamma"), e))
                    .stabilizer(e);
            case "alpha1beta0_captum" ->
                CompositeRule.of(new LayerRule.PositiveWeights(e)).stabilizer(e);
            default -> throw new IllegalArgumentException("no rule " + args.get("rule"));
          };
      return new StabilizedPooling(rule, e);
    }
    CompositeRule composite =
        CompositeRule.of(new LayerRule.Epsilon(1e-6))
            .stabilizer(GoldenFile.number(args, "stabilizer"));
    for (Map.Entry<String, Object> each : GoldenFile.object(args, "rules").entrySet()) {
      composite = composite.labelled(each.getKey(), layerRule(GoldenFile.object(each.getValue())));
    }
    return composite;
  }

  private static LayerRule layerRule(Map<String, Object> rule) {
    return switch (GoldenFile.text(rule, "rule")) {
      case "epsilon" ->
          new LayerRule.Epsilon(
              GoldenFile.number(rule, "epsilon"), !"bias".equals(rule.get("zero_params")));
      case "zplus" -> new LayerRule.ZPlus();
      case "alphabeta" ->
          new LayerRule.AlphaBeta(
              GoldenFile.number(rule, "alpha"), GoldenFile.number(rule, "beta"));
      case "gamma" -> new LayerRule.Gamma(GoldenFile.number(rule, "gamma"));
      case "wsquare" -> new LayerRule.WSquare();
      case "flat" -> new LayerRule.Flat();
      case "zbox" ->
          new LayerRule.ZBox(GoldenFile.number(rule, "low"), GoldenFile.number(rule, "high"));
      default -> throw new IllegalArgumentException("no rule " + rule.get("rule"));
    };
  }

  /// The epsilon rule with an epsilon also at max pooling, as one of the reference tools has it.
  private record StabilizedPooling(BackwardRule layers, double epsilon) implements BackwardRule {
    @Override
    public Tensor seed(Tensor output) {
      return output;
    }

    @Override
    public BackwardRule within(Surroundings sweep) {
      BackwardRule inside = layers.within(sweep);
      return new BackwardRule() {
        @Override
        public @Nullable Tensor[] back(Node node, Site at) {
          return node.op() instanceof MaxPool2d
              ? StabilizedPooling.this.back(node, at)
              : inside.back(node, at);
        }
      };
    }

    @Override
    public @Nullable Tensor[] back(Node node, Site at) {
      Tensor z = at.y();
      Tensor share = at.g().div(z.ge(0).where(z.add(epsilon), z.sub(epsilon)));
      Tensor back = Objects.requireNonNull(at.op().vjp(0, at.receiving(share)));
      return new @Nullable Tensor[] {at.x().mul(back)};
    }
  }
}
