package dev.backlight.nn.data;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.Arrays;

/// A language of balanced brackets of several kinds, such as `([]{()})`: small, endless, and known
/// to the last digit. To speak it, a model has to remember what is open.
///
/// A word grows from left to right. Where nothing is open, a bracket opens; where there is only
/// room to close, the last one closes; else either happens with probability ½. Every kind opens
/// equally often. Tokens `0..kinds-1` open, `kinds..2·kinds-1` close, and [#start()] comes before a
/// word.
///
/// @param kinds how many kinds of brackets, 1 to 4
/// @param length of every word, even
public record Brackets(int kinds, int length) {
  private static final String SIGNS = "([{<)]}>";

  public Brackets {
    if (kinds < 1 || kinds > 4 || length < 2 || length % 2 != 0) {
      throw new IllegalArgumentException(
          "brackets need 1 to 4 kinds and an even length of at least 2, got "
              + kinds
              + " and "
              + length);
    }
  }

  /// Sequences and what a model should answer to them.
  ///
  /// @param x of tokens, `I32`
  /// @param y what should be answered, `I32`
  public record Examples(Tensor x, Tensor y) {}

  /// How many tokens there are.
  public int vocabulary() {
    return 2 * kinds + 1;
  }

  /// The token before every word.
  public int start() {
    return 2 * kinds;
  }

  /// Balanced words, (n, length) of `I32`.
  public Tensor words(int n, Key key) {
    if (n < 1) {
      throw new IllegalArgumentException("brackets need at least 1 word, got " + n);
    }
    int[] tokens = new int[Math.multiplyExact(n, length)];
    for (int i = 0; i < n; i++) {
      System.arraycopy(word(key.fold(i)), 0, tokens, i * length, length);
    }
    return Tensor.of(Shape.of(n, length), tokens);
  }

  /// Balanced words to be foretold: inputs (n, length) that begin with [#start()], and at every
  /// place the token that comes next, (n, length).
  public Examples next(int n, Key key) {
    Tensor y = words(n, key);
    Tensor first = Tensor.full(Shape.of(n, 1), y.dtype(), start());
    return new Examples(Tensor.concat(1, first, y.slice(1, 0, length - 1)), y);
  }

  /// Words (n, length) and whether they are balanced, (n): every second one has two of its brackets
  /// exchanged so that it is not.
  public Examples judged(int n, Key key) {
    int[] tokens = words(n, key.fold(0)).toInts();
    int[] balanced = new int[n];
    for (int i = 0; i < n; i++) {
      int[] word = Arrays.copyOfRange(tokens, i * length, (i + 1) * length);
      if (i % 2 == 1) {
        spoil(word, key.fold(1).fold(i));
        System.arraycopy(word, 0, tokens, i * length, length);
      } else {
        balanced[i] = 1;
      }
    }
    return new Examples(Tensor.of(Shape.of(n, length), tokens), Tensor.of(balanced));
  }

  /// Whether these tokens are a balanced word, of any length.
  public boolean balanced(int... tokens) {
    int[] open = new int[tokens.length];
    int depth = 0;
    for (int token : tokens) {
      if (token >= 0 && token < kinds) {
        open[depth++] = token;
      } else if (token < 0 || token >= 2 * kinds || depth == 0 || open[--depth] != token - kinds) {
        return false;
      }
    }
    return depth == 0;
  }

  /// The entropy of the language in nats a token, below which no model's cross-entropy comes in the
  /// long run: `ln 2` for every free choice of opening or closing, `ln kinds` for every opening, on
  /// average over the places of a word.
  public double entropy() {
    double[] at = new double[length + 2];
    at[0] = 1;
    double total = 0;
    for (int place = 0; place < length; place++) {
      double[] then = new double[length + 2];
      for (int depth = 0; depth <= place; depth++) {
        boolean must = depth == 0;
        boolean cannot = depth == length - place;
        double opens = must ? 1 : cannot ? 0 : 0.5;
        total += at[depth] * (opens * Math.log(kinds) + (must || cannot ? 0 : Math.log(2)));
        then[depth + 1] += at[depth] * opens;
        if (depth > 0) {
          then[depth - 1] += at[depth] * (1 - opens);
        }
      }
      at = then;
    }
    return total / length;
  }

  /// Tokens as people write them; [#start()] is `^`.
  public String text(int... tokens) {
    StringBuilder text = new StringBuilder();
    for (int token : tokens) {
      if (token < 0 || token > 2 * kinds) {
        throw new IllegalArgumentException(
            "brackets need tokens in 0.." + start() + ", got " + token);
      }
      text.append(token == start() ? '^' : SIGNS.charAt(token < kinds ? token : 4 + token - kinds));
    }
    return text.toString();
  }

  private int[] word(Key key) {
    double[] coins = key.uniform(Shape.of(length), DType.F64).toDoubles();
    int[] opened = key.fold(1).integers(Shape.of(length), 0, kinds).toInts();
    int[] word = new int[length];
    int[] open = new int[length];
    int depth = 0;
    for (int place = 0; place < length; place++) {
      boolean opens = depth == 0 || (depth < length - place && coins[place] < 0.5);
      if (opens) {
        open[depth++] = opened[place];
        word[place] = opened[place];
      } else {
        word[place] = kinds + open[--depth];
      }
    }
    return word;
  }

  private void spoil(int[] word, Key key) {
    for (int i = 0; balanced(word); i++) {
      int[] two = key.fold(i).integers(Shape.of(2), 0, length).toInts();
      int kept = word[two[0]];
      word[two[0]] = word[two[1]];
      word[two[1]] = kept;
    }
  }
}
