package dev.backlight.onnx.op;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Of boxes that overlap, the one of the highest score: for each image and class, boxes in the
/// order of their scores are chosen if they overlap none that was chosen before by more than the
/// threshold. How many there are depends on the values, so all have to be known at import.
///
/// @param boxes (n, b, 4), two corners of any order, or centre and size
/// @param scores (n, k, b)
/// @param most boxes of a class of an image
/// @param overlap the largest share of the union that two chosen boxes may have in common
/// @param least the score that a box needs more than
/// @param centred whether boxes are given by centre and size
record NonMaxSuppression(
    Tensor boxes, Tensor scores, long most, double overlap, double least, boolean centred) {
  static NonMaxSuppression of(NodeCall node) {
    Tensor boxes = node.constant(0);
    Tensor scores = node.constant(1);
    if (boxes.rank() != 3
        || scores.rank() != 3
        || boxes.size(2) != 4
        || boxes.size(0) != scores.size(0)
        || boxes.size(1) != scores.size(2)) {
      throw new Refusal(
          "needs boxes (n, b, 4) and scores (n, k, b), got "
              + boxes.shape()
              + " and "
              + scores.shape());
    }
    return new NonMaxSuppression(
        boxes,
        scores,
        node.has(2) ? node.whole(2) : 0,
        node.has(3) ? node.number(3) : 0,
        node.has(4) ? node.number(4) : Double.NEGATIVE_INFINITY,
        node.flag("center_point_box"));
  }

  /// Image, class and box of each that is chosen: (chosen, 3).
  Tensor selected() {
    List<long[]> chosen = new ArrayList<>();
    double[] all = scores.toDoubles();
    int k = scores.size(1);
    int b = scores.size(2);
    double[][] corners = corners();
    for (int image = 0; image < scores.size(0); image++) {
      for (int label = 0; label < k; label++) {
        int from = (image * k + label) * b;
        int first = image * b;
        List<Integer> here = new ArrayList<>();
        for (int box : byScore(all, from, b)) {
          if (here.size() >= most) {
            break;
          }
          double[] own = corners[first + box];
          if (here.stream().noneMatch(other -> shared(own, corners[first + other]) > overlap)) {
            here.add(box);
            chosen.add(new long[] {image, label, box});
          }
        }
      }
    }
    return Tensor.of(
        Shape.of(chosen.size(), 3),
        chosen.stream().flatMapToLong(java.util.Arrays::stream).toArray());
  }

  private int[] byScore(double[] all, int from, int count) {
    return IntStream.range(0, count)
        .filter(box -> all[from + box] > least)
        .boxed()
        .sorted(Comparator.comparingDouble(box -> -all[from + box]))
        .mapToInt(box -> box)
        .toArray();
  }

  /// Of every box the lower and the upper corner.
  private double[][] corners() {
    double[] all = boxes.toDoubles();
    double[][] corners = new double[all.length / 4][];
    for (int i = 0; i < corners.length; i++) {
      double a = all[4 * i];
      double b = all[4 * i + 1];
      double c = all[4 * i + 2];
      double d = all[4 * i + 3];
      corners[i] =
          centred
              ? new double[] {a - c / 2, b - d / 2, a + c / 2, b + d / 2}
              : new double[] {Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)};
    }
    return corners;
  }

  /// What two boxes have in common, as a share of their union.
  private static double shared(double[] a, double[] b) {
    double height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
    double width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
    if (height <= 0 || width <= 0) {
      return 0;
    }
    double both = height * width;
    return both / (area(a) + area(b) - both);
  }

  private static double area(double[] box) {
    return (box[2] - box[0]) * (box[3] - box[1]);
  }
}
