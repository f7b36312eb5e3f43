package dev.backlight.core.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

class JsonProperties {
  @Property(seed = "1")
  void everyValueComesBackFromItsText(@ForAll long seed, @ForAll boolean pretty) throws Exception {
    Object value = value(new Random(seed), 4);
    String text = pretty ? Json.write(value, Json.Style.PRETTY) : Json.write(value);
    assertThat(Json.parse(text)).isEqualTo(value);
    assertThat(Json.write(Json.parse(text))).isEqualTo(Json.write(value));
  }

  @Property(seed = "2")
  void everyDoubleComesBackBitForBit(@ForAll double x) throws Exception {
    assertThat(Json.parse(Json.write(x))).isEqualTo(x);
  }

  @Property(seed = "3")
  void everyStringComesBack(@ForAll String s) throws Exception {
    assertThat(Json.parse(Json.write(s))).isEqualTo(s);
    assertThat(Json.parse(Json.write(s, Json.Style.INSIDE_HTML))).isEqualTo(s);
  }

  @Property(seed = "4")
  void aDamagedTextIsAValueOrAFormatException(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(Json.write(value(random, 4)));
    for (int flips = 1 + random.nextInt(3); flips > 0 && !text.isEmpty(); flips--) {
      text.setCharAt(
          random.nextInt(text.length()), "{}[]\",:\\u0-.eE+ntf ".charAt(random.nextInt(19)));
    }
    try {
      Object value = Json.parse(text.toString());
      assertThat(Json.write(value)).isNotEmpty();
    } catch (FormatException e) {
      assertThat(e)
          .hasMessageStartingWith("JSON needs ")
          .hasMessageContaining(" at line 1, column ");
    }
  }

  private static @Nullable Object value(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 7)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong() >> random.nextInt(64);
      case 3 -> random.nextGaussian() * Math.pow(10, random.nextInt(-300, 300));
      case 4 -> string(random);
      case 5 -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int n = random.nextInt(6); n > 0; n--) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
      default -> {
        Map<String, @Nullable Object> map =
            random.nextBoolean() ? new LinkedHashMap<>() : new HashMap<>();
        for (int n = random.nextInt(6); n > 0; n--) {
          map.put(string(random), value(random, depth - 1));
        }
        yield map;
      }
    };
  }

  private static String string(Random random) {
    StringBuilder s = new StringBuilder();
    for (int n = random.nextInt(8); n > 0; n--) {
      s.append((char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(65536)));
    }
    return s.toString();
  }
}
