package dev.backlight.core.io;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// A file that is written wholly or not at all.
///
/// The contents go to a hidden file beside the target, are forced to the disk, and then take the
/// target's place in one move. When anything fails, the file aside is deleted and the target stays
/// as it was.
///
/// A place that cannot be written is an [IOException] with one line: `cannot write /x/y.html: no
/// such directory /x`, `cannot write /x/y.html: /x is not writable`, `cannot write /x: it is a
/// directory`.
///
/// A symbolic link is followed, and what is no regular file (`/dev/stdout`, a pipe) is written
/// directly.
public final class AtomicFile {
  private AtomicFile() {}

  /// Throws now what writing to this place would throw later, before contents that take long.
  public static void requireWritable(Path target) throws IOException {
    if (Files.isDirectory(target)) {
      throw cannot(target, "it is a directory");
    }
    if (!isDevice(target)) {
      Path file = followed(target);
      check(target, file, file.toAbsolutePath().getParent());
    }
  }

  /// Writes what `content` puts on the stream. The stream is buffered and need not be closed.
  public static void write(Path target, IOConsumer<? super OutputStream> content)
      throws IOException {
    if (Files.isDirectory(target)) {
      throw cannot(target, "it is a directory");
    }
    if (isDevice(target)) {
      writeThrough(target, content);
      return;
    }
    Path file = followed(target);
    Path directory = file.toAbsolutePath().getParent();
    check(target, file, directory);
    Path aside = create(target, file);
    boolean done = false;
    try {
      try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE);
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
        content.accept(new Unclosed(out));
        out.flush();
        channel.force(true);
      }
      move(target, aside, file);
      done = true;
    } finally {
      if (!done) {
        Files.deleteIfExists(aside);
      }
    }
  }

  /// Writes text as UTF-8.
  public static void writeString(Path target, CharSequence text) throws IOException {
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    write(target, out -> out.write(bytes));
  }

  // With output redirected, /dev/stdout is a regular file: moving another into its place would lose
  // what
  // has been and will be printed.
  private static boolean isDevice(Path target) {
    Path path = target.toAbsolutePath();
    return path.startsWith("/proc")
        || path.startsWith("/dev") && Files.isSymbolicLink(path)
        || Files.exists(path) && !Files.isRegularFile(path);
  }

  private static void writeThrough(Path target, IOConsumer<? super OutputStream> content)
      throws IOException {
    OutputStream device;
    try {
      device = Files.newOutputStream(target, StandardOpenOption.APPEND);
    } catch (FileSystemException e) {
      throw cannot(target, reason(e));
    }
    try (OutputStream out = new BufferedOutputStream(device)) {
      content.accept(new Unclosed(out));
    }
  }

  private static Path followed(Path target) throws IOException {
    if (!Files.isSymbolicLink(target)) {
      return target;
    }
    return Files.exists(target)
        ? target.toRealPath()
        : target.resolveSibling(Files.readSymbolicLink(target));
  }

  private static void check(Path target, Path file, @Nullable Path directory) throws IOException {
    if (directory == null) {
      throw cannot(target, "it is a directory");
    }
    Path named = file.getParent() == null ? directory : file.getParent();
    if (!Files.exists(directory)) {
      throw cannot(target, "no such directory " + named);
    }
    if (!Files.isDirectory(directory)) {
      throw cannot(target, named + " is not a directory");
    }
    if (!Files.isWritable(directory)) {
      throw cannot(target, named + " is not writable");
    }
    if (Files.exists(file) && !Files.isWritable(file)) {
      throw cannot(target, "it is not writable");
    }
  }

  // Not Files.createTempFile: that one is readable by its owner only, and the target would become
  // so.
  private static Path create(Path target, Path file) throws IOException {
    while (true) {
      String tail = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
      Path aside = file.resolveSibling(".backlight-" + tail + ".tmp");
      try {
        return Files.createFile(aside);
      } catch (FileAlreadyExistsException e) {
        // Another writer has drawn the same name: draw again.
      } catch (FileSystemException e) {
        throw cannot(target, reason(e));
      }
    }
  }

  private static void move(Path target, Path aside, Path file) throws IOException {
    try {
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileSystemException e) {
      throw cannot(target, reason(e));
    }
  }

  private static String reason(FileSystemException e) {
    if (e instanceof AccessDeniedException) {
      return "access is denied";
    }
    if (e instanceof NoSuchFileException) {
      return "no such place";
    }
    return e.getReason() == null ? e.toString() : e.getReason();
  }

  private static IOException cannot(Path target, String reason) {
    return new IOException("cannot write " + target + ": " + reason);
  }

  /// Closing it flushes: whoever wraps the stream may close the wrapper.
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
