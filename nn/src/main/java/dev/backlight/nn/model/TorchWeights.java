package dev.backlight.nn.model;

import dev.backlight.autodiff.Struct;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Safetensors;
import dev.backlight.nn.BatchNorm;
import dev.backlight.nn.GroupNorm;
import dev.backlight.nn.InstanceNorm;
import dev.backlight.nn.LayerNorm;
import dev.backlight.nn.Linear;
import dev.backlight.nn.Sequential;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The parameters of a model under the names and in the layouts of a PyTorch state dict.
///
/// A name is the path of components, as in [dev.backlight.nn.Parameters], with the last word of
/// PyTorch:
///
/// | layer | here | in PyTorch |
/// |---|---|---|
/// | [Linear] | `weight` (in, out) | `weight` (out, in) |
/// | [BatchNorm] | `scale`, `shift`, `mean`, `variance` | `weight`, `bias`, `running_mean`, `running_var` |
/// | [LayerNorm], [GroupNorm], [InstanceNorm] | `scale`, `shift` | `weight`, `bias` |
/// | [Sequential] | `layers.0`, `layers.1` | `0`, `1` |
/// | all others | | the same |
///
/// PyTorch's count of batches, `num_batches_tracked`, is read over. Recurrent layers and attention
/// are laid out otherwise there and are not translated.
public final class TorchWeights {
  private static final String COUNT = "num_batches_tracked";

  private final Map<String, Place> places = new LinkedHashMap<>();

  /// A tensor of a model, and whether PyTorch has it transposed.
  private record Place(Tensor tensor, boolean transposed) {
    Tensor turned(Tensor other) {
      return transposed ? other.transpose() : other;
    }
  }

  private TorchWeights() {}

  /// The parameters of a model by PyTorch's names, in its layouts.
  public static Map<String, Tensor> of(Object model) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    places(model).forEach((name, place) -> named.put(name, place.turned(place.tensor())));
    return named;
  }

  /// Writes the parameters of a model to a safetensors file that PyTorch's `load_state_dict` takes
  /// with `strict=False`, for the counts of batches that are not there.
  public static void save(Object model, Path file) throws IOException {
    Safetensors.of(of(model)).write(file);
  }

  /// A model of the same form as `like` with the parameters of a safetensors file that has a state
  /// dict of PyTorch.
  ///
  /// @throws FormatException if names, shapes or dtypes differ; it lists all that do
  public static <M> M load(M like, Path file) throws IOException {
    return from(like, Safetensors.read(file).tensors(), file.toString());
  }

  /// A model of the same form as `like` with the parameters of a state dict.
  ///
  /// @param state by PyTorch's names, in its layouts
  /// @param source what to call it in an error
  /// @throws FormatException if names, shapes or dtypes differ; it lists all that do
  public static <M> M from(M like, Map<String, Tensor> state, String source)
      throws FormatException {
    Map<String, Tensor> left = new LinkedHashMap<>(state);
    List<String> problems = new ArrayList<>();
    IdentityHashMap<Tensor, Tensor> found = new IdentityHashMap<>();
    places(like)
        .forEach((name, place) -> {
          Tensor tensor = left.remove(name);
          Tensor wanted = place.turned(place.tensor());
          if (tensor == null) {
            problems.add(name + " is missing");
          } else if (!tensor.spec().equals(wanted.spec())) {
            problems.add(name + " needs " + wanted.spec() + ", got " + tensor.spec());
          } else {
            found.put(place.tensor(), place.turned(tensor));
          }
        });
    left.keySet().stream()
        .filter(name -> !name.endsWith(COUNT))
        .forEach(name -> problems.add(name + " is not in the model"));
    if (!problems.isEmpty()) {
      throw new FormatException(
          source, "parameters that fit the model are needed, got " + String.join("; ", problems));
    }
    return Struct.map(like, tensor -> found.getOrDefault(tensor, tensor));
  }

  private static Map<String, Place> places(Object model) {
    TorchWeights walk = new TorchWeights();
    walk.see(model, "");
    return walk.places;
  }

  private void see(@Nullable Object value, String path) {
    switch (value) {
      case Tensor tensor -> add(path, tensor, false);
      case Sequential sequential -> see(sequential.layers(), path);
      case Linear linear -> {
        add(path + ".weight", linear.weight(), true);
        add(path + ".bias", linear.bias(), false);
      }
      case BatchNorm norm -> {
        pair(path, norm.scale(), norm.shift());
        add(path + ".running_mean", norm.mean(), false);
        add(path + ".running_var", norm.variance(), false);
      }
      case LayerNorm norm -> pair(path, norm.scale(), norm.shift());
      case GroupNorm norm -> pair(path, norm.scale(), norm.shift());
      case InstanceNorm norm -> pair(path, norm.scale(), norm.shift());
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          see(list.get(i), join(path, String.valueOf(i)));
        }
      }
      case Map<?, ?> map -> map.forEach((name, each) -> see(each, join(path, "" + name)));
      case Record record -> {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
          see(read(record, component), join(path, component.getName()));
        }
      }
      case null, default -> {}
    }
  }

  private void pair(String path, @Nullable Tensor scale, @Nullable Tensor shift) {
    add(path + ".weight", scale, false);
    add(path + ".bias", shift, false);
  }

  private void add(String path, @Nullable Tensor tensor, boolean transposed) {
    if (tensor != null) {
      places.put(path.startsWith(".") ? path.substring(1) : path, new Place(tensor, transposed));
    }
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static @Nullable Object read(Record record, RecordComponent component) {
    try {
      var accessor = component.getAccessor();
      if (!accessor.trySetAccessible()) {
        throw new IllegalArgumentException(
            "records in a package open to dev.backlight.nn are needed, got "
                + record.getClass().getName());
      }
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
