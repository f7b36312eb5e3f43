package dev.backlight.cli.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// An engine of the JVM, by a class of `bench/peers`, which the profile `peers` builds.
///
/// @param name what it is called
/// @param type the class whose `main` times it
record JvmPeer(String name, String type) implements Peer {
  private static final String PACKAGE = "dev.backlight.bench.peers.";

  /// Where the launcher says that the project is; a folder that is not there if it says nothing.
  private static Path target() {
    return Path.of(System.getProperty("dev.backlight.home", "no-home"), "bench", "peers", "target");
  }

  @Override
  public String missing() {
    return Files.isRegularFile(target().resolve("path.txt"))
        ? ""
        : "it is not built: mvn -Ppeers -DskipTests package";
  }

  @Override
  public List<String> command(Path folder) throws IOException {
    String libraries = Files.readString(target().resolve("path.txt")).strip();
    return List.of(
        Processes.java(),
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dai.djl.offline=true",
        "-DOPT_OUT_TRACKING=true",
        "-DDJL_CACHE_DIR=" + target().resolve("cache"),
        "-Dorg.bytedeco.javacpp.cachedir=" + target().resolve("cache"),
        "-Dorg.bytedeco.javacpp.platform.extension=-avx2",
        "-cp",
        target().resolve("classes") + File.pathSeparator + libraries,
        PACKAGE + type);
  }
}
