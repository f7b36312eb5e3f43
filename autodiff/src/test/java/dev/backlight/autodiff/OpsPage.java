package dev.backlight.autodiff;

import dev.backlight.autodiff.ConventionRows.Row;
import dev.backlight.autodiff.OpCheck.Question;
import dev.backlight.autodiff.OpCheck.Report;
import dev.backlight.autodiff.References.Case;
import dev.backlight.autodiff.References.Fn;
import dev.backlight.core.DType;
import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The two tables of `docs/ops.md`, made of what the battery, the conventions and the references
/// did: a cell that nothing fills is a problem with a name.
final class OpsPage {
  private static final Map<String, Fn> FUNCTIONS = References.functions();

  private final List<Row> rows;
  private final Map<String, List<Case>> goldenOfOp = new TreeMap<>();
  private final Map<String, String> vmapOfOp = new TreeMap<>();
  private final Map<String, String> conventionsOfOp = new TreeMap<>();

  private final Map<String, Set<String>> forward = new LinkedHashMap<>();

  /// What is missing.
  final List<String> problems = new ArrayList<>();

  OpsPage() throws Exception {
    rows = ConventionRows.read();
    for (Case c : References.cases()) {
      for (String op : opsOf(c)) {
        goldenOfOp.computeIfAbsent(op, _ -> new ArrayList<>()).add(c);
      }
    }
  }

  /// The whole page.
  String text() throws Exception {
    String ops = ops();
    String functions = functions(group -> !group.equals("tapes"));
    String tapes = functions("tapes"::equals);
    return """
    # Every op and every function, and what was asked of it

    This page is written by the test that asks (`OpsTableTest`), from what it found; a cell that
    cannot be filled fails the build.

    - **F64**, **F32**: at how many points it was asked ([how](writing-an-op.md#checking-it)), and whether
      single precision agrees there.
    - **vjp**: to which order derivatives agree with finite differences of the function itself.
    - **jvp**: the adjoint identity holds, and forward over reverse is reverse over forward.
    - **vmap**: an op with a batching `rule`, or one that the engine runs in a `loop`; checked against
      the loop for every choice of mapped inputs.
    - **conventions**: how many rows of [the table of kinks, ties and edges](conventions.md) ask it; `smooth`
      if its derivatives agree with differences at zeros, ones, ties and alternating signs too; `as` the ops
      that it is made of and that have rows.
    - **golden**: in how many cases its values, gradients and Hessian-vector products were compared with
      those of PyTorch, SciPy or mpmath, to ten digits.

    ## Ops

    """
        + ops
        + """

        ## Functions of `Tensor`

        Overloads share a row. `made of` is what the calls put on a tape.

        """
        + functions
        + """

        ## Tapes as ops

        What puts a whole tape on a tape as one node.

        """
        + tapes;
  }

  // ---- ops ----

  private String ops() throws Exception {
    StringBuilder table = new StringBuilder();
    table.append("| op | family | F64 | F32 | vjp | jvp | vmap | conventions | golden |\n");
    table.append("|---|---|---|---|---|---|---|---|---|\n");
    Map<String, List<OpSamples.Sample>> samples =
        OpSamples.all().stream()
            .collect(Collectors.groupingBy(s -> s.op().getClass().getSimpleName()));
    for (Class<?> op : OpRegistry.all()) {
      String name = op.getSimpleName();
      List<OpSamples.Sample> mine = samples.getOrDefault(name, List.of());
      if (mine.isEmpty()) {
        problems.add(name + " has no sample");
        continue;
      }
      List<Report> reports =
          mine.stream()
              .map(s -> OpCheck.standard().check(s.op(), s.inputs().toArray(Tensor[]::new)))
              .toList();
      String vmap = all(reports, Question.BATCH, "rule") ? "rule" : "loop";
      vmapOfOp.put(name, vmap);
      String conventions = conventions(name, mine);
      conventionsOfOp.put(name, conventions);
      int golden = goldenOfOp.getOrDefault(name, List.of()).size();
      if (golden == 0) {
        problems.add(name + " is in no reference case");
      }
      line(
          table,
          "`" + name + "`",
          family(mine.getFirst().op()),
          counted(mine.size(), "point"),
          single(reports),
          derivative(reports, Question.DERIVATIVES, name),
          derivative(reports, Question.ADJOINT, name),
          vmap,
          conventions,
          counted(golden, "case"));
    }
    return table.toString();
  }

