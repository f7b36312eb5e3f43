package dev.backlight.nn.model;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Losses;
import dev.backlight.nn.Train;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/// A classifier that first says which concepts it sees and then decides by them alone: from inputs
/// (n, …) to logits (n, k) through the probabilities of concepts (n, c).
///
/// People can read the concepts, and correct them: [#decided] answers for other ones. The decision
/// is linear, so what each concept contributed to it is known exactly. P. W. Koh and others,
/// "Concept bottleneck models" (2020), trained jointly as there.
///
/// ```java
/// Trainer.of(ConceptBottleneck::both, ConceptBottleneck.loss(concepts, 1))
///     .fit(model, x, ConceptBottleneck.targets(labels, seen));
/// ```
///
/// On a tape the probabilities are labelled `concepts` and the logits `out`.
///
/// @param reader from inputs to logits of the concepts (n, c)
/// @param decision from the concepts' probabilities to logits (n, k)
public record ConceptBottleneck(Layer reader, Linear decision) implements Layer {
  /// A new decision behind a network that reads concepts.
  ///
  /// @param reader from inputs to logits of concepts
  /// @param concepts c
  /// @param classes k
  public static ConceptBottleneck of(Layer reader, int concepts, int classes, Key key) {
    Passes.require("concept bottleneck: concepts", concepts);
    Passes.require("concept bottleneck: classes", classes);
    return new ConceptBottleneck(reader, Linear.of(concepts, classes, key));
  }

  /// The probability of every concept, (n, c).
  public Tensor concepts(Tensor x) {
    return probabilities(read(x, null));
  }

  /// The logits that follow from concepts (n, c): probabilities, or what people say of them, 0 and
  /// 1.
  public Tensor decided(Tensor concepts) {
    return decision.apply(concepts).named("out");
  }

  /// The logits after people have corrected some concepts.
  ///
  /// @param known 0 or 1 for every concept, (n, c)
  /// @param corrected which of them replace what the model sees, `BOOL` of (n, c)
  public Tensor intervened(Tensor x, Tensor known, Tensor corrected) {
    Tensor seen = concepts(x);
    if (!known.shape().equals(seen.shape()) || !corrected.shape().equals(seen.shape())) {
      throw new ShapeException(
          "an intervention needs concepts and a mask "
              + seen.shape()
              + ", got "
              + known.shape()
              + " and "
              + corrected.shape());
    }
    return decided(corrected.where(known.to(seen.dtype()), seen));
  }

  /// What each concept contributed to each logit, (n, c, k): its probability times its weight. With
  /// the decision's bias they add up to the logits.
  public Tensor contributions(Tensor x) {
    return concepts(x).unsqueeze(2).mul(decision.weight().unsqueeze(0));
  }

  /// Logits of the concepts and logits of the classes, side by side, (n, c + k): what is trained.
  public Tensor both(Tensor x) {
    return beside(read(x, null));
  }

  /// As [#both], in training: for readers that differ there.
  public Tensor trainBoth(Tensor x, Train pass) {
    return beside(read(x, pass));
  }

  private Tensor beside(Tensor seen) {
    return Tensor.concat(1, seen, decided(probabilities(seen)));
  }

  /// Labels and concepts side by side, as [#loss] takes them apart: (n, 1 + c) of `F32`.
  ///
  /// @param labels of the classes, (n)
  /// @param concepts 0 or 1 for each, (n, c)
  public static Tensor targets(Tensor labels, Tensor concepts) {
    if (labels.rank() != 1 || concepts.rank() != 2 || labels.size(0) != concepts.size(0)) {
      throw new ShapeException(
          "targets of a concept bottleneck need labels (n) and concepts (n, c), got "
              + labels.shape()
              + " and "
              + concepts.shape());
    }
    return Tensor.concat(1, labels.to(DType.F32).unsqueeze(1), concepts.to(DType.F32));
  }

  /// The cross-entropy of the classes and, `weight` times, the mean binary cross-entropy of the
  /// concepts: for [#both] and [#targets].
  ///
  /// @param concepts c
  /// @param weight how much concepts count beside classes
  public static BinaryOperator<Tensor> loss(int concepts, double weight) {
    return (both, targets) -> {
      Tensor labels = targets.slice(1, 0, 1).squeeze(1).to(DType.I32);
      Tensor known = targets.slice(1, 1, 1 + concepts).to(both.dtype());
      Tensor classes = both.slice(1, concepts, both.size(1));
      Tensor seen = both.slice(1, 0, concepts);
      return Losses.crossEntropy(classes, labels)
          .add(Losses.bceWithLogits(seen, known).mul(weight));
    };
  }

  @Override
  public Tensor apply(Tensor x) {
    return decided(concepts(x));
  }

  @Override
  public Tensor train(Tensor x, Train pass) {
    return decided(probabilities(read(x, pass)));
  }

  @Override
  public boolean differsInTraining() {
    return reader.differsInTraining();
  }

  private static Tensor probabilities(Tensor logits) {
    return logits.sigmoid().named("concepts");
  }

  private Tensor read(Tensor x, @Nullable Train pass) {
    Tensor logits = Passes.of(reader, x, pass);
    int concepts = decision.weight().size(0);
    if (logits.rank() != 2 || logits.size(1) != concepts) {
      throw new ShapeException(
          "a concept bottleneck needs a reader of concepts (n, "
              + concepts
              + "), got "
              + logits.shape());
    }
    return logits;
  }
}
