package dev.backlight.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// One Einstein sum: an equation and its operands, contracted from left to right by batched matrix
/// products.
final class Einsum {
  /// Axes that `...` stands for get letters of their own, the last one this.
  private static final char LAST_DOTS = '\uF8FF';

  private final String equation;
  private final Map<Character, Integer> sizes = new HashMap<>();

  private Einsum(String equation) {
    this.equation = equation;
  }

  /// An operand whose axes have letters.
  private record Lettered(String letters, Tensor x) {
    boolean has(char letter) {
      return letters.indexOf(letter) >= 0;
    }

    /// Summed over the letters that nobody needs.
    Lettered needed(String others) {
      StringBuilder left = new StringBuilder();
      List<Integer> over = new ArrayList<>();
      for (int a = 0; a < letters.length(); a++) {
        if (others.indexOf(letters.charAt(a)) >= 0) {
          left.append(letters.charAt(a));
        } else {
          over.add(a);
        }
      }
      return over.isEmpty()
          ? this
          : new Lettered(
              left.toString(), x.sum(over.stream().mapToInt(Integer::intValue).toArray()));
    }

    Tensor in(String order) {
      return x.permute(order.chars().map(letters::indexOf).toArray());
    }
  }

  static Tensor of(String equation, Tensor... operands) {
    return new Einsum(equation).apply(operands);
  }

  private Tensor apply(Tensor... operands) {
    String[] sides = equation.replace(" ", "").split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (sides.length > 2) {
      throw wrong("one '->' at most", equation);
    }
    if (terms.length != operands.length) {
      throw wrong("an operand for each of " + terms.length + " terms", operands.length);
    }
    List<Lettered> left = new ArrayList<>();
    int dots = 0;
    for (int i = 0; i < terms.length; i++) {
      Lettered operand = lettered(terms[i], operands[i]);
      left.add(operand);
      dots = Math.max(dots, (int) operand.letters().chars().filter(Einsum::isDots).count());
    }
    String output = sides.length == 2 ? output(sides[1], dots) : implied(left, dots);
    for (int i = 0; i < left.size(); i++) {
      left.set(i, diagonal(widened(left.get(i))));
    }
    Lettered all = left.getFirst();
    for (int i = 1; i <= left.size(); i++) {
      String later =
          output
              + left.subList(i, left.size()).stream()
                  .map(Lettered::letters)
                  .collect(Collectors.joining());
      all = all.needed(later);
      if (i < left.size()) {
        String after =
            output
                + left.subList(i + 1, left.size()).stream()
                    .map(Lettered::letters)
                    .collect(Collectors.joining());
        all = product(all, left.get(i).needed(all.letters() + after), after);
      }
    }
    return all.in(output);
  }

  private static boolean isDots(int letter) {
    return letter > LAST_DOTS - 64 && letter <= LAST_DOTS;
  }

  /// A term with `...` spelled out.
  private Lettered lettered(String term, Tensor x) {
    int at = term.indexOf("...");
    String plain = at < 0 ? term : term.substring(0, at) + term.substring(at + 3);
    if (!plain.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
      throw wrong("letters, and '...' at most once in a term", "'" + term + "'");
    }
    int hidden = x.rank() - plain.length();
    if (at < 0 ? hidden != 0 : hidden < 0) {
      throw wrong(
          "an operand of rank " + plain.length() + (at < 0 ? "" : " or more") + " for " + term,
          x.shape());
    }
    String letters = at < 0 ? plain : term.substring(0, at) + dots(hidden) + term.substring(at + 3);
    for (int a = 0; a < letters.length(); a++) {
      char letter = letters.charAt(a);
      int size = x.size(a);
      int known = sizes.getOrDefault(letter, isDots(letter) ? 1 : size);
      if (known != size && !(isDots(letter) && (known == 1 || size == 1))) {
        throw wrong(
            "one size for " + (isDots(letter) ? "an axis of '...'" : letter),
            known + " and " + size);
      }
      sizes.put(letter, known == 1 ? size : known);
    }
    return new Lettered(letters, x);
  }

