package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Layers as JSON and back, without their numbers: a file can name layers of this package and no
/// others.
///
/// A layer is a record, and its JSON has its type and its components by name: tensors by their
/// sizes, options as objects, layers within as such. So a new layer needs an entry in [#KNOWN] and
/// nothing else.
final class Architecture {
  /// What a file may name, by the simple name in lower case.
  private static final List<Class<? extends Record>> KNOWN =
      List.of(
          AdaptiveAvgPool.class,
          AdaptiveMaxPool.class,
          AlphaDropout.class,
          AvgPool1d.class,
          AvgPool2d.class,
          AvgPool3d.class,
          BatchNorm.class,
          Conv1d.class,
          Conv2d.class,
          Conv3d.class,
          ConvTranspose1d.class,
          ConvTranspose2d.class,
          ConvTranspose3d.class,
          Dropout.class,
          Embedding.class,
          Flatten.class,
          GlobalAvgPool.class,
          GlobalMaxPool.class,
          GroupNorm.class,
          GruCell.class,
          InstanceNorm.class,
          LayerNorm.class,
          LeakyRelu.class,
          LearnedPositions.class,
          Linear.class,
          LpPool2d.class,
          LstmCell.class,
          MaxPool1d.class,
          MaxPool2d.class,
          MaxPool3d.class,
          MultiHeadAttention.class,
          PRelu.class,
          Recurrent.class,
          Residual.class,
          RmsNorm.class,
          RnnCell.class,
          Sequential.class,
          SinusoidalPositions.class,
          SpatialDropout.class,
          TransformerBlock.class,
          Unflatten.class,
          Upsample.class);

  /// Components that may be `null`.
  private static final Set<String> OPTIONAL = Set.of("bias", "shift");

  private static final int WIDEST = 64;

  private Architecture() {}

  private static String type(Class<?> layer) {
    return layer.getSimpleName().toLowerCase(Locale.ROOT);
  }

  // ---- to JSON ----

  static Map<String, Object> describe(Layer layer, String path) {
    if (layer instanceof Activation activation) {
      return new LinkedHashMap<>(Map.of("type", activation.kind()));
    } else if (layer instanceof Record record && KNOWN.contains(layer.getClass())) {
      return known(record, path);
    }
    throw new IllegalArgumentException(
        "saving needs layers of dev.backlight.nn, got " + layer.kind() + " at " + path);
  }

