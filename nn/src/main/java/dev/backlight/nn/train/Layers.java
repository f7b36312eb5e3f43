package dev.backlight.nn.train;

import dev.backlight.nn.Layer;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The layers of a model.
final class Layers {
  private Layers() {}

  /// Adds the layers that behave differently in training, each with its place in the model.
  static void differing(@Nullable Object model, String path, List<String> to) {
    switch (model) {
      case null -> {}
      case Layer layer when !(layer instanceof Record) -> add(layer, path, to);
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          differing(list.get(i), path + "." + i, to);
        }
      }
      case Map<?, ?> map -> map.forEach((name, value) -> differing(value, path + "." + name, to));
      case Record record -> {
        int before = to.size();
        for (RecordComponent component : record.getClass().getRecordComponents()) {
          differing(read(record, component), path + "." + component.getName(), to);
        }
        if (to.size() == before && record instanceof Layer layer) {
          add(layer, path, to);
        }
      }
      default -> {}
    }
  }

  private static void add(Layer layer, String path, List<String> to) {
    if (layer.differsInTraining()) {
      to.add(layer.kind() + " at " + path);
    }
  }

  private static @Nullable Object read(Record record, RecordComponent component) {
    try {
      var accessor = component.getAccessor();
      return accessor.trySetAccessible() ? accessor.invoke(record) : null;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
