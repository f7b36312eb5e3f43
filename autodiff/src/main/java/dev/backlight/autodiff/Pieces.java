package dev.backlight.autodiff;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.core.op.Embed;
import dev.backlight.core.op.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What arrived at a value through slices of it: the gates of an LSTM, the steps of a sequence, the
/// queries, keys and values of one product.
///
/// Each slice sends its cotangent in zeros as large as the whole. Of slices side by side along one
/// axis the sum is their concatenation, which moves every element once, where `n` of them would be
/// added up in `n` passes over the whole.
final class Pieces {
  /// Cotangents of slices, in zeros and by themselves.
  record Piece(Node node, Tensor embedded, Embed how, Tensor part) {}

  private final List<Piece> all = new ArrayList<>();

  void add(Piece piece) {
    all.add(piece);
  }

  /// The node behind which the last one was written.
  Node last() {
    return all.getLast().node;
  }

  /// The sum.
  Tensor sum() {
    int axis = axis();
    if (all.size() > 1 && axis >= 0) {
      List<Piece> sorted = new ArrayList<>(all);
      sorted.sort(Comparator.comparingInt(piece -> piece.how.spans().get(axis).from()));
      if (areApart(sorted, axis)) {
        return joined(sorted, axis);
      }
    }
    Tensor sum = all.getFirst().embedded;
    for (Piece piece : all.subList(1, all.size())) {
      sum = sum.add(piece.embedded);
    }
    return sum;
  }

  /// The one axis along which all are cut, in one piece each; -1 if there is none.
  private int axis() {
    int axis = -1;
    for (Piece piece : all) {
      Shape whole = piece.how.into();
      for (int a = 0; a < whole.rank(); a++) {
        Span span = piece.how.spans().get(a);
        if (span.equals(Span.all(whole.size(a)))) {
          continue;
        }
        if (span.step() != 1 || (axis >= 0 && axis != a)) {
          return -1;
        }
        axis = a;
      }
    }
    return axis;
  }

  private static boolean areApart(List<Piece> sorted, int axis) {
    int end = 0;
    for (Piece piece : sorted) {
      Span span = piece.how.spans().get(axis);
      if (span.from() < end) {
        return false;
      }
      end = span.from() + span.count();
    }
    return true;
  }

  private static Tensor joined(List<Piece> sorted, int axis) {
    Shape whole = sorted.getFirst().how.into();
    DType dtype = sorted.getFirst().part.dtype();
    List<Tensor> parts = new ArrayList<>();
    int end = 0;
    for (Piece piece : sorted) {
      Span span = piece.how.spans().get(axis);
      if (span.from() > end) {
        parts.add(Tensor.zeros(whole.with(axis, span.from() - end), dtype));
      }
      parts.add(piece.part);
      end = span.from() + span.count();
    }
    if (end < whole.size(axis)) {
      parts.add(Tensor.zeros(whole.with(axis, whole.size(axis) - end), dtype));
    }
    return Tensor.concat(axis, parts);
  }
}
