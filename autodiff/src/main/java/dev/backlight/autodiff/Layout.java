package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How one part of a structure is taken apart and put together again.
sealed interface Layout {
  /// Writes the tensors of `value` to their places; complains where its form differs from this
  /// layout.
  void flatten(@Nullable Object value, @Nullable Tensor[] leaves, String path);

  /// The structure around other tensors.
  @Nullable Object build(List<Tensor> leaves);

  /// A tensor; the same tensor in two places is one leaf, so tied tensors stay tied.
  record Leaf(int index) implements Layout {
    @Override
    public void flatten(@Nullable Object value, @Nullable Tensor[] leaves, String path) {
      if (!(value instanceof Tensor tensor)) {
        throw different(path, "a tensor", value);
      }
      Tensor other = leaves[index];
      if (other != null && other != tensor) {
        throw new IllegalArgumentException(
            "the tensor at "
                + name(path)
                + " was tied to another when the tape was recorded, got two different ones");
      }
      leaves[index] = tensor;
    }

    @Override
    public Object build(List<Tensor> leaves) {
      return leaves.get(index);
    }
  }

  /// A record: its components in order.
  record Parts(
      Class<?> type, List<Method> accessors, Constructor<?> constructor, List<Layout> parts)
      implements Layout {
    @Override
    public void flatten(@Nullable Object value, @Nullable Tensor[] leaves, String path) {
      if (value == null || value.getClass() != type) {
        throw different(path, "a " + type.getSimpleName(), value);
      }
      for (int i = 0; i < parts.size(); i++) {
        Method accessor = accessors.get(i);
        parts.get(i).flatten(get(accessor, value), leaves, join(path, accessor.getName()));
      }
    }

    @Override
    public Object build(List<Tensor> leaves) {
      @Nullable Object[] values = new Object[parts.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = parts.get(i).build(leaves);
      }
      try {
        return constructor.newInstance(values);
      } catch (InvocationTargetException e) {
        throw unwrapped(type, e);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot make a " + type.getName(), e);
      }
    }
  }

  /// A list, element by element.
  record Elements(List<Layout> parts) implements Layout {
    @Override
    public void flatten(@Nullable Object value, @Nullable Tensor[] leaves, String path) {
      if (!(value instanceof List<?> list) || list.size() != parts.size()) {
        throw different(path, "a list of " + parts.size(), value);
      }
      for (int i = 0; i < parts.size(); i++) {
        parts.get(i).flatten(list.get(i), leaves, join(path, String.valueOf(i)));
      }
    }

    @Override
    public Object build(List<Tensor> leaves) {
      List<@Nullable Object> built = new ArrayList<>();
      parts.forEach(part -> built.add(part.build(leaves)));
      return java.util.Collections.unmodifiableList(built);
    }
  }

  /// A map, in its own order of keys.
  record Entries(Map<Object, Layout> parts) implements Layout {
    @Override
    public void flatten(@Nullable Object value, @Nullable Tensor[] leaves, String path) {
      if (!(value instanceof Map<?, ?> map) || !map.keySet().equals(parts.keySet())) {
        throw different(path, "a map with keys " + parts.keySet(), value);
      }
      parts.forEach((key, part) -> part.flatten(map.get(key), leaves, join(path, key.toString())));
    }

    @Override
    public Object build(List<Tensor> leaves) {
      Map<Object, @Nullable Object> built = new LinkedHashMap<>();
      parts.forEach((key, part) -> built.put(key, part.build(leaves)));
      return java.util.Collections.unmodifiableMap(built);
    }
  }

  /// A class that takes itself apart.
  record Own(Structured<?> example, List<Layout> parts) implements Layout {
    @Override
    public void flatten(@Nullable Object value, @Nullable Tensor[] leaves, String path) {
      if (!(value instanceof Structured<?> own) || own.tensors().size() != parts.size()) {
        throw different(
            path,
            "a " + example.getClass().getSimpleName() + " of " + parts.size() + " tensors",
            value);
      }
      for (int i = 0; i < parts.size(); i++) {
        parts.get(i).flatten(own.tensors().get(i), leaves, join(path, String.valueOf(i)));
      }
    }

    @Override
    public @Nullable Object build(List<Tensor> leaves) {
      List<Tensor> mine = new ArrayList<>();
      parts.forEach(
          part -> mine.add((Tensor) java.util.Objects.requireNonNull(part.build(leaves))));
      return example.with(mine);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Own that
          && that.example.getClass() == example.getClass()
          && that.parts.equals(parts);
    }

