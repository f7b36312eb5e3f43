package dev.backlight.onnx.proto;

import dev.backlight.core.io.FormatException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The name and type of a value.
///
/// @param name of the value
/// @param kind `tensor`, or what else it is: `sequence`, `map`, `sparse tensor`, `optional`
/// @param type of the elements, if it is a tensor and known
/// @param dims the sizes, or `null` if not even their number is known
public record ValueInfo(
    String name, String kind, @Nullable ElementType type, @Nullable List<Dim> dims) {
  /// A size: a number, a name, or neither.
  ///
  /// @param size the number, or -1
  /// @param name the name, or nothing
  public record Dim(long size, String name) {
    /// The number, the name, or `?`.
    @Override
    public String toString() {
      return size >= 0 ? String.valueOf(size) : name.isEmpty() ? "?" : name;
    }
  }

  static ValueInfo read(Wire in) throws FormatException {
    String name = "";
    ValueInfo typed = new ValueInfo("", "unknown", null, null);
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> typed = type(in.message());
        default -> in.skip();
      }
    }
    return new ValueInfo(name, typed.kind, typed.type, typed.dims);
  }

  private static ValueInfo type(Wire in) throws FormatException {
    ValueInfo typed = new ValueInfo("", "unknown", null, null);
    while (in.next()) {
      switch (in.field()) {
        case 1 -> typed = tensor(in.message());
        case 4 -> typed = other(in, "sequence");
        case 5 -> typed = other(in, "map");
        case 8 -> typed = other(in, "sparse tensor");
        case 9 -> typed = other(in, "optional");
        default -> in.skip();
      }
    }
    return typed;
  }

  private static ValueInfo other(Wire in, String kind) throws FormatException {
    in.skip();
    return new ValueInfo("", kind, null, null);
  }

  private static ValueInfo tensor(Wire in) throws FormatException {
    @Nullable ElementType type = null;
    @Nullable List<Dim> dims = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> type = ElementType.of(in.integer()).orElse(null);
        case 2 -> dims = shape(in.message());
        default -> in.skip();
      }
    }
    return new ValueInfo("", "tensor", type, dims);
  }

  private static List<Dim> shape(Wire in) throws FormatException {
    List<Dim> dims = new ArrayList<>();
    while (in.next()) {
      if (in.field() == 1) {
        dims.add(dim(in.message()));
      } else {
        in.skip();
      }
    }
    return List.copyOf(dims);
  }

  private static Dim dim(Wire in) throws FormatException {
    long size = -1;
    String name = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> size = in.integer();
        case 2 -> name = in.text();
        default -> in.skip();
      }
    }
    return new Dim(size, name);
  }

  /// As in `float (N, 3, 224, 224)`.
  @Override
  public String toString() {
    String sizes =
        dims == null
            ? "(...)"
            : "(" + String.join(", ", dims.stream().map(Dim::toString).toList()) + ")";
    return (type == null ? kind : type.toString()) + " " + sizes;
  }
}
