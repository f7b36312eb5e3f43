package dev.backlight.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void contentsArriveAndReplaceWhatWasThere() throws Exception {
    Path file = folder.resolve("report.html");
    AtomicFile.writeString(file, "one");
    AtomicFile.writeString(file, "zwölf");
    assertThat(file).hasContent("zwölf");
    assertThat(names()).containsExactly("report.html");
  }

  @Test
  void aPlaceCanBeAskedForBeforeTheWork() throws Exception {
    AtomicFile.requireWritable(folder.resolve("new.html"));
    assertThat(names()).isEmpty();
    assertThatThrownBy(() -> AtomicFile.requireWritable(folder))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + folder + ": it is a directory");
    Path nowhere = folder.resolve("no").resolve("a.html");
    assertThatThrownBy(() -> AtomicFile.requireWritable(nowhere))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + nowhere + ": no such directory " + folder.resolve("no"));
  }

  @Test
  void theStreamMayBeClosedByWhoeverWrapsIt() throws Exception {
    Path file = folder.resolve("a");
    AtomicFile.write(
        file,
        out -> {
          try (Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8)) {
            writer.write("text");
          }
          out.write('!');
        });
    assertThat(file).hasContent("text!");
  }

  @Test
  void aFailureLeavesTheOldFileAndNothingElse() throws Exception {
    Path file = folder.resolve("a");
    AtomicFile.writeString(file, "old");
    assertThatThrownBy(() ->
            AtomicFile.write(
                file,
                out -> {
                  out.write(new byte[100_000]);
                  throw new IOException("the source ran dry");
                }))
        .isInstanceOf(IOException.class)
        .hasMessage("the source ran dry");
    assertThatThrownBy(() ->
            AtomicFile.write(
                file,
                _ -> {
                  throw new IllegalStateException("bug");
                }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("a");
  }

  @Test
  void nobodySeesHalfAFile() throws Exception {
    Path file = folder.resolve("a");
    AtomicFile.write(
        file,
        out -> {
          out.write(new byte[100_000]);
          out.flush();
          assertThat(file).doesNotExist();
        });
    assertThat(file).hasSize(100_000);
  }

  @Test
  void aMissingFolderIsNamed() {
    Path file = folder.resolve("no").resolve("a.html");
    assertThatThrownBy(() -> AtomicFile.writeString(file, ""))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + file + ": no such directory " + folder.resolve("no"));
    assertThatThrownBy(() -> AtomicFile.writeString(Path.of("no", "such", "a"), ""))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write no/such/a: no such directory no/such");
  }

  @Test
  void aFolderIsNoFile() {
    assertThatThrownBy(() -> AtomicFile.writeString(folder, ""))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + folder + ": it is a directory");
  }

  @Test
  void aFileIsNoFolder() throws Exception {
    Path file = folder.resolve("a");
    AtomicFile.writeString(file, "");
    assertThatThrownBy(() -> AtomicFile.writeString(file.resolve("b"), ""))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + file.resolve("b") + ": " + file + " is not a directory");
  }

  @Test
  void aFolderThatIsNotWritableIsNamed() throws Exception {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeTrue(!Files.isWritable(closed), "the superuser may write everywhere");
    assertThatThrownBy(() -> AtomicFile.writeString(closed.resolve("a"), ""))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + closed.resolve("a") + ": " + closed + " is not writable");
  }

  @Test
  void aLinkIsFollowedAndStaysALink() throws Exception {
    Path file = folder.resolve("real");
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, Path.of("real"));
    AtomicFile.writeString(link, "new");
    AtomicFile.writeString(link, "newer");
    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("newer");
  }

  @Test
  void aDeviceIsWrittenDirectly() throws Exception {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device));
    AtomicFile.writeString(device, "gone");
    assertThat(Files.isRegularFile(device)).isFalse();
    assertThat(device).exists();
  }

  @Test
  void aWrittenFileIsAsReadableAsAnyOther() throws Exception {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    Path usual = Files.writeString(folder.resolve("usual"), "");
    Path file = folder.resolve("a");
    AtomicFile.writeString(file, "");
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(usual));
  }

  private String[] names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toArray(String[]::new);
    }
  }
}