    @Override
    public int hashCode() {
      return java.util.Objects.hash(example.getClass(), parts);
    }
  }

  /// Anything that holds no tensor: kept from the example. Numbers, strings and enums must not
  /// change, since the recorded operations may depend on them.
  record Fixed(@Nullable Object value) implements Layout {
    @Override
    public void flatten(@Nullable Object other, @Nullable Tensor[] leaves, String path) {
      boolean comparable =
          value == null
              || value instanceof Number
              || value instanceof String
              || value instanceof Boolean
              || value instanceof Enum<?>;
      if (comparable && !java.util.Objects.equals(value, other)) {
        throw different(path, String.valueOf(value), other);
      }
    }

    @Override
    public @Nullable Object build(List<Tensor> leaves) {
      return value;
    }
  }

  /// The layout of an example; `seen` and `names` grow by its leaves. Without `seen` every place is
  /// a leaf.
  static Layout of(
      @Nullable Object example,
      @Nullable IdentityHashMap<Tensor, Integer> seen,
      List<String> names,
      String path) {
    return switch (example) {
      case Tensor tensor -> {
        Integer known = seen == null ? null : seen.get(tensor);
        if (known == null) {
          known = names.size();
          names.add(name(path));
          if (seen != null) {
            seen.put(tensor, known);
          }
        }
        yield new Leaf(known);
      }
      case Structured<?> own -> {
        List<Layout> parts = new ArrayList<>();
        List<Tensor> tensors = own.tensors();
        for (int i = 0; i < tensors.size(); i++) {
          parts.add(of(tensors.get(i), seen, names, join(path, String.valueOf(i))));
        }
        yield new Own(own, parts);
      }
      case Record record -> ofRecord(record, seen, names, path);
      case List<?> list -> {
        List<Layout> parts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
          parts.add(of(list.get(i), seen, names, join(path, String.valueOf(i))));
        }
        yield new Elements(parts);
      }
      case Map<?, ?> map -> {
        Map<Object, Layout> parts = new LinkedHashMap<>();
        map.forEach(
            (key, value) -> parts.put(key, of(value, seen, names, join(path, key.toString()))));
        yield new Entries(parts);
      }
      case null, default -> new Fixed(example);
    };
  }

  private static Layout ofRecord(
      Record record,
      @Nullable IdentityHashMap<Tensor, Integer> seen,
      List<String> names,
      String path) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    List<Method> accessors = new ArrayList<>();
    List<Layout> parts = new ArrayList<>();
    int before = names.size();
    try {
      for (int i = 0; i < components.length; i++) {
        Method accessor = components[i].getAccessor();
        accessor.setAccessible(true);
        accessors.add(accessor);
        types[i] = components[i].getType();
        parts.add(of(get(accessor, record), seen, names, join(path, accessor.getName())));
      }
      Constructor<?> constructor = record.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return new Parts(record.getClass(), accessors, constructor, parts);
    } catch (InaccessibleObjectException e) {
      if (names.size() == before && record.getClass().getPackageName().startsWith("java.")) {
        return new Fixed(record);
      }
      Module module = record.getClass().getModule();
      throw new IllegalArgumentException(
          "taking a "
              + record.getClass().getName()
              + " apart needs 'opens "
              + record.getClass().getPackageName()
              + " to dev.backlight.autodiff;' in module "
              + module.getName()
              + ", or the record to implement Structured",
          e);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("every record has its canonical constructor", e);
    }
  }

  private static @Nullable Object get(Method accessor, Object record) {
    try {
      return accessor.invoke(record);
    } catch (InvocationTargetException e) {
      throw unwrapped(record.getClass(), e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("cannot read " + accessor, e);
    }
  }

  private static RuntimeException unwrapped(Class<?> type, InvocationTargetException e) {
    return e.getCause() instanceof RuntimeException cause
        ? cause
        : new IllegalStateException("cannot take a " + type.getName() + " apart", e.getCause());
  }

  static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  static String name(String path) {
    return path.isEmpty() ? "x" : path;
  }

  static IllegalArgumentException different(String path, String wanted, @Nullable Object got) {
    String what =
        switch (got) {
          case null -> "null";
          case Tensor tensor -> "a tensor " + tensor.spec();
          case List<?> list -> "a list of " + list.size();
          case Map<?, ?> map -> "a map with keys " + map.keySet();
          case Number number -> number.toString();
          case String text -> text;
          default -> "a " + got.getClass().getSimpleName();
        };
    return new IllegalArgumentException(
        "this structure needs " + wanted + " at " + name(path) + ", got " + what);
  }
}