  private void line(StringBuilder table, String... cells) {
    for (String cell : cells) {
      if (cell.isBlank()) {
        problems.add("an empty cell in the row of " + cells[0]);
      }
      table.append("| ").append(cell).append(' ');
    }
    table.append("|\n");
  }

  private static String counted(int n, String what) {
    return n + " " + what + (n == 1 ? "" : "s");
  }

  private static boolean all(List<Report> reports, Question question, String outcome) {
    return reports.stream().allMatch(r -> outcome.equals(r.outcomes().get(question)));
  }

  private static String single(List<Report> reports) {
    return reports.stream().anyMatch(r -> said(r, Question.SINGLE).startsWith("within"))
        ? "yes"
        : "no float input";
  }

  private static String said(Report report, Question question) {
    return Objects.requireNonNull(report.outcomes().get(question));
  }

  /// What was found at the points that have a derivative.
  private String derivative(List<Report> reports, Question question, String name) {
    Set<String> found =
        reports.stream()
            .map(r -> said(r, question))
            .filter(text -> !text.startsWith("none"))
            .collect(Collectors.toCollection(TreeSet::new));
    if (found.isEmpty()) {
      return said(reports.getFirst(), question).replace("none: ", "");
    }
    if (found.size() > 1) {
      problems.add(name + " was asked differently at its points: " + found);
    }
    return String.join(", ", found).replace("to order", "order");
  }

  private static String family(Op op) {
    return switch (op) {
      case Op.Elementwise _ -> "elementwise";
      case Op.Pairwise _ -> "pairwise";
      case Op.Linear _ -> "linear";
      case Op.Bilinear _ -> "bilinear";
      case Op.Routing _ -> "routing";
      case Op.Coupled _ -> "coupled";
      case Op.Discrete _ -> "discrete";
      case Op.Nested _ -> "nested";
      case Op.Custom _ -> "custom";
    };
  }

  // ---- conventions ----

  private String conventions(String name, List<OpSamples.Sample> samples) {
    Op op = samples.getFirst().op();
    boolean linear = op instanceof Op.Routing && samples.stream().allMatch(OpsPage::isLinear);
    boolean byName = linear || op instanceof Op.Discrete;
    String asked =
        rows(row ->
            byName
                ? row.calls().stream().anyMatch(name::equalsIgnoreCase)
                : row.ops().contains(name));
    return switch (op) {
      case Op.Linear _ -> "linear";
      case Op.Bilinear _ -> "linear in each";
      case Op.Discrete _ -> asked.isEmpty() ? "piecewise constant" : asked;
      case Op.Routing _ when linear -> asked.isEmpty() || !selects(samples) ? "linear" : asked;
      default -> asked.isEmpty() ? smooth(name, samples) : asked;
    };
  }

  /// Whether a mask among the inputs says what counts.
  private static boolean selects(List<OpSamples.Sample> samples) {
    return samples.getFirst().inputs().stream().anyMatch(t -> t.dtype() == DType.BOOL);
  }

  /// A link to the rows of the conventions that ask, empty if none does.
  private String rows(Predicate<Row> asks) {
    long asked = rows.stream().filter(asks).count();
    return asked == 0 ? "" : "[" + asked + (asked == 1 ? " row" : " rows") + "](conventions.md)";
  }

  private String smooth(String name, List<OpSamples.Sample> samples) {
    for (OpSamples.Sample sample : samples) {
      String kink = kink(sample);
      if (!kink.isEmpty()) {
        problems.add(name + " has no row in docs/conventions.md and is not smooth: " + kink);
      }
    }
    return "smooth";
  }

