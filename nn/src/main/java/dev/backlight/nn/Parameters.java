package dev.backlight.nn;

import dev.backlight.autodiff.Struct;
import dev.backlight.core.DType;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Npz;
import dev.backlight.core.io.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The tensors of any model by component path, as in `hidden.weight`: named, counted, converted,
/// saved, loaded.
///
/// Files are in the safetensors format. A tensor that is tied to another is one parameter, under
/// the first name.
public final class Parameters {
  private Parameters() {}

  /// The parameters of a model by name, in order.
  public static Map<String, Tensor> of(Object model) {
    Struct<Object> form = Struct.of(model);
    List<Tensor> tensors = form.flatten(model);
    Map<String, Tensor> named = new LinkedHashMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      named.put(form.names().get(i), tensors.get(i));
    }
    return named;
  }

  /// How many numbers a model is made of.
  public static long count(Object model) {
    return Struct.leaves(model).stream().mapToLong(Tensor::elements).sum();
  }

  /// The same model with numbers of another dtype.
  public static <M> M to(DType dtype, M model) {
    return Struct.map(model, tensor -> tensor.to(dtype));
  }

  /// Writes the parameters of a model to a file, wholly or not at all.
  public static void save(Object model, Path file) throws IOException {
    Safetensors.of(of(model)).write(file);
  }

  /// A model of the same form as `like`, with the parameters of a file.
  ///
  /// @param file of safetensors, an `.index.json` of several, or an `.npz`
  /// @throws FormatException if names, shapes or dtypes differ; it lists all that do
  public static <M> M load(M like, Path file) throws IOException {
    return load(like, file, WeightMap.of());
  }

  /// A model of the same form as `like`, with the parameters of a file that has other names or
  /// layouts.
  ///
  /// @param file of safetensors, an `.index.json` of several, or an `.npz`
  /// @throws FormatException if names, shapes or dtypes differ; it lists all that do
  public static <M> M load(M like, Path file, WeightMap mapping) throws IOException {
    boolean npz = file.toString().endsWith(".npz");
    return from(
        like, npz ? Npz.read(file) : Safetensors.read(file).tensors(), mapping, file.toString());
  }

  /// A model of the same form as `like`, with these parameters.
  ///
  /// @param state by the names of the file, in its layouts
  /// @param source what to call it in an error
  /// @throws FormatException if names, shapes or dtypes differ; it lists all that do
  public static <M> M from(M like, Map<String, Tensor> state, WeightMap mapping, String source)
      throws FormatException {
    Struct<M> form = Struct.of(like);
    List<Tensor> wanted = form.flatten(like);
    Fit fit = new Fit(mapping, state);
    List<Tensor> taken = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      taken.add(fit.take(form.names().get(i), wanted.get(i).spec()));
    }
    fit.finish(source);
    return form.build(taken);
  }

  /// Tensors of a file on their way into a model: what does not fit is gathered and told all at
  /// once.
  static final class Fit {
    private final Map<String, WeightMap.Mapped> left = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final boolean casts;

    Fit(Map<String, Tensor> found) {
      this(WeightMap.of(), found);
    }

    Fit(WeightMap mapping, Map<String, Tensor> found) {
      casts = mapping.casts();
      for (WeightMap.Mapped one : mapping.apply(found)) {
        WeightMap.Mapped other = left.putIfAbsent(one.name(), one);
        if (other != null) {
          problems.add(other.source() + " and " + one.source() + " are both " + one.name());
        }
      }
    }

    Tensor take(String name, Spec wanted) {
      WeightMap.Mapped one = left.remove(name);
      if (one == null) {
        problems.add(name + " is missing");
        return Tensor.zeros();
      }
      Tensor tensor = one.tensor();
      if (tensor == null) {
        problems.add(called(one) + ": " + one.problem());
        return Tensor.zeros();
      }
      if (casts && tensor.dtype().isFloat() && wanted.dtype().isFloat()) {
        tensor = tensor.to(wanted.dtype());
      }
      if (tensor.spec().equals(wanted)) {
        return tensor;
      }
      problems.add(called(one) + " needs " + wanted + ", got " + tensor.spec());
      return Tensor.zeros();
    }

    void finish(String file) throws FormatException {
      left.values().forEach(one -> problems.add(called(one) + " is not in the model"));
      if (!problems.isEmpty()) {
        throw new FormatException(
            file, "parameters that fit the model are needed, got " + String.join("; ", problems));
      }
    }

    private static String called(WeightMap.Mapped one) {
      return one.name().equals(one.source()) ? one.name() : one.name() + " (" + one.source() + ")";
    }
  }
}
