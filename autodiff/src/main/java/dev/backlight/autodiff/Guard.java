package dev.backlight.autodiff;

import java.util.function.DoublePredicate;

/// A question that was asked of a scalar while recording, and its answer.
record Guard(int value, DoublePredicate question, boolean answer, String where) {
  void check(double now) {
    if (question.test(now) != answer) {
      throw new StaleTape("guard at " + where + " now answers " + !answer + "; record again");
    }
  }
}
