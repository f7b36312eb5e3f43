package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.Shape;
import dev.backlight.core.io.FormatException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// An op as JSON and back: its name and, by the names of its components, its attributes.
///
/// The engine's ops go by their simple name, an op of the user by its full one. When reading, only
/// the engine's ops and those that the caller named are made: a file never chooses a class.
final class OpText {
  private static final String OPS = "dev.backlight.core.op.";
  private static final String NESTED = "dev.backlight.autodiff.";

  private OpText() {}

  // ---- writing ----

  /// `bodies` numbers the program of a nested op.
  static Map<String, @Nullable Object> write(Op op, ToIntFunction<Program> bodies) {
    if (!(op instanceof Record record)) {
      throw new IllegalArgumentException(
          "a saved tape needs ops that are records, got " + op.getClass().getName());
    }
    Map<String, @Nullable Object> text = new LinkedHashMap<>();
    String name = op.getClass().getName();
    boolean ours = (name.startsWith(OPS) || name.startsWith(NESTED)) && name.indexOf('$') < 0;
    text.put("op", ours ? name.substring(name.lastIndexOf('.') + 1) : name);
    attributes(record, op.name(), text, bodies);
    return text;
  }

  private static void attributes(
      Record record,
      String owner,
      Map<String, @Nullable Object> text,
      ToIntFunction<Program> bodies) {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = get(component, record);
      text.put(component.getName(), value(value, owner, component.getName(), bodies));
    }
  }

  private static @Nullable Object get(RecordComponent component, Record record) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalArgumentException(
          "a saved tape needs to read the components of "
              + record.getClass().getName()
              + "; open its package to dev.backlight.autodiff",
          e);
    }
  }

  private static @Nullable Object value(
      @Nullable Object value, String owner, String name, ToIntFunction<Program> bodies) {
    return switch (value) {
      case null -> null;
      case Boolean flag -> flag;
      case Integer whole -> whole;
      case Long whole -> whole;
      case Double number when !Double.isFinite(number) -> number.toString();
      case Double number -> number;
      case String text -> text;
      case Enum<?> constant -> constant.name();
      case Shape shape -> shape.sizes();
      case List<?> list -> {
        List<@Nullable Object> all = new ArrayList<>();
        list.forEach(element -> all.add(value(element, owner, name, bodies)));
        yield all;
      }
      case Body body -> bodies.applyAsInt(body.program);
      case Record record -> {
        Map<String, @Nullable Object> text = new LinkedHashMap<>();
        attributes(record, owner, text, bodies);
        yield text;
      }
      default ->
          throw new IllegalArgumentException(
              owner
                  + " cannot be saved: its attribute "
                  + name
                  + " is a "
                  + value.getClass().getSimpleName()
                  + ", which no text can hold");
    };
  }

  // ---- reading ----

  static Op read(Map<?, ?> text, Set<Class<?>> known, IntFunction<@Nullable Program> bodies)
      throws FormatException {
    String name = String.valueOf(text.get("op"));
    Class<?> type = type(name, known);
    if (type == null || !type.isRecord() || !Op.class.isAssignableFrom(type)) {
      throw new FormatException("needs ops of the engine, or named when reading, got " + name);
    }
    return (Op) record(type, text, name, 1, bodies);
  }

  private static @Nullable Class<?> type(String name, Set<Class<?>> known) {
    for (Class<?> type : known) {
      if (type.getName().equals(name)) {
        return type;
      }
    }
    if (!name.chars().allMatch(Character::isLetterOrDigit)) {
      return null;
    }
    for (String where : List.of(OPS, NESTED)) {
      try {
        return Class.forName(where + name, false, Op.class.getClassLoader());
      } catch (ClassNotFoundException | LinkageError e) {
        // Not there: it may be the other.
      }
    }
    return null;
  }

  private static Object record(
      Class<?> type,
      Map<?, ?> text,
      String owner,
      int others,
      IntFunction<@Nullable Program> bodies)
      throws FormatException {
    RecordComponent[] components = type.getRecordComponents();
    if (text.size() != components.length + others) {
      throw new FormatException(
          owner + " needs " + components.length + " attributes, got " + (text.size() - others));
    }
    Class<?>[] types = new Class<?>[components.length];
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      if (!text.containsKey(name)) {
        throw new FormatException(owner + " needs the attribute " + name + ", got none");
      }
      types[i] = components[i].getType();
      values[i] =
          attribute(components[i].getGenericType(), text.get(name), owner + "." + name, bodies);
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new FormatException(owner + ": " + cause.getMessage());
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new FormatException(owner + " cannot be made: " + e.getMessage());
    }
  }

  private static @Nullable Object attribute(
      Type generic, @Nullable Object text, String owner, IntFunction<@Nullable Program> bodies)
      throws FormatException {
    if (generic instanceof ParameterizedType list && list.getRawType() == List.class) {
      List<@Nullable Object> all = new ArrayList<>();
      for (Object element : list(text, owner)) {
        all.add(attribute(list.getActualTypeArguments()[0], element, owner, bodies));
      }
      return all;
    }
    if (!(generic instanceof Class<?> type)) {
      throw new FormatException(owner + " cannot be read");
    }
    if (text == null && !type.isPrimitive()) {
      return null;
    }
    if (type == boolean.class || type == Boolean.class) {
      return need(Boolean.class, text, owner);
    }
    if (type == int.class || type == Integer.class) {
      long whole = need(Long.class, text, owner);
      if (whole != (int) whole) {
        throw new FormatException(owner + " needs an int, got " + whole);
      }
      return (int) whole;
    }
    if (type == long.class || type == Long.class) {
      return need(Long.class, text, owner);
    }
    if (type == double.class || type == Double.class) {
      return number(text, owner);
    }
    if (type == String.class) {
      return need(String.class, text, owner);
    }
    if (type == Shape.class) {
      return shape(text, owner);
    }
    if (type.isEnum()) {
      return constant(type, text, owner);
    }
    if (type == Body.class) {
      long body = need(Long.class, text, owner);
      Program program = body == (int) body ? bodies.apply((int) body) : null;
      if (program == null) {
        throw new FormatException(owner + " needs a program that comes earlier, got " + body);
      }
      return new Body(program);
    }
    if (type.isRecord()) {
      return record(type, need(Map.class, text, owner), owner, 0, bodies);
    }
    throw new FormatException(owner + " cannot be read");
  }

  private static double number(@Nullable Object text, String owner) throws FormatException {
    return switch (text) {
      case Long whole -> whole;
      case Double number -> number;
      case String word when word.equals("NaN") -> Double.NaN;
      case String word when word.equals("Infinity") -> Double.POSITIVE_INFINITY;
      case String word when word.equals("-Infinity") -> Double.NEGATIVE_INFINITY;
      case null, default -> throw new FormatException(owner + " needs a number, got " + text);
    };
  }

  static Shape shape(@Nullable Object text, String owner) throws FormatException {
    List<?> sizes = list(text, owner);
    int[] all = new int[sizes.size()];
    for (int i = 0; i < all.length; i++) {
      long size = need(Long.class, sizes.get(i), owner);
      if (size < 0 || size > Integer.MAX_VALUE) {
        throw new FormatException(owner + " needs sizes of 0 to 2³¹ - 1, got " + size);
      }
      all[i] = (int) size;
    }
    try {
      return Shape.of(all);
    } catch (RuntimeException e) {
      throw new FormatException(owner + ": " + e.getMessage());
    }
  }

  static Object constant(Class<?> type, @Nullable Object text, String owner)
      throws FormatException {
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(text)) {
        return constant;
      }
    }
    throw new FormatException(
        owner + " needs one of " + List.of(type.getEnumConstants()) + ", got " + text);
  }

  static List<?> list(@Nullable Object text, String owner) throws FormatException {
    return need(List.class, text, owner);
  }

  static <T> T need(Class<T> type, @Nullable Object text, String owner) throws FormatException {
    if (!type.isInstance(text)) {
      String what =
          type == Long.class
              ? "a whole number"
              : type == Map.class
                  ? "an object"
                  : "a " + type.getSimpleName().toLowerCase(java.util.Locale.ROOT);
      throw new FormatException(owner + " needs " + what + ", got " + text);
    }
    return type.cast(text);
  }
}