  /// Letters for so many axes of `...`, the same from behind in all terms.
  private static String dots(int count) {
    StringBuilder letters = new StringBuilder();
    for (int i = count - 1; i >= 0; i--) {
      letters.append((char) (LAST_DOTS - i));
    }
    return letters.toString();
  }

  private String output(String side, int dots) {
    int at = side.indexOf("...");
    String letters = at < 0 ? side : side.substring(0, at) + dots(dots) + side.substring(at + 3);
    for (int a = 0; a < letters.length(); a++) {
      char letter = letters.charAt(a);
      if (!sizes.containsKey(letter) || letters.indexOf(letter) != a) {
        throw wrong("letters of the operands behind '->', each once", "'" + side + "'");
      }
    }
    return letters;
  }

  /// Without '->' the output is what occurs once, in the order of the alphabet.
  private static String implied(List<Lettered> terms, int dots) {
    Map<Character, Integer> seen = new LinkedHashMap<>();
    terms.forEach(t -> t.letters().chars().forEach(c -> seen.merge((char) c, 1, Integer::sum)));
    return dots(dots)
        + seen.keySet().stream()
            .filter(letter -> seen.getOrDefault(letter, 0) == 1 && !isDots(letter))
            .sorted()
            .map(String::valueOf)
            .collect(Collectors.joining());
  }

  /// Axes of `...` with size 1 repeated.
  private Lettered widened(Lettered operand) {
    int[] wide = operand.letters().chars().map(c -> sizes.get((char) c)).toArray();
    return new Lettered(operand.letters(), operand.x().expand(Shape.of(wide)));
  }

  /// Of a letter that an operand has twice only the diagonal.
  private static Lettered diagonal(Lettered operand) {
    String letters = operand.letters();
    for (int a = 0; a < letters.length(); a++) {
      int again = letters.indexOf(letters.charAt(a), a + 1);
      if (again >= 0) {
        String rest = new StringBuilder(letters).deleteCharAt(again).deleteCharAt(a).toString();
        return diagonal(new Lettered(rest + letters.charAt(a), operand.x().diagonal(0, a, again)));
      }
    }
    return operand;
  }

  private Lettered product(Lettered a, Lettered b, String needed) {
    StringBuilder batch = new StringBuilder();
    StringBuilder inner = new StringBuilder();
    StringBuilder rows = new StringBuilder();
    StringBuilder columns = new StringBuilder();
    for (char letter : a.letters().toCharArray()) {
      boolean shared = b.has(letter);
      (!shared ? rows : needed.indexOf(letter) >= 0 ? batch : inner).append(letter);
    }
    for (char letter : b.letters().toCharArray()) {
      if (!a.has(letter)) {
        columns.append(letter);
      }
    }
    Tensor x = matrices(a.in(batch.toString() + rows + inner), batch, rows, inner);
    Tensor y = matrices(b.in(batch.toString() + inner + columns), batch, inner, columns);
    String letters = batch.toString() + rows + columns;
    int[] shape = letters.chars().map(c -> sizes.get((char) c)).toArray();
    return new Lettered(letters, x.matmul(y).reshape(Shape.of(shape)));
  }

  private Tensor matrices(Tensor x, CharSequence batch, CharSequence rows, CharSequence columns) {
    Shape shape =
        batch.isEmpty()
            ? Shape.of(count(rows), count(columns))
            : Shape.of(count(batch), count(rows), count(columns));
    return x.reshape(shape);
  }

  private int count(CharSequence letters) {
    return letters.chars().map(c -> sizes.get((char) c)).reduce(1, Math::multiplyExact);
  }

  private ShapeException wrong(String needed, Object got) {
    return new ShapeException("einsum \"" + equation + "\" needs " + needed + ", got " + got);
  }
}
