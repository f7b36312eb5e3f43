package dev.backlight.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.optim.Sgd;
import org.junit.jupiter.api.Test;

class RateFinderTest {
  private static final Tensor X = Key.of(3).normal(Shape.of(64, 3), DType.F64);
  private static final Tensor Y = X.matmul(Tensor.of(1.0, -2, 3));
  private static final Tensor START = Tensor.of(0.0, 0, 0);

  private static Trainer<Tensor> line() {
    return Trainer.regression((Tensor w, Tensor x) -> x.matmul(w)).batch(16).silent();
  }

  @Test
  void aLineIsLearnedAtTheRateThatWasFoundAndNotAtOneFarFromIt() {
    RateFinder.Curve curve = RateFinder.of(Sgd::of).find(line(), START, X, Y);
    double rate = curve.suggestion();
    assertThat(rate).isBetween(1e-3, 1.0);
    assertThat(loss(rate)).isLessThan(0.01);
    assertThat(loss(rate / 100)).isGreaterThan(1);
  }

  private static double loss(double rate) {
    return line().optimizer(Sgd.of(rate)).epochs(20).fit(START, X, Y).epoch().train().loss();
  }

  @Test
  void ratesGrowByOneFactorAndTheSearchEndsWhereTheLossGoesUp() {
    RateFinder.Curve curve = RateFinder.of(Sgd::of).find(line(), START, X, Y);
    assertThat(curve.points()).hasSizeBetween(50, 99);
    assertThat(curve.points().getFirst().rate()).isEqualTo(1e-6);
    assertThat(curve.points().getFirst().smooth())
        .isCloseTo(curve.points().getFirst().loss(), within(1e-12));
    for (int i = 1; i < curve.points().size(); i++) {
      double factor = curve.points().get(i).rate() / curve.points().get(i - 1).rate();
      assertThat(factor).isCloseTo(Math.pow(1e7, 1 / 99.0), within(1e-9));
    }
    assertThat(RateFinder.of(Sgd::of).find(line(), START, X, Y)).isEqualTo(curve);
    assertThat(RateFinder.of(Adam::of).find(line(), START, X, Y)).isNotEqualTo(curve);
  }

  @Test
  void errorsSayWhatWasNeeded() {
    assertThatThrownBy(() -> new RateFinder(Sgd::of, 1, 0.1, 20))
        .hasMessage(
            "a search needs rates 0 < low < high and at least 10 steps, got 1.0, 0.1 and 20");
    Tensor bad = X.mul(Double.NaN);
    assertThatThrownBy(() -> RateFinder.of(Sgd::of).find(line(), START, bad, Y))
        .isInstanceOf(TrainingException.class)
        .hasMessage("a search needs a finite loss, got NaN at once");
  }
}
