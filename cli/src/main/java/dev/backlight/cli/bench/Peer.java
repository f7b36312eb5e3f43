package dev.backlight.cli.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Another engine that can time the same cases, in a process of its own that writes a JSON line for
/// each: `{"case": …, "us": …}`, with `"peer": …` where one program speaks for several.
interface Peer {
  /// What it is called.
  String name();

  /// Who can be timed by this program: itself, or more.
  default List<String> names() {
    return List.of(name());
  }

  /// What it lacks here, in one line; empty if it can run.
  String missing() throws InterruptedException;

  /// What runs its program, without the arguments that all programs take.
  List<String> command(Path folder) throws IOException;

  /// What its process is told of threads by variables.
  default Map<String, String> environment(int threads) {
    String number = String.valueOf(threads);
    return Map.of(
        "OMP_NUM_THREADS", number, "MKL_NUM_THREADS", number, "OPENBLAS_NUM_THREADS", number);
  }

  /// Everybody, in the order of the table.
  ///
  /// @param python the interpreter that is asked for PyTorch and JAX
  static List<Peer> all(String python) {
    return List.of(
        new PythonPeer("torch", List.of("torch", "captum"), python),
        new PythonPeer("jax", List.of("jax"), python),
        new PythonPeer("onnxruntime", List.of("onnxruntime"), python),
        new JvmPeer("djl", "DjlPeer"),
        new JvmPeer("nd4j", "Nd4jPeer"),
        new JvmPeer("netlib", "NetlibPeer"));
  }
}
