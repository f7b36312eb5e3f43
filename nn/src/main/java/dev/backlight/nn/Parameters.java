package dev.backlight.nn;

import dev.backlight.autodiff.Struct;
import dev.backlight.core.DType;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
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
  /// @throws FormatException if names, shapes or dtypes differ; it lists all that do
  public static <M> M load(M like, Path file) throws IOException {
    Map<String, Tensor> found = Safetensors.read(file).tensors();
    Struct<M> form = Struct.of(like);
    List<Tensor> wanted = form.flatten(like);
    Fit fit = new Fit(found);
    List<Tensor> taken = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      taken.add(fit.take(form.names().get(i), wanted.get(i).spec()));
    }
    fit.finish(file.toString());
    return form.build(taken);
  }

  /// Tensors of a file on their way into a model: what does not fit is gathered and told all at
  /// once.
  static final class Fit {
    private final Map<String, Tensor> left;
    private final List<String> problems = new ArrayList<>();

    Fit(Map<String, Tensor> found) {
      left = new LinkedHashMap<>(found);
    }

    Tensor take(String name, Spec wanted) {
      Tensor tensor = left.remove(name);
      if (tensor == null) {
        problems.add(name + " is missing");
      } else if (!tensor.spec().equals(wanted)) {
        problems.add(name + " needs " + wanted + ", got " + tensor.spec());
      } else {
        return tensor;
      }
      return Tensor.zeros();
    }

    void finish(String file) throws FormatException {
      left.keySet().forEach(name -> problems.add(name + " is not in the model"));
      if (!problems.isEmpty()) {
        throw new FormatException(
            file, "parameters that fit the model are needed, got " + String.join("; ", problems));
      }
    }
  }
}
