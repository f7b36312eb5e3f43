package dev.backlight.explain.report;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// A text file written as a whole or not at all.
final class SafeFile {

  private SafeFile() {}

  static void write(Path file, String text) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path directory = absolute.getParent();
    if (directory == null || Files.isDirectory(absolute)) {
      throw cannot(file, absolute + " is a directory", null);
    } else if (!Files.exists(directory)) {
      throw cannot(file, "no such directory " + directory, null);
    } else if (!Files.isDirectory(directory)) {
      throw cannot(file, directory + " is not a directory", null);
    } else if (!Files.isWritable(directory)) {
      throw cannot(file, "no permission to write in " + directory, null);
    }
    try {
      // Not createTempFile, whose files nobody but their owner may read.
      Path aside = directory.resolve("." + absolute.getFileName() + "." + ProcessHandle.current().pid() + ".part");
      try {
        Files.writeString(aside, text);
        move(aside, absolute);
      } finally {
        Files.deleteIfExists(aside);
      }
    } catch (IOException e) {
      throw cannot(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException _) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static IOException cannot(Path file, String why, Throwable cause) {
    return new IOException("cannot write the report to " + file + ": " + why, cause);
  }
}
