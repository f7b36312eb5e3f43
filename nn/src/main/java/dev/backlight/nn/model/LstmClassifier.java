package dev.backlight.nn.model;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Embedding;
import dev.backlight.nn.Layer;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Recurrent;
import dev.backlight.nn.Train;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A classifier of sequences that reads them with long short-term memory: from tokens (n, t) of
/// integers to logits (n, classes), which a dense layer makes of the last states.
///
/// On a tape the embeddings are labelled `embedding`, the last states `state`, and the logits
/// `out`.
///
/// @param tokens a row for every token
/// @param lstm in one direction or in both
/// @param out from the last state of each direction to the logits
public record LstmClassifier(Embedding tokens, Recurrent lstm, Linear out) implements Layer {
  /// A new model of `F32` that reads in both directions.
  ///
  /// @param vocabulary how many tokens there are
  /// @param width of an embedding
  /// @param hidden of each direction
  /// @param layers how many
  /// @param classes how many logits
  public static LstmClassifier of(
      int vocabulary, int width, int hidden, int layers, int classes, Key key) {
    Key[] keys = key.split(3);
    return new LstmClassifier(
        Embedding.of(vocabulary, width, keys[0]),
        Recurrent.of(Recurrent.Kind.LSTM, width, hidden, layers, true, DType.F32, keys[1]),
        Linear.of(2 * hidden, classes, keys[2]));
  }

  /// The same model, with dropout between the layers in training.
  public LstmClassifier dropout(double rate) {
    return new LstmClassifier(tokens, lstm.dropout(rate), out);
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
    return lstm.differsInTraining();
  }

  /// As [#apply(Tensor)], for sequences of different lengths.
  ///
  /// @param lengths (n) of integers up to `t`, behind which nothing is read; `null` if all are
  ///   whole
  /// @param pass of training, or `null` at inference
  public Tensor apply(Tensor x, @Nullable Tensor lengths, @Nullable Train pass) {
    if (x.rank() != 2 || x.dtype().isFloat()) {
      throw new ShapeException("this classifier needs tokens (n, t) of integers, got " + x.spec());
    }
    Tensor embedded = tokens.apply(x).named("embedding");
    List<List<Tensor>> states = lstm.run(embedded, lengths, pass).states();
    int directions = lstm.backward().isEmpty() ? 1 : 2;
    List<Tensor> last = new ArrayList<>();
    for (List<Tensor> state : states.subList(states.size() - directions, states.size())) {
      last.add(state.getFirst());
    }
    return out.apply(Tensor.concat(1, last.toArray(Tensor[]::new)).named("state")).named("out");
  }
}
