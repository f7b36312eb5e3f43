package com.example.uses;

import dev.backlight.autodiff.Tape;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Recurrent;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.optim.Adam;
import dev.backlight.nn.train.Fitted;
import dev.backlight.nn.train.Trainer;
import java.util.Arrays;

/** Trains a network that is a record of its own on XOR, until it is right four times out of four. */
public final class Main {
  record Net(Linear hidden, Linear out) {
    Tensor apply(Tensor x) {
      return out.apply(hidden.apply(x).tanh());
    }
  }

  public static void main(String[] args) {
    Dataset xor = Dataset.xor();
    Key[] keys = Key.of(3).split(2);
    Net start = new Net(Linear.of(2, 8, keys[0]), Linear.of(8, 2, keys[1]));
    Fitted<Net> fitted =
        Trainer.classification(Net::apply)
            .optimizer(Adam.of(0.05))
            .epochs(300)
            .silent()
            .fit(start, xor);
    Tensor got = fitted.model().apply(xor.x()).argmax(1);
    if (!Arrays.equals(got.toDoubles(), xor.y().toDoubles())) {
      throw new AssertionError("XOR needs " + xor.y() + ", got " + got);
    }
    // Structures of the library that are nobody's business are taken apart on the module path, too.
    Recurrent lstm = Recurrent.of(Recurrent.Kind.LSTM, 2, 3, 1, keys[0]);
    Tensor steps = Key.of(4).normal(Shape.of(1, 4, 2), DType.F32);
    Tensor slope = Tape.record((Tensor x) -> lstm.apply(x).sum(), steps).gradient().run(steps);
    if (!slope.shape().equals(steps.shape())) {
      throw new AssertionError("a gradient needs " + steps.shape() + ", got " + slope.shape());
    }
    System.out.println(fitted.epoch());
  }
}
