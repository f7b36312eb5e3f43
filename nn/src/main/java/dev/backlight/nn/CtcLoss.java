package dev.backlight.nn;

import dev.backlight.autodiff.Scanned;
import dev.backlight.autodiff.Tape;
import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.DTypeException;
import dev.backlight.core.Shape;
import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Connectionist temporal classification: how unlikely a sequence of labels is, given logits for
/// every moment but not when each label was said.
///
/// `−ln Σ Π_t p_t(path_t)` over all paths that become the labels when repetitions are merged and
/// blanks, class 0, removed. Summed by the forward recursion in logarithms over the labels with
/// blanks between them; the steps are one scan, so the tape does not grow with the sequence. A.
/// Graves et al., "Connectionist temporal classification" (2006).
///
/// Labels that cannot be said in the moments given, as three equal ones in four, have the loss
/// infinity and the gradient 0.
public final class CtcLoss {
  /// Stands for the logarithm of 0: what it is added to is lost, and no derivative is NaN.
  private static final double NEVER = -1e30;

  /// What a step gives out beside what it carries.
  private static final Tensor NOTHING = Tensor.scalar(0f);

  private CtcLoss() {}

  /// The mean over the examples of the loss by the number of its labels, at least 1: `reduction =
  /// "mean"` of PyTorch.
  ///
  /// @param logits (n, moments, classes) of `F32` or `F64`; class 0 is the blank
  /// @param labels (n, most) of `I32`, from 1 on; what is beyond a length is not looked at
  /// @param moments (n) of `I32`: how many of the moments of each example count, at least 1
  /// @param lengths (n) of `I32`: how many of the labels of each example count, from 0
  public static Tensor mean(Tensor logits, Tensor labels, Tensor moments, Tensor lengths) {
    Tensor each = each(logits, labels, moments, lengths);
    return each.div(lengths.maximum(1).to(logits.dtype())).mean();
  }

  /// The loss (n) of every example.
  ///
  /// @param logits (n, moments, classes) of `F32` or `F64`; class 0 is the blank
  /// @param labels (n, most) of `I32`, from 1 on; what is beyond a length is not looked at
  /// @param moments (n) of `I32`: how many of the moments of each example count, at least 1
  /// @param lengths (n) of `I32`: how many of the labels of each example count, from 0
  public static Tensor each(Tensor logits, Tensor labels, Tensor moments, Tensor lengths) {
    require(logits, labels, moments, lengths);
    int n = logits.size(0);
    int time = logits.size(1);
    int most = labels.size(1);
    DType dtype = logits.dtype();
    Tensor places = Tensor.arange(2 * most + 1, DType.I32);
    Tensor said = path(labels, lengths);
    Tensor at = Tensor.arange(time, DType.I32);

    // (time, n, places): what each place of the path takes in at each moment.
    Tensor index = said.unsqueeze(1).expand(Shape.of(n, time, 2 * most + 1));
    Tensor gains = logits.logSoftmax(2).takeAlong(2, index).permute(1, 0, 2);
    Tensor first = places.lt(2).where(gains.slice(0, 0, 1).squeeze(0), NEVER);
    Tensor skips = skips(said);
    Tensor last = first;
    if (time > 1) {
      Tensor going = at.slice(0, 1, time).unsqueeze(1).lt(moments.unsqueeze(0));
      last =
          Tape.scan(
                  (Tensor before, List<Tensor> now) ->
                      new Scanned<>(
                          now.get(1).unsqueeze(1).where(after(before, now.get(0), skips), before),
                          NOTHING),
                  first,
                  List.of(gains.slice(0, 1, time), going))
              .carry();
    }
    Tensor end = lengths.mul(2).unsqueeze(1);
    Tensor ends = places.unsqueeze(0).eq(end).or(places.unsqueeze(0).eq(end.sub(1)));
    Tensor loss = ends.where(last, NEVER).logSumExp(1).neg();
    return loss.lt(1e29).where(loss, Tensor.full(Shape.SCALAR, dtype, Double.POSITIVE_INFINITY));
  }

  /// What each place of the path says (n, 2 · most + 1): a blank, a label, a blank and so on. A
  /// label that does not count is a blank.
  private static Tensor path(Tensor labels, Tensor lengths) {
    int n = labels.size(0);
    int most = labels.size(1);
    Tensor counts = Tensor.arange(most, DType.I32).unsqueeze(0).lt(lengths.unsqueeze(1));
    Tensor known = counts.where(labels, 0);
    Tensor blanks = Tensor.zeros(Shape.of(n, most), DType.I32);
    Tensor pairs = Tensor.stack(2, blanks, known).reshape(n, 2 * most);
    return Tensor.concat(1, pairs, Tensor.zeros(Shape.of(n, 1), DType.I32));
  }

  /// Where a path may come from two places before: at a label other than the one before it.
  private static Tensor skips(Tensor said) {
    Tensor before = said.pad(1, 2, 0).slice(1, 0, said.size(1));
    return said.ne(0).and(said.ne(before));
  }

  private static Tensor after(Tensor before, Tensor gain, Tensor skips) {
    int places = before.size(1);
    Tensor next = before.pad(1, 1, 0, NEVER).slice(1, 0, places);
    Tensor second = skips.where(before.pad(1, 2, 0, NEVER).slice(1, 0, places), NEVER);
    return Tensor.stack(0, before, next, second).logSumExp(0).add(gain);
  }

  private static void require(Tensor logits, Tensor labels, Tensor moments, Tensor lengths) {
    boolean fit =
        logits.rank() == 3
            && labels.rank() == 2
            && moments.rank() == 1
            && logits.size(0) > 0
            && logits.size(1) > 0
            && logits.size(2) > 0
            && labels.size(0) == logits.size(0)
            && moments.size(0) == logits.size(0)
            && lengths.shape().equals(moments.shape());
    if (!fit) {
      throw new ShapeException(
          "ctc needs logits (n, moments, classes), labels (n, most), moments (n) and lengths (n),"
              + " got "
              + logits.shape()
              + ", "
              + labels.shape()
              + ", "
              + moments.shape()
              + " and "
              + lengths.shape());
    }
    if (!logits.dtype().isFloat()
        || labels.dtype() != DType.I32
        || moments.dtype() != DType.I32
        || lengths.dtype() != DType.I32) {
      throw new DTypeException(
          "ctc needs logits of F32 or F64 and the others of I32, got "
              + logits.dtype()
              + ", "
              + labels.dtype()
              + ", "
              + moments.dtype()
              + " and "
              + lengths.dtype());
    }
    requireWithin("moments", moments, null, 1, logits.size(1));
    requireWithin("lengths", lengths, null, 0, labels.size(1));
    requireWithin("labels", labels, lengths, 1, logits.size(2) - 1);
  }

  /// Looks at values where there are some, on a tape those of its recording, without a pin.
  private static void requireWithin(
      String what, Tensor tensor, @Nullable Tensor counts, int least, int most) {
    Block values = tensor.block();
    Block count = counts == null ? null : counts.block();
    if (values == null || counts != null && count == null) {
      return;
    }
    for (int i = 0; i < values.size(); i++) {
      int value = values.index(i);
      boolean counted = count == null || i % tensor.size(1) < count.index(i / tensor.size(1));
      if (counted && (value < least || value > most)) {
        throw new IllegalArgumentException(
            "ctc needs %s from %d to %d, got %d at %d".formatted(what, least, most, value, i));
      }
    }
  }
}
