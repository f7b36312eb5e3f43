package dev.backlight.autodiff;

import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// The rows of `docs/conventions.md`, compiled in order to see which ops each of them asks.
final class ConventionRows {
  private static final Pattern CALL = Pattern.compile("\\.(\\w+)\\(");

  /// One row.
  ///
  /// @param code the function of `x`
  /// @param ops the names of the op records on its tape
  /// @param calls the methods in its code
  record Row(String code, Set<String> ops, Set<String> calls) {}

  private ConventionRows() {}

  /// The folder that holds the documentation.
  static Path docs() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/conventions.md"))) {
      folder = Objects.requireNonNull(folder.getParent());
    }
    return folder.resolve("docs");
  }

  static List<Row> read() throws Exception {
    List<String[]> cells = new ArrayList<>();
    for (String line : Files.readAllLines(docs().resolve("conventions.md"))) {
      if (line.startsWith("| `")) {
        cells.add(line.split("\\s*\\|\\s*"));
      }
    }
    List<String> codes = cells.stream().map(c -> c[1].replace("`", "")).toList();
    List<Function<Tensor, Tensor>> functions = compiled(codes);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < codes.size(); i++) {
      Set<String> calls = new TreeSet<>();
      Matcher call = CALL.matcher(codes.get(i));
      while (call.find()) {
        calls.add(call.group(1));
      }
      rows.add(new Row(codes.get(i), ops(functions.get(i), point(cells.get(i)[2])), calls));
    }
    return rows;
  }

  private static Set<String> ops(Function<Tensor, Tensor> f, Tensor x) {
    Set<String> ops = new TreeSet<>();
    Recorder recorder = new Recorder();
    Tensor y = f.apply(recorder.input(x.spec(), null)); // without values: some rows are errors
    recorder
        .finishRaw(List.of(y))
        .nodes
        .forEach(node -> ops.add(node.op().getClass().getSimpleName()));
    return ops;
  }

  private static Tensor point(String cell) {
    double[] numbers =
        Arrays.stream(cell.split(",\\s*")).mapToDouble(ConventionRows::number).toArray();
    return Tensor.of(Shape.of(numbers.length), numbers);
  }

  private static double number(String text) {
    String plain = text.strip().replace('−', '-').replace("∞", "Infinity").replace("½", "0.5");
    return Double.parseDouble(plain);
  }

  @SuppressWarnings("unchecked")
  private static List<Function<Tensor, Tensor>> compiled(List<String> codes) throws Exception {
    StringBuilder source =
        new StringBuilder(
            """
            import dev.backlight.core.*;
            import java.util.*;
            import java.util.function.*;
            public final class AskedRows {
              public static List<Function<Tensor, Tensor>> all() {
                List<Function<Tensor, Tensor>> all = new ArrayList<>();
            """);
    codes.forEach(code -> source.append("    all.add(x -> ").append(code).append(");\n"));
    source.append("    return all;\n  }\n}\n");
    Path classes = Files.createTempDirectory("rows");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject file =
        new SimpleJavaFileObject(
            URI.create("string:///AskedRows.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    List<String> options =
        List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
    if (!compiler.getTask(null, null, null, options, null, List.of(file)).call()) {
      throw new IOException("the rows of docs/conventions.md do not compile");
    }
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {classes.toUri().toURL()}, ConventionRows.class.getClassLoader())) {
      return (List<Function<Tensor, Tensor>>)
          Objects.requireNonNull(loader.loadClass("AskedRows").getMethod("all").invoke(null));
    }
  }
}
