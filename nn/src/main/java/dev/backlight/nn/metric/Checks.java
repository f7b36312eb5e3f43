package dev.backlight.nn.metric;

import dev.backlight.core.ShapeException;
import dev.backlight.core.Tensor;

/// What metrics demand of what they are given.
final class Checks {
  private Checks() {}

  static void same(String name, Tensor actual, Tensor predicted) {
    if (!actual.shape().equals(predicted.shape())) {
      throw new ShapeException(
          name + " needs equal shapes, got " + actual.shape() + " and " + predicted.shape());
    }
    some(name, actual);
  }

  static void vectors(String name, Tensor labels, Tensor scores) {
    if (labels.rank() != 1 || !labels.shape().equals(scores.shape())) {
      throw new ShapeException(
          name
              + " needs labels (n) and scores (n), got "
              + labels.shape()
              + " and "
              + scores.shape());
    }
    some(name, labels);
  }

  static void rows(String name, Tensor labels, Tensor scores) {
    if (labels.rank() != 1 || scores.rank() != 2 || labels.size(0) != scores.size(0)) {
      throw new ShapeException(
          name
              + " needs labels (n) and scores (n, classes), got "
              + labels.shape()
              + " and "
              + scores.shape());
    }
    some(name, labels);
  }

  private static void some(String name, Tensor t) {
    if (t.shape().elements() == 0) {
      throw new ShapeException(name + " needs at least one example, got " + t.shape());
    }
  }

  static int[] labels(String name, Tensor labels, int classes) {
    double[] wide = labels.toDoubles();
    int[] places = new int[wide.length];
    for (int i = 0; i < wide.length; i++) {
      if (!(wide[i] >= 0 && wide[i] < classes && wide[i] == Math.rint(wide[i]))) {
        throw new IllegalArgumentException(
            name
                + " needs labels from 0 to "
                + (classes - 1)
                + ", got "
                + wide[i]
                + " at example "
                + i);
      }
      places[i] = (int) wide[i];
    }
    return places;
  }

  static double[] numbers(String name, Tensor scores) {
    double[] wide = scores.toDoubles();
    for (int i = 0; i < wide.length; i++) {
      if (Double.isNaN(wide[i])) {
        throw new IllegalArgumentException(name + " needs numbers, got NaN at element " + i);
      }
    }
    return wide;
  }

  static double[] probabilities(String name, Tensor scores) {
    double[] wide = scores.toDoubles();
    for (int i = 0; i < wide.length; i++) {
      if (!(wide[i] >= 0 && wide[i] <= 1)) {
        throw new IllegalArgumentException(
            name + " needs probabilities from 0 to 1, got " + wide[i] + " at element " + i);
      }
    }
    return wide;
  }
}
