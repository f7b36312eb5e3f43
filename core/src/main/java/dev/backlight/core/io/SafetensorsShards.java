package dev.backlight.core.io;

import dev.backlight.core.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A model in several safetensors files, and an index that says which tensor is in which:
/// `{"weight_map": {"a.weight": "model-00001-of-00002.safetensors"}}`.
final class SafetensorsShards {
  /// How the name of an index ends.
  static final String INDEX = ".index.json";

  private static final long MAX_INDEX = 100_000_000;

  private SafetensorsShards() {}

  /// All tensors in the order of the index; of notes with one name the first file's.
  static Safetensors read(Path index) throws IOException {
    Map<String, String> files = files(index);
    Map<String, Set<String>> names = new LinkedHashMap<>();
    files.forEach(
        (name, file) -> names.computeIfAbsent(file, _ -> new LinkedHashSet<>()).add(name));
    Map<String, Tensor> read = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    check(index, names);
    for (String shard : names.keySet()) {
      try (SafetensorsFile file = SafetensorsFile.open(index.resolveSibling(shard))) {
        for (String name : file.specs().keySet()) {
          read.put(name, file.read(name));
        }
        file.metadata().forEach(metadata::putIfAbsent);
      }
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    files.keySet().forEach(name -> tensors.put(name, read.get(name)));
    return new Safetensors(tensors, metadata);
  }

  /// Compares all headers with the index before any tensor is read.
  private static void check(Path index, Map<String, Set<String>> names) throws IOException {
    List<String> problems = new ArrayList<>();
    for (Map.Entry<String, Set<String>> shard : names.entrySet()) {
      Path path = index.resolveSibling(shard.getKey());
      if (!Files.isRegularFile(path)) {
        problems.add("no file " + shard.getKey());
        continue;
      }
      try (SafetensorsFile file = SafetensorsFile.open(path)) {
        Set<String> there = file.specs().keySet();
        for (String name : shard.getValue()) {
          if (!there.contains(name)) {
            problems.add(shard.getKey() + " without " + name);
          }
        }
        for (String name : there) {
          if (!shard.getValue().contains(name)) {
            problems.add(shard.getKey() + " with " + name + ", which is not said to be there");
          }
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new FormatException(
          index.toString(),
          "needs files with the tensors that it lists, got " + String.join("; ", problems));
    }
  }

  /// The file of every tensor.
  private static Map<String, String> files(Path index) throws IOException {
    String name = index.toString();
    if (Files.size(index) > MAX_INDEX) {
      throw new FormatException(
          name, "needs an index of at most " + MAX_INDEX + " bytes, got " + Files.size(index));
    }
    @Nullable Object value;
    try {
      value = Json.parse(Files.readAllBytes(index), SafetensorsReader.MAX_VALUES);
    } catch (FormatException e) {
      throw e.in(name);
    }
    if (!(value instanceof Map<?, ?> json) || !(json.get("weight_map") instanceof Map<?, ?> map)) {
      throw new FormatException(name, "needs an object with a weight_map, got another value");
    }
    Map<String, String> files = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!(entry.getValue() instanceof String file) || !isPlain(file)) {
        throw new FormatException(
            name,
            "needs names of files beside it, got "
                + Json.write(entry.getValue())
                + " for "
                + entry.getKey());
      }
      files.put((String) entry.getKey(), file);
    }
    return files;
  }

  /// Whether a name stays in the folder, on every system.
  private static boolean isPlain(String file) {
    return !file.isBlank()
        && file.chars().noneMatch(c -> c < ' ' || "/\\:*?\"<>|".indexOf(c) >= 0)
        && !file.equals(".")
        && !file.equals("..");
  }
}