  /// Whether `f(x + 2y) = f(x) + 2f(y)` for the `F64` inputs, whatever the others are.
  private static boolean isLinear(OpSamples.Sample sample) {
    Tensor[] x = sample.inputs().toArray(Tensor[]::new);
    Tensor[] y = Stream.of(x).map(t -> patterned(t, -.7, 1.3, .4, .1)).toArray(Tensor[]::new);
    Tensor[] both = new Tensor[x.length];
    for (int i = 0; i < x.length; i++) {
      both[i] = x[i].dtype() == DType.F64 ? x[i].add(y[i].mul(2)) : x[i];
    }
    double[] p = Tensor.applyAll(sample.op(), x)[0].toDoubles();
    double[] q = Tensor.applyAll(sample.op(), y)[0].toDoubles();
    double[] r = Tensor.applyAll(sample.op(), both)[0].toDoubles();
    return IntStream.range(0, r.length).allMatch(e -> Math.abs(p[e] + 2 * q[e] - r[e]) < 1e-12);
  }

  /// What goes wrong at zeros, ones and alternating signs; empty if nothing.
  private static String kink(OpSamples.Sample sample) {
    for (double[] pattern : new double[][] {{0}, {1}, {-1, 1}, {0, 1, 0}}) {
      Tensor[] at = sample.inputs().stream().map(t -> patterned(t, pattern)).toArray(Tensor[]::new);
      try {
        boolean finite =
            Stream.of(Tensor.applyAll(sample.op(), at))
                .flatMapToDouble(y -> java.util.Arrays.stream(y.toDoubles()))
                .allMatch(Double::isFinite);
        if (!finite) {
          return sample + " at " + java.util.Arrays.toString(pattern) + " is not finite";
        }
        OpCheck.standard()
            .order(2)
            .check(
                sample.toString(),
                in -> List.of(Tensor.applyAll(sample.op(), in.toArray(Tensor[]::new))),
                at);
      } catch (OpCheckFailure | IllegalArgumentException e) {
        return sample + " at " + java.util.Arrays.toString(pattern) + ": " + e.getMessage();
      }
    }
    return "";
  }

  private static Tensor patterned(Tensor t, double... pattern) {
    if (t.dtype() != DType.F64) {
      return t;
    }
    Shape shape = t.shape();
    return Tensor.of(
        shape,
        IntStream.range(0, shape.elements())
            .mapToDouble(e -> pattern[e % pattern.length])
            .toArray());
  }

  // ---- functions ----

  private String functions(Predicate<String> wanted) {
    StringBuilder table = new StringBuilder();
    table.append("| function | made of | F64 | F32 | vjp | jvp | vmap | conventions | golden |\n");
    table.append("|---|---|---|---|---|---|---|---|---|\n");
    Map<String, List<Case>> cases =
        References.cases().stream()
            .collect(Collectors.groupingBy(Case::function, TreeMap::new, Collectors.toList()));
    Map<String, String> methods = References.methods();
    for (String name :
        methods.keySet().stream().filter(n -> wanted.test(methods.get(n))).toList()) {
      List<Case> mine = cases.getOrDefault(name, List.of());
      if (mine.isEmpty()) {
        problems.add(name + " has no reference case");
        continue;
      }
      List<Report> reports = new ArrayList<>();
      for (Case c : mine) {
        if (c.isForDifferences()) {
          reports.add(
              OpCheck.standard().check(c.name(), flat(c), c.inputs().toArray(Tensor[]::new)));
        }
      }
      boolean byDefinition = reports.isEmpty();
      if (byDefinition) {
        // What stands still on purpose has a derivative that differences do not know.
        for (Case c : mine) {
          reports.add(
              OpCheck.standard()
                  .without(Question.DERIVATIVES)
                  .check(c.name(), flat(c), c.inputs().toArray(Tensor[]::new)));
        }
      }
      Set<String> made = new LinkedHashSet<>();
      mine.forEach(c -> made.addAll(forward(c)));
      line(
          table,
          "`" + name + "`",
          made.isEmpty() ? "nothing: it is the identity there" : String.join(", ", made),
          counted(reports.size(), "point"),
          single(reports),
          byDefinition ? "as defined, order 1" : derivative(reports, Question.DERIVATIVES, name),
          derivative(reports, Question.ADJOINT, name),
          vmap(made),
          conventions(name, made),
          counted(mine.size(), "case"));
    }
    return table.toString();
  }

