package dev.backlight.explain;

import dev.backlight.core.Tensor;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/// A model that answers a wide batch in parts, on several threads at once: for methods that ask
/// about many points, and models that use one thread themselves.
///
/// ```java
/// ShapleySampling.from(zeros).explain(ParallelModel.of(model), x, target);
/// ```
///
/// Parts depend on the number of rows alone, so the bits do not depend on the machine. The model
/// must be safe from many threads. What is on a recording is asked at once: there is nothing to
/// share out.
///
/// @param model what is asked, about any number of rows
/// @param rows how many rows a part has at least
public record ParallelModel(Function<Tensor, Tensor> model, int rows)
    implements Function<Tensor, Tensor> {
  private static final int PARTS = 16;

  public ParallelModel {
    if (rows < 1) {
      throw new IllegalArgumentException("a part needs at least 1 row, got " + rows);
    }
  }

  /// In parts of 8 rows or more.
  public static ParallelModel of(Function<Tensor, Tensor> model) {
    return new ParallelModel(model, 8);
  }

  @Override
  public Tensor apply(Tensor x) {
    int parts = x.rank() == 0 ? 1 : Math.min(PARTS, x.size(0) / rows);
    if (parts < 2 || x.recording() != null) {
      return model.apply(x);
    }
    int n = x.size(0);
    List<Tensor> answers =
        IntStream.range(0, parts)
            .parallel()
            .mapToObj(p -> model.apply(x.slice(0, p * n / parts, (p + 1) * n / parts)))
            .toList();
    return Tensor.concat(0, answers);
  }
}