  private static Map<String, Object> known(Record record, String path) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("type", type(record.getClass()));
    components(record, path, json);
    return json;
  }

  private static void components(Record record, String path, Map<String, Object> json) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = read(record, component);
      if (value != null) {
        json.put(component.getName(), written(value, path + "." + component.getName()));
      }
    }
  }

  private static @Nullable Object read(Record record, RecordComponent component) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object written(Object value, String path) {
    return switch (value) {
      case Tensor tensor -> sizes(tensor);
      case Layer layer -> describe(layer, path);
      case Enum<?> constant -> constant.name();
      case Cell cell -> known((Record) cell, path);
      case Record options -> {
        Map<String, Object> json = new LinkedHashMap<>();
        components(options, path, json);
        yield json;
      }
      case List<?> list -> {
        List<Object> json = new ArrayList<>();
        for (Object each : list) {
          json.add(written(each, path + "." + json.size()));
        }
        yield json;
      }
      default -> value;
    };
  }

  private static List<Integer> sizes(Tensor tensor) {
    List<Integer> sizes = new ArrayList<>();
    for (int size : tensor.shape().sizes()) {
      sizes.add(size);
    }
    return sizes;
  }

  // ---- from JSON ----

  /// The layers that a JSON object describes, around tensors of a file; nothing is allocated by the
  /// description alone, so that it cannot ask for more memory than the file is long.
  static Layer restore(Fields json, String path, DType dtype, Parameters.Fit tensors)
      throws FormatException {
    Reader reader = new Reader(dtype, tensors);
    for (Activation activation : Activation.values()) {
      if (activation.kind().equals(json.text("type"))) {
        return activation;
      }
    }
    Layer layer = (Layer) reader.known(Layer.class, json, path);
    requireModest(json);
    return layer;
  }

  /// Padding beyond the window, strides of a transpose and factors could make images of any size.
  private static void requireModest(Fields json) throws FormatException {
    long grown = 1;
    for (String name : List.of("factor", "sizes")) {
      if (json.map().get("type") instanceof String type && !type.equals("unflatten")) {
        grown = Math.max(grown, largest(json.map(), name));
      }
    }
    if (grown > WIDEST) {
      throw new FormatException(
          json.place(),
          "sizes and factors of at most " + WIDEST + " are needed, got " + json.map());
    }
    if (json.map().get("weight") instanceof List<?> window
        && json.map().get("options") instanceof Map<?, ?> options) {
      long widest = 0;
      for (Object size : window.subList(Math.min(2, window.size()), window.size())) {
        widest = size instanceof Long n ? Math.max(widest, n) : widest;
      }
      long dilation = largest(options, "dilation");
      long padding =
          Math.max(
              largest(options, "pad"),
              Math.max(largest(options, "before"), largest(options, "after")));
      if (dilation > WIDEST
          || largest(options, "stride") > WIDEST
          || largest(options, "outputPadding") > WIDEST
          || padding > Math.max(1, dilation) * widest) {
        throw new FormatException(
            json.place(),
            "a convolution needs strides and dilations of at most "
                + WIDEST
                + " and padding within its window, got "
                + json.map());
      }
    }
  }

  /// The largest number among the options whose name begins so.
  private static long largest(Map<?, ?> options, String name) {
    long largest = 0;
    for (Map.Entry<?, ?> option : options.entrySet()) {
      if (String.valueOf(option.getKey()).startsWith(name)) {
        List<?> numbers =
            option.getValue() instanceof List<?> list ? list : List.of(option.getValue());
        for (Object number : numbers) {
          largest = number instanceof Long n ? Math.max(largest, n) : largest;
        }
      }
    }
    return largest;
  }

  private record Reader(DType dtype, Parameters.Fit tensors) {
    Object known(Class<?> kind, Fields json, String path) throws FormatException {
      String type = json.text("type");
      for (Class<? extends Record> known : KNOWN) {
        if (kind.isAssignableFrom(known) && type(known).equals(type)) {
          return record(known, json, path);
        }
      }
      throw new FormatException(
          json.place(),
          "a "
              + kind.getSimpleName().toLowerCase(Locale.ROOT)
              + " of a known type is needed, got '"
              + type
              + "'");
    }

    Object record(Class<?> type, Fields json, String path) throws FormatException {
      RecordComponent[] components = type.getRecordComponents();
      Class<?>[] types = new Class<?>[components.length];
      @Nullable Object[] values = new Object[components.length];
      for (int i = 0; i < components.length; i++) {
        String name = components[i].getName();
        types[i] = components[i].getType();
        boolean left = !json.map().containsKey(name) && OPTIONAL.contains(name);
        values[i] =
            left ? null : value(components[i].getGenericType(), json, name, path + "." + name);
      }
      try {
        var constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(values);
      } catch (InvocationTargetException e) {
        String message = e.getCause() == null ? null : e.getCause().getMessage();
        throw new FormatException(json.place(), String.valueOf(message));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    private Object value(Type type, Fields json, String name, String path) throws FormatException {
      if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
        List<Object> values = new ArrayList<>();
        for (Object each : json.list(name)) {
          String inner = name + "." + values.size();
          Fields one = new Fields(json.place(), Map.of(inner, each));
          values.add(
              value(list.getActualTypeArguments()[0], one, inner, path + "." + values.size()));
        }
        return values;
      }
      if (!(type instanceof Class<?> plain)) {
        throw new IllegalStateException("no JSON for " + type);
      }
      if (plain == Tensor.class) {
        return tensors.take(path, spec(json, name));
      } else if (plain == Layer.class) {
        return restore(json.object(name), path, dtype, tensors);
      } else if (plain == Cell.class) {
        return known(plain, json.object(name), path);
      } else if (plain == int.class || plain == Integer.class) {
        return json.whole(name, 0);
      } else if (plain == double.class) {
        return json.real(name);
      } else if (plain == boolean.class) {
        return json.flag(name);
      } else if (plain.isEnum()) {
        return constant(plain, json, name);
      }
      return record(plain, json.object(name), path);
    }

    private static Object constant(Class<?> type, Fields json, String name) throws FormatException {
      String text = json.text(name);
      for (Object constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(text)) {
          return constant;
        }
      }
      throw new FormatException(
          json.place(),
          "'" + name + "' needs one of " + List.of(type.getEnumConstants()) + ", got " + text);
    }

    private Spec spec(Fields json, String name) throws FormatException {
      int[] sizes = json.sizes(name).stream().mapToInt(Integer::intValue).toArray();
      try {
        return Spec.of(Shape.of(sizes), dtype);
      } catch (ArithmeticException | IllegalArgumentException e) {
        throw new FormatException(
            json.place(), "'" + name + "' needs sizes that fit memory, got " + json.list(name));
      }
    }
  }
}
