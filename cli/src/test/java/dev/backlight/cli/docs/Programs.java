package dev.backlight.cli.docs;

import dev.backlight.cli.docs.Pages.Block;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// The programs that the pages contain, compiled in one go and run one by one.
///
/// A block with a `main` is a whole source file. Other blocks of one name are put together: their
/// imports at the top, the rest one after another inside a `main`, so that a page can explain a
/// program in pieces.
final class Programs {
  private static final String BETWEEN = "\u0000";
  private static final Pattern FILE = Pattern.compile("Path\\.of\\(\"([^\"]*)\"\\)");

  /// What every program in pieces may use without saying so.
  private static final String IMPORTS =
      """
      import dev.backlight.autodiff.*;
      import dev.backlight.core.*;
      import dev.backlight.explain.*;
      import dev.backlight.nn.*;
      import dev.backlight.nn.data.*;
      import dev.backlight.nn.optim.*;
      import dev.backlight.nn.metric.*; import dev.backlight.nn.model.*; import dev.backlight.nn.train.*;
      import java.nio.file.*;
      import java.util.*;
      import java.util.function.*;
      """;

  private Programs() {}

  /// The source of every program by name. Files under `data` are those of the project, other files
  /// that a program names lie in `folder`.
  static Map<String, String> sources(Map<String, List<Block>> programs, Path folder) {
    Map<String, String> sources = new LinkedHashMap<>();
    programs.forEach((name, blocks) ->
        sources.put(
            name,
            FILE.matcher(source(blocks))
                .replaceAll(file -> "Path.of(\"" + place(file.group(1), folder) + "\")")));
    return sources;
  }

  private static String place(String file, Path folder) {
    Path place = file.startsWith("data/") ? Pages.top().resolve(file) : folder.resolve(file);
    return Matcher.quoteReplacement(place.toAbsolutePath().toString().replace('\\', '/'));
  }

  private static String source(List<Block> blocks) {
    if (blocks.getFirst().text().contains("void main(")) {
      return blocks.getFirst().text();
    }
    StringBuilder imports = new StringBuilder(IMPORTS);
    StringBuilder body = new StringBuilder();
    for (Block block : blocks) {
      for (String line : block.text().split("\n")) {
        (line.startsWith("import ") ? imports : body).append(line).append('\n');
      }
      body.append("System.out.print(\"\\0\");\n");
    }
    return imports + "void main() throws Exception {\n" + body + "}\n";
  }

  /// Compiles sources into a folder; a program that does not compile fails with the compiler's
  /// words.
  static void compile(Map<String, String> sources, Path folder) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<JavaFileObject> units = new ArrayList<>();
    sources.forEach((name, source) -> units.add(unit(name, source)));
    StringWriter complaints = new StringWriter();
    List<String> options =
        List.of(
            "-d",
            folder.toString(),
            "-classpath",
            System.getProperty("java.class.path"),
            "--release",
            "25",
            "--add-modules",
            "jdk.incubator.vector",
            "-parameters",
            "-proc:none");
    if (!compiler.getTask(complaints, null, null, options, null, units).call()) {
      throw new AssertionError("code in the documentation does not compile:\n" + complaints);
    }
  }

  private static JavaFileObject unit(String name, String source) {
    URI uri = URI.create("string:///" + name + ".java");
    return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
  }

  /// Runs one compiled program and answers what it printed, a text for every piece.
  static List<String> run(String name, Path folder) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, Programs.class.getClassLoader())) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      Class<?> type = loader.loadClass(name);
      var constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      Method main = type.getDeclaredMethod("main");
      main.setAccessible(true);
      main.invoke(constructor.newInstance());
    } catch (InvocationTargetException e) {
      throw new AssertionError("the program " + name + " of the documentation fails", e.getCause());
    } catch (IOException e) {
      throw new AssertionError("the programs of the documentation cannot be loaded", e);
    } finally {
      System.setOut(before);
    }
    return List.of(printed.toString(StandardCharsets.UTF_8).split(BETWEEN, -1));
  }
}
