package dev.backlight.nn;

import dev.backlight.core.io.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON object that must have certain fields; complaints begin with its place.
record Fields(String place, Map<?, ?> map) {
  static Fields of(String place, @Nullable Object json) throws FormatException {
    if (json instanceof Map<?, ?> map) {
      return new Fields(place, map);
    }
    throw new FormatException(place, "an object is needed, got " + json);
  }

  Fields object(String name) throws FormatException {
    return of(place + "." + name, map.get(name));
  }

  String text(String name) throws FormatException {
    if (map.get(name) instanceof String text) {
      return text;
    }
    throw misfit(name, "a text");
  }

  boolean flag(String name) throws FormatException {
    if (map.get(name) instanceof Boolean flag) {
      return flag;
    }
    throw misfit(name, "true or false");
  }

  double real(String name) throws FormatException {
    if (map.get(name) instanceof Number number) {
      return number.doubleValue();
    }
    throw misfit(name, "a number");
  }

  int whole(String name, int least) throws FormatException {
    return whole(name, map.get(name), least);
  }

  private int whole(String name, @Nullable Object value, int least) throws FormatException {
    if (value instanceof Long number && number >= least && number <= Integer.MAX_VALUE) {
      return number.intValue();
    }
    throw misfit(name, "a whole number of at least " + least);
  }

  List<Integer> sizes(String name) throws FormatException {
    List<Integer> sizes = new ArrayList<>();
    for (Object size : list(name)) {
      sizes.add(whole(name, size, 1));
    }
    return sizes;
  }

  List<?> list(String name) throws FormatException {
    if (map.get(name) instanceof List<?> list) {
      return list;
    }
    throw misfit(name, "a list");
  }

  List<String> texts(String name) throws FormatException {
    List<String> texts = new ArrayList<>();
    for (Object item : list(name)) {
      if (!(item instanceof String text)) {
        throw misfit(name, "a list of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  private FormatException misfit(String name, String needed) {
    return new FormatException(
        place, "'" + name + "' needs " + needed + ", got " + brief(map.get(name)));
  }

  private static String brief(@Nullable Object value) {
    String text = String.valueOf(value);
    return value == null ? "nothing" : text.length() > 60 ? text.substring(0, 60) + "..." : text;
  }
}
