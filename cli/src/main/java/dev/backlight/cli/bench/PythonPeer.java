package dev.backlight.cli.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A library of Python, by the script `peer_NAME.py` beside this class.
///
/// @param name the module that has to be there
/// @param names who the script can speak for
/// @param python the interpreter
record PythonPeer(String name, List<String> names, String python) implements Peer {
  PythonPeer {
    names = List.copyOf(names);
  }

  @Override
  public String missing() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(python, "-c", "import " + name)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0 ? "" : python + " has no module " + name;
    } catch (IOException none) {
      return "there is no " + python;
    }
  }

  @Override
  public List<String> command(Path folder) throws IOException {
    return List.of(python, script("peer_" + name + ".py", folder).toString());
  }

  /// Whether it makes gradients, and not only answers.
  boolean derives() {
    return PythonPeer.class.getResource("first_" + name + ".py") != null;
  }

  /// A program that makes one gradient and ends.
  List<String> first(Path folder) throws IOException {
    return List.of(python, script("first_" + name + ".py", folder).toString());
  }

  private static Path script(String file, Path folder) throws IOException {
    Path script = folder.resolve(file);
    try (InputStream in = Objects.requireNonNull(PythonPeer.class.getResourceAsStream(file))) {
      Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
    }
    return script;
  }

  @Override
  public Map<String, String> environment(int threads) {
    Map<String, String> all = new java.util.HashMap<>(Peer.super.environment(threads));
    if (threads == 1) {
      all.put("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false");
    }
    return all;
  }
}
