package dev.backlight.cli.demo;

import dev.backlight.cli.Method;
import dev.backlight.cli.Terminal;
import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Attribution;
import dev.backlight.explain.Target;
import dev.backlight.nn.Activation;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.Standardizer;
import dev.backlight.nn.data.Dataset;
import dev.backlight.nn.data.Rows;
import dev.backlight.nn.optim.AdamW;
import dev.backlight.nn.train.Fitted;
import dev.backlight.nn.train.Trainer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// A perceptron that tells malignant from benign tumours by 30 measurements.
///
/// @param network from 30 standardised measurements to the log-odds of malignant
/// @param all the patients, as they were measured
/// @param x the same, standardised
/// @param held the places of those that training never saw
/// @param explained every patient's log-odds of malignant, by each method that measures shares,
///   from the mean of the training patients
record CancerStudy(
    Sequential network, Dataset all, Tensor x, int[] held, Map<Method, Attribution> explained) {
  static CancerStudy run(Key key, Demo.Size size, Terminal terminal) throws IOException {
    Key[] keys = key.split(3);
    Dataset all = Samples.cancer();
    Rows rows = Rows.stratified(all.y().toInts(), 0.2, keys[0]);
    Tensor train = Tensor.of(rows.train());
    Tensor held = Tensor.of(rows.held());
    Standardizer scaling = Standardizer.fit(all.x().take(0, train));
    Tensor x = scaling.apply(all.x());
    Tensor malignant = all.y().to(DType.F32).reshape(all.rows(), 1);
    Fitted<Sequential> fitted =
        Trainer.binary(Sequential::apply)
            .optimizer(AdamW.of(0.003).decay(1))
            .epochs(size.cancerEpochs())
            .batch(32)
            .key(keys[1])
            .progress(terminal.progress())
            .fit(
                Sequential.mlp(keys[2], Activation.RELU, 30, 16, 8, 1),
                x.take(0, train),
                malignant.take(0, train),
                x.take(0, held),
                malignant.take(0, held));
    terminal.note("explaining " + all.rows() + " patients");
    Map<Method, Attribution> explained = new LinkedHashMap<>();
    for (Method method : List.of(Method.IG, Method.GXI, Method.LRP, Method.OCCLUSION)) {
      explained.put(
          method,
          method
              .explainer()
              .explain(fitted.model()::apply, x, Target.only())
              .named(all.features()));
    }
    return new CancerStudy(fitted.model(), all, x, rows.held(), explained);
  }

  Attribution by(Method method) {
    Attribution attribution = explained.get(method);
    if (attribution == null) {
      throw new IllegalArgumentException("patients are explained by shares, got " + method.title);
    }
    return attribution;
  }

  /// The log-odds of malignant.
  double logit(int patient) {
    return by(Method.IG).output().at(patient);
  }

  boolean isMalignant(int patient) {
    return all.y().at(patient) == 1;
  }

  boolean isRight(int patient) {
    return logit(patient) > 0 == isMalignant(patient);
  }

  /// How many of the patients held out are told rightly.
  int correct() {
    return (int) IntStream.of(held).filter(this::isRight).count();
  }

  double accuracy() {
    return (double) correct() / held.length;
  }

  /// Of those held out: the clearest malignant one.
  int clearlyMalignant() {
    return first(p -> isMalignant(p) && isRight(p), Comparator.comparingDouble(p -> -logit(p)));
  }

  /// Of those held out: the clearest benign one.
  int clearlyBenign() {
    return first(p -> !isMalignant(p) && isRight(p), Comparator.comparingDouble(this::logit));
  }

  /// Of those held out: the one got wrong most clearly; if there is none, the closest call.
  int hardest() {
    boolean errs = correct() < held.length;
    Comparator<Integer> size = Comparator.comparingDouble(p -> Math.abs(logit(p)));
    return first(p -> !errs || !isRight(p), errs ? size.reversed() : size);
  }

  private int first(IntPredicate which, Comparator<Integer> order) {
    return IntStream.of(held).filter(which).boxed().min(order).orElseThrow();
  }

  /// How far each feature moves the answer either way, on average over all patients.
  double[] importance(Method method) {
    Tensor scores = by(method).scores().to(DType.F64);
    return scores.abs().mean(0).toDoubles();
  }

  /// The features' places by what integrated gradients find most important.
  List<Integer> ranking() {
    double[] size = importance(Method.IG);
    return IntStream.range(0, size.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer j) -> -size[j]))
        .toList();
  }

  /// The names of the features as people write them.
  String[] names() {
    return all.features().stream().map(f -> f.replace('_', ' ')).toArray(String[]::new);
  }

  double[][] rows(Tensor table) {
    double[] values = table.toDoubles();
    int width = table.size(1);
    double[][] rows = new double[table.size(0)][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
    }
    return rows;
  }
}
