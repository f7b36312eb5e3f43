package dev.backlight.explain.quality;

import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.explain.Explainer;
import dev.backlight.explain.Progress;
import dev.backlight.explain.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Many explainers judged by many metrics on the same examples.
///
/// ```java
/// Benchmark.Result table =
///     Benchmark.of(mlp::apply, x)
///         .explainers(new Saliency(), IntegratedGradients.from(zeros), new RandomAttribution(1))
///         .metrics(Infidelity.of(zeros), FaithfulnessCorrelation.of(zeros), new Sparseness())
///         .run();
/// ```
///
/// An explainer that cannot explain the model keeps its row with the reason, and so does a metric
/// its cell. Every metric gets the same draws for all explainers, so that they are compared on the
/// same questions. The same seed gives the same numbers, in parallel, too.
///
/// @param model from inputs (n, …) to outputs
/// @param x the examples
/// @param target what is explained; [Target#predicted()] if nothing is said and outputs are (n, k)
///   with k > 1
/// @param mask where scores should lie, for metrics of localisation, or none
/// @param explainers the rows
/// @param metrics the columns
/// @param seed where draws begin
/// @param progress who is told how many explanations and cells are done
/// @param parallel whether explainers are asked at the same time, which the model has to bear
public record Benchmark(
    Function<Tensor, Tensor> model,
    Tensor x,
    @Nullable Target target,
    @Nullable Tensor mask,
    List<Explainer> explainers,
    List<Metric> metrics,
    long seed,
    Progress progress,
    boolean parallel) {
  public Benchmark {
    explainers = List.copyOf(explainers);
    metrics = List.copyOf(metrics);
  }

  /// Of a model and examples.
  public static Benchmark of(Function<Tensor, Tensor> model, Tensor x) {
    return new Benchmark(model, x, null, null, List.of(), List.of(), 0, Progress.NONE, false);
  }

  /// Of another target.
  public Benchmark target(Target other) {
    return new Benchmark(model, x, other, mask, explainers, metrics, seed, progress, parallel);
  }

  /// With masks of where scores should lie, of the shape of x.
  public Benchmark masks(Tensor where) {
    return new Benchmark(model, x, target, where, explainers, metrics, seed, progress, parallel);
  }

  /// By these explainers.
  public Benchmark explainers(Explainer... all) {
    return explainers(List.of(all));
  }

  /// By these explainers.
  public Benchmark explainers(List<? extends Explainer> all) {
    return new Benchmark(
        model, x, target, mask, List.copyOf(all), metrics, seed, progress, parallel);
  }

  /// By these metrics.
  public Benchmark metrics(Metric... all) {
    return metrics(List.of(all));
  }

  /// By these metrics.
  public Benchmark metrics(List<? extends Metric> all) {
    return new Benchmark(
        model, x, target, mask, explainers, List.copyOf(all), seed, progress, parallel);
  }

  /// With draws from another seed.
  public Benchmark seed(long from) {
    return new Benchmark(model, x, target, mask, explainers, metrics, from, progress, parallel);
  }

  /// Telling how far it has come.
  public Benchmark progress(Progress told) {
    return new Benchmark(model, x, target, mask, explainers, metrics, seed, told, parallel);
  }

  /// With all explainers at the same time.
  public Benchmark inParallel() {
    return new Benchmark(model, x, target, mask, explainers, metrics, seed, progress, true);
  }

  /// The whole table.
  public BenchmarkResult run() {
    if (explainers.isEmpty() || metrics.isEmpty()) {
      throw new IllegalArgumentException(
          "a benchmark needs explainers and metrics, got "
              + explainers.size()
              + " and "
              + metrics.size());
    }
    Target asked = target == null ? usual() : target;
    List<String> columns =
        unique(metrics.stream().map(m -> new Named(m.name(), m.parameters())).toList());
    List<String> names =
        unique(explainers.stream().map(e -> new Named(e.name(), e.parameters())).toList());
    Bootstrap bootstrap = Bootstrap.of(x.size(0), Key.of(seed).fold(-1));
    Counter counter = new Counter(progress, (long) explainers.size() * (metrics.size() + 1));
    IntStream places = IntStream.range(0, explainers.size());
    List<BenchmarkResult.Row> rows =
        (parallel ? places.parallel() : places)
            .mapToObj(e -> row(names.get(e), explainers.get(e), asked, bootstrap, counter))
            .toList();
    return new BenchmarkResult(x.size(0), asked.toString(), seed, columns, metrics, rows);
  }

  private Target usual() {
    Tensor outputs = model.apply(x.slice(0, 0, 1));
    return outputs.rank() == 2 && outputs.size(1) > 1 ? Target.predicted() : Target.only();
  }

  private BenchmarkResult.Row row(
      String name, Explainer explainer, Target asked, Bootstrap bootstrap, Counter counter) {
    Explained explained;
    try {
      explained = Explained.of(explainer, model, x, asked);
    } catch (RuntimeException e) {
      counter.add(metrics.size() + 1);
      return new BenchmarkResult.Row(name, explainer, null, reason(e), List.of());
    }
    counter.add(1);
    if (mask != null) {
      explained = explained.masked(mask);
    }
    List<BenchmarkResult.Cell> cells = new ArrayList<>();
    for (Metric metric : metrics) {
      // By what it is and not by its place: other columns change no number.
      Key key = Key.of(seed).fold(metric.name().hashCode());
      cells.add(cell(metric, explained, key, bootstrap));
      counter.add(1);
    }
    return new BenchmarkResult.Row(name, explainer, explained.attribution(), "", cells);
  }

  private static BenchmarkResult.Cell cell(
      Metric metric, Explained explained, Key key, Bootstrap bootstrap) {
    double[] values;
    try {
      values = metric.of(explained, key);
    } catch (RuntimeException e) {
      return new BenchmarkResult.Cell(new double[0], bootstrap.interval(), reason(e));
    }
    return new BenchmarkResult.Cell(values, bootstrap.interval(values), "");
  }

  private static String reason(RuntimeException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /// What has to be told apart.
  private record Named(String name, Map<String, Object> parameters) {}

  /// Names, with those parameters that tell apart what has the same name.
  private static List<String> unique(List<Named> all) {
    List<String> names = new ArrayList<>();
    for (Named one : all) {
      List<Named> same = all.stream().filter(n -> n.name.equals(one.name)).toList();
      Map<String, Object> telling = new LinkedHashMap<>(one.parameters);
      telling
          .entrySet()
          .removeIf(
              p -> same.stream().allMatch(n -> p.getValue().equals(n.parameters.get(p.getKey()))));
      StringBuilder name = new StringBuilder(one.name);
      telling.forEach((key, value) -> name.append(", ").append(key).append(' ').append(value));
      String text = name.toString();
      int before = (int) names.stream().filter(n -> n.equals(text)).count();
      names.add(before == 0 ? text : text + " (" + (before + 1) + ")");
    }
    return List.copyOf(names);
  }

  /// Tells how far it has come, from whatever thread.
  private static final class Counter {
    private final Progress progress;
    private final long most;
    private long done;

    Counter(Progress progress, long most) {
      this.progress = progress;
      this.most = most;
    }

    synchronized void add(long more) {
      done += more;
      progress.at(done, most);
    }
  }
}
