package dev.backlight.cli.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The pages of the documentation, read for what a test can hold them to.
///
/// A code block may be preceded by a comment that readers of the page do not see:
///
/// | comment | the block |
/// |---|---|
/// | `<!-- run: Name -->` | is part of the program `Name`; the `text` block that follows is what it prints |
/// | `<!-- fragment: path -->` | stands in that source file, up to white space |
/// | `<!-- command: train --help -->` | is what `backlight train --help` prints |
final class Pages {
  private Pages() {}

  /// One fenced block.
  ///
  /// @param page its file, relative to the top
  /// @param line the line of its first fence, from 1
  /// @param language what stands after the fence
  /// @param mark the comment above it, such as `run: Xor`, or `null`
  /// @param text what is between the fences
  record Block(String page, int line, String language, @Nullable String mark, String text) {
    @Override
    public String toString() {
      return page + ":" + line;
    }

    /// Whether it shows what the block before it prints.
    boolean isOutputOf(Block before) {
      return language.equals("text") && mark == null && page.equals(before.page());
    }

    /// What the mark says after a keyword, or `null` if it is another mark.
    @Nullable String marked(String keyword) {
      String found = mark;
      return found != null && found.startsWith(keyword + ": ")
          ? found.substring(keyword.length() + 2)
          : null;
    }
  }

  /// The folder that holds the README, from whatever module the test runs in.
  static Path top() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("README.md")) || !Files.exists(folder.resolve("cli"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  /// All pages: those at the top and those under `docs`.
  static List<Path> all() {
    try (Stream<Path> above = Files.list(top());
        Stream<Path> docs = Files.walk(top().resolve("docs"))) {
      return Stream.concat(above, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Puts other text into a block of its page, whose lines are where they were when it was read.
  static void rewrite(Block block, String text) {
    Path page = top().resolve(block.page());
    List<String> lines = new ArrayList<>(lines(page));
    int end = block.line();
    while (!lines.get(end).equals("```")) {
      end++;
    }
    List<String> inside = lines.subList(block.line(), end);
    inside.clear();
    inside.addAll(text.lines().toList());
    try {
      Files.write(page, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Every fenced block of every page, in order.
  static List<Block> blocks() {
    return all().stream().flatMap(page -> blocks(page).stream()).toList();
  }

  private static List<Block> blocks(Path page) {
    String name = top().relativize(page).toString().replace('\\', '/');
    List<Block> blocks = new ArrayList<>();
    List<String> lines = lines(page);
    String mark = null;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("```")) {
        int first = i + 1;
        int end = first;
        while (!lines.get(end).equals("```")) {
          end++;
        }
        String text = String.join("\n", lines.subList(first, end));
        blocks.add(new Block(name, i + 1, line.substring(3).strip(), mark, text));
        i = end;
        mark = null;
      } else if (line.startsWith("<!-- ") && line.endsWith(" -->")) {
        mark = line.substring(5, line.length() - 4);
      } else if (!line.isBlank()) {
        mark = null;
      }
    }
    return blocks;
  }
}
