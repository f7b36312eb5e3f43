package dev.backlight.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.cli.Main;
import dev.backlight.cli.docs.Pages.Block;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The documentation is held to its word: code is run, output is compared, links lead somewhere.
class DocsTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)\\s]*)?\\)");

  @TempDir static Path classes;

  /// What the pages do not show as it is: with `-Dbacklight.docs=write` it is written into them.
  private static final Map<Block, String> CHANGED = new LinkedHashMap<>();

  @AfterAll
  static void rewrite() {
    if ("write".equals(System.getProperty("backlight.docs"))) {
      List<Block> last = new ArrayList<>(CHANGED.keySet());
      last.sort(Comparator.comparingInt(Block::line).reversed());
      last.forEach(block -> Pages.rewrite(block, CHANGED.get(block)));
    }
  }

  @TestFactory
  Stream<DynamicTest> everyProgramPrintsWhatThePageShows() {
    Map<String, List<Block>> programs = new LinkedHashMap<>();
    Map<Block, Block> outputs = new LinkedHashMap<>();
    List<Block> blocks = Pages.blocks();
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      String name = block.marked("run");
      if (name != null && block.language().equals("java")) {
        programs.computeIfAbsent(name, _ -> new ArrayList<>()).add(block);
        if (i + 1 < blocks.size() && blocks.get(i + 1).isOutputOf(block)) {
          outputs.put(block, blocks.get(i + 1));
        }
      }
    }
    assertThat(programs).isNotEmpty();
    Programs.compile(Programs.sources(programs, classes), classes);
    return programs.entrySet().stream()
        .map(program ->
            DynamicTest.dynamicTest(
                program.getKey() + " of " + program.getValue().getFirst(),
                () -> compare(program.getKey(), program.getValue(), outputs)));
  }

  private static void compare(String name, List<Block> pieces, Map<Block, Block> outputs)
      throws Exception {
    List<String> printed = Programs.run(name, classes);
    for (int i = 0; i < pieces.size(); i++) {
      Block output = outputs.get(pieces.get(i));
      String text = printed.get(i).stripTrailing().replace("\r\n", "\n");
      if (output != null) {
        shows(output, text);
      } else {
        assertThat(text).as("%s shows no output", pieces.get(i)).isEmpty();
      }
    }
  }

  private static void shows(Block block, String text) {
    if (!text.equals(block.text())) {
      CHANGED.put(block, text);
    }
    assertThat(text).as("what %s shows", block).isEqualTo(block.text());
  }

  @Test
  void noCodeIsShownThatNobodyRuns() {
    assertThat(Pages.blocks())
        .filteredOn(block -> block.language().equals("java"))
        .allSatisfy(block ->
            assertThat(block.marked("run") != null || block.marked("fragment") != null)
                .as("%s needs a comment 'run: Name' or 'fragment: path' above", block)
                .isTrue());
  }

  @Test
  void everyFragmentStandsInItsSourceFile() throws IOException {
    for (Block block : Pages.blocks()) {
      String file = block.marked("fragment");
      if (file != null) {
        assertThat(words(Files.readString(Pages.top().resolve(file))))
            .as("%s in %s", block, file)
            .contains(words(block.text()));
      }
    }
  }

  private static String words(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  @TestFactory
  Stream<DynamicTest> everyCommandPrintsWhatThePageShows() {
    return Pages.blocks().stream()
        .filter(block -> block.marked("command") != null)
        .map(block ->
            DynamicTest.dynamicTest("backlight " + block.marked("command"), () -> shows(block)));
  }

  private static void shows(Block command) throws IOException {
    shows(command, printed(String.valueOf(command.marked("command")).split(" ")));
  }

  /// What a command prints at the top of the tree; what it writes goes elsewhere.
  private static String printed(String... args) throws IOException {
    String top = Pages.top() + File.separator;
    String aside = Files.createTempDirectory("docs") + File.separator;
    String[] here = args.clone();
    for (int i = 0; i < args.length; i++) {
      if (args[i].startsWith("data/")) {
        here[i] = top + args[i];
      } else if (i > 0 && args[i - 1].equals("--out")) {
        here[i] = aside + args[i];
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      assertThat(Main.run(out, out, here)).isZero();
    }
    return bytes
        .toString(StandardCharsets.UTF_8)
        .replace("\r\n", "\n")
        .replace(top, "")
        .replace(aside, "")
        .stripTrailing();
  }

  /// Some formatters go on with `//` where a `///` line is longer than the page is wide, which ends
  /// the comment in the middle of a sentence.
  @Test
  void noDocCommentIsBrokenInTheMiddle() throws IOException {
    try (Stream<Path> files = Files.walk(Pages.top())) {
      List<Path> sources =
          files
              .filter(
                  file -> file.toString().endsWith(".java") && !file.toString().contains("target"))
              .toList();
      for (Path source : sources) {
        List<String> lines = Pages.lines(source);
        for (int i = 1; i < lines.size(); i++) {
          boolean broken =
              lines.get(i - 1).strip().startsWith("///")
                  && lines.get(i).strip().startsWith("//")
                  && !lines.get(i).strip().startsWith("///");
          assertThat(broken).as("%s:%d goes on with //", source, i + 1).isFalse();
        }
      }
    }
  }

  @Test
  void everyLinkToAFileLeadsToOne() {
    for (Path page : Pages.all()) {
      for (String line : Pages.lines(page)) {
        Matcher link = LINK.matcher(line);
        while (link.find()) {
          String to = link.group(1);
          if (!to.contains(":")) {
            assertThat(page.resolveSibling(to)).as("a link of %s", page).exists();
          }
        }
      }
    }
  }
}
