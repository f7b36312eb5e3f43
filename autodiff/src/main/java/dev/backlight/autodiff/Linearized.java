package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A value, and the derivative there as a linear map: all that does not depend on the map's own
/// argument is computed already.
///
/// ```java
/// var at = tape.linearize(x);          // once
/// at.map().run(v);                     // J v, J w, … : no forward pass again
/// ```
///
/// @param value what the tape answers at the point
/// @param map `ẋ ↦ J ẋ`, or `ȳ ↦ Jᵀ ȳ` for a pullback
/// @param <B> the structure of the value
/// @param <S> the structure of the map's argument
/// @param <T> the structure of the map's result
public record Linearized<B, S, T>(B value, Tape<S, T> map) {
  /// From a program that takes a point and an argument, and answers the value and the map.
  static <B, S, T> Linearized<B, S, T> of(
      Program both, List<Tensor> at, Struct<B> value, Struct<S> in, Struct<T> out) {
    Recorder recorder = new Recorder();
    Tensor[] args = at.toArray(new Tensor[both.inputs]);
    for (int i = at.size(); i < args.length; i++) {
      args[i] = recorder.input(both.specs[i], null);
    }
    Tensor[] v = both.on(args);
    List<Tensor> all = new ArrayList<>();
    Arrays.stream(both.outputs).forEach(output -> all.add(v[output]));
    int n = value.size();
    return new Linearized<>(
        value.build(all.subList(0, n)),
        new Tape<>(recorder.finish(all.subList(n, all.size())), in, out));
  }

  /// A program as a function of the inputs `open` alone, the others held at these values.
  static Program fixed(Program program, List<Tensor> at, int[] open) {
    Recorder recorder = new Recorder();
    Tensor[] args = at.toArray(Tensor[]::new);
    for (int i : open) {
      args[i] = recorder.input(program.specs[i], null, program.recordedOn[i]);
    }
    Tensor[] v = program.on(args);
    return recorder.finish(Arrays.stream(program.outputs).mapToObj(o -> v[o]).toList());
  }
}
