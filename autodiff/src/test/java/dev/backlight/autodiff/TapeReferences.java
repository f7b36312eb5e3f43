package dev.backlight.autodiff;

import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.Tensor;
import java.util.List;
import java.util.Map;

/// The cases of what puts a whole tape on a tape as one node.
final class TapeReferences {
  private TapeReferences() {}

  static void addTo(Map<String, Fn> all) {
    all.put("sumOver", x -> new Tensor[] {Tape.sumOver(row -> row.matmul(x[1]).tanh(), x[0])});
    all.put("mapOver", x -> new Tensor[] {Tape.mapOver(row -> row.matmul(x[1]).tanh(), x[0])});
    all.put("vmap", x -> new Tensor[] {Tape.vmap(row -> row.matmul(x[1]).tanh(), x[0])});
    all.put("call", x -> new Tensor[] {Tape.call(in -> in.matmul(x[1]).tanh().exp(), x[0])});
    all.put(
        "scan",
        x ->
            both(
                Tape.scan(
                    (Tensor h, Tensor a) ->
                        new Scanned<>(h.matmul(x[2]).add(a).tanh(), h.mul(a).sin()),
                    x[0],
                    x[1])));
    all.put(
        "scanBackwards",
        x ->
            both(
                Tape.scanBackwards(
                    (Tensor h, Tensor a) ->
                        new Scanned<>(h.matmul(x[2]).add(a).tanh(), h.mul(a).sin()),
                    x[0],
                    x[1])));
    all.put(
        "scan/length",
        x -> both(Tape.scan((Tensor h) -> new Scanned<>(h.sin().add(x[1]), h.square()), x[0], 3)));
    all.put("cond", TapeReferences::choice);
    all.put("cond/no", TapeReferences::choice);
    all.put(
        "whileLoop",
        x ->
            new Tensor[] {
              Tape.whileLoop(y -> y.square().sum().lt(100), y -> y.mul(1.5).add(x[1]), x[0])
            });
    all.put(
        "whileLoop/bound",
        x ->
            new Tensor[] {
              Tape.whileLoop(y -> y.square().sum().lt(100), y -> y.mul(1.5).add(x[1]), x[0], 9)
            });
  }

  private static Tensor[] both(Scanned<Tensor, Tensor> step) {
    return new Tensor[] {step.carry(), step.out()};
  }

  private static Tensor[] choice(Tensor... x) {
    return new Tensor[] {
      Tape.cond(
          x[0],
          (List<Tensor> in) -> in.get(0).mul(in.get(1)).tanh(),
          in -> in.get(0).square(),
          List.of(x[1], x[2]))
    };
  }
}