  private static Function<List<Tensor>, List<Tensor>> flat(Case c) {
    Fn fn = Objects.requireNonNull(FUNCTIONS.get(c.name()), () -> "no function for " + c);
    return in -> List.of(fn.of(in.toArray(Tensor[]::new)));
  }

  private String vmap(Set<String> made) {
    List<String> loops = made.stream().filter(op -> "loop".equals(vmapOfOp.get(op))).toList();
    return loops.isEmpty() ? "rule" : "loop for " + String.join(", ", loops);
  }

  private String conventions(String function, Set<String> made) {
    List<String> edged =
        made.stream().filter(op -> conventionsOfOp.getOrDefault(op, "").startsWith("[")).toList();
    Set<String> kinds =
        made.stream()
            .map(op -> conventionsOfOp.getOrDefault(op, ""))
            .collect(Collectors.toCollection(TreeSet::new));
    if (kinds.contains("as its body")) {
      return "as its body";
    }
    if (edged.isEmpty()) {
      boolean one = kinds.size() == 1 && !kinds.contains("linear in each");
      return made.isEmpty() ? "linear" : one ? kinds.iterator().next() : "smooth";
    }
    String asked = rows(row -> row.calls().contains(function));
    return asked.isEmpty() ? "as " + String.join(", ", edged) : asked;
  }

  // ---- tapes of the cases ----

  private Set<String> forward(Case c) {
    return Objects.requireNonNull(forward.get(c.name()));
  }

  /// The ops on the tape of a case, of its vjp and of the jvp of that: what a comparison of values,
  /// gradients and Hessian-vector products puts to the test.
  private Set<String> opsOf(Case c) {
    Fn fn = Objects.requireNonNull(FUNCTIONS.get(c.name()), () -> "no function for " + c);
    Recorder recorder = new Recorder();
    Tensor[] in =
        c.inputs().stream().map(t -> recorder.input(t.spec(), t.block())).toArray(Tensor[]::new);
    Program program = recorder.finishRaw(List.of(fn.of(in)));
    Set<String> ops = names(program.nodes);
    forward.put(c.name(), new LinkedHashSet<>(ops));
    nested(program, c);
    List<Tensor> at = c.inputs().stream().filter(t -> t.dtype() == DType.F64).toList();
    if (!c.gradients().isEmpty()) {
      var vjp =
          Tape.record(References.smooth(fn, c.inputs()), at).vjp(Function.<List<Tensor>>identity());
      ops.addAll(names(vjp.nodes()));
      if (!c.hvp().isEmpty()) {
        Tape<List<Tensor>, List<Tensor>> gradient =
            Tape.record(some -> vjp.run(new WithCotangent<>(some, c.cotangents())), at);
        ops.addAll(names(gradient.jvp(Function.<List<Tensor>>identity()).nodes()));
      }
    }
    return ops;
  }

  /// A tape as a node has no sample: it is asked where it stands.
  private void nested(Program program, Case c) {
    if (program.nodes.stream().noneMatch(node -> node.op() instanceof Op.Nested)) {
      return;
    }
    Tensor[] v = program.on(c.inputs().toArray(Tensor[]::new));
    for (Node node : program.nodes) {
      if (node.op() instanceof Op.Nested) {
        Tensor[] in = IntStream.of(node.inputs()).mapToObj(k -> v[k]).toArray(Tensor[]::new);
        String name = node.op().getClass().getSimpleName();
        vmapOfOp.merge(
            name,
            new TapeQuestions(node.op(), in).rule(node.op()),
            (one, other) -> one.equals(other) ? one : "loop");
        conventionsOfOp.put(name, "as its body");
      }
    }
  }

  private static Set<String> names(List<Node> nodes) {
    return nodes.stream()
        .map(node -> node.op().getClass().getSimpleName())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
