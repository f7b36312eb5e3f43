package dev.backlight.nn.model;

import dev.backlight.autodiff.Struct;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import dev.backlight.core.io.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The parameters of a model under the names and in the layouts of a PyTorch state dict.
///
/// A name is the path of components, as in [dev.backlight.nn.Parameters], but for these layers of
/// `dev.backlight.nn`:
///
/// | layer | here | in PyTorch |
/// |---|---|---|
/// | `Linear` | `weight` (in, out) | `weight` (out, in) |
/// | `BatchNorm` | `scale`, `shift`, `mean`, `variance` | `weight`, `bias`, `running_mean`, `running_var` |
/// | `LayerNorm`, `GroupNorm`, `InstanceNorm`, `RmsNorm` | `scale`, `shift` | `weight`, `bias` |
/// | `Sequential` | `layers.0`, `layers.1` | `0`, `1` |
/// | `Recurrent` | a cell for each layer and direction, with one bias | `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, ..., backwards `..._reverse` |
/// | `MultiHeadAttention` | `query`, `key`, `value`, `out` | `in_proj_weight`, `in_proj_bias`, `out_proj` |
/// | `TransformerBlock` | `attention`, `up`, `down` | `self_attn`, `linear1`, `linear2` |
/// | `DecoderBlock` | of both | `self_attn`, `multihead_attn`, `norm1` to `norm3` |
///
/// PyTorch's two biases of a recurrent layer are added up where one will do, and written as that
/// sum and zeros. Its count of batches, `num_batches_tracked`, is read over and not written.
public final class TorchWeights {
  private static final String COUNT = "num_batches_tracked";

  private TorchWeights() {}

  /// The parameters of a model by PyTorch's names, in its layouts.
  public static Map<String, Tensor> of(Object model) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    for (TorchLayout.Entry entry : TorchLayout.of(model)) {
      List<Tensor> theirs = entry.theirs();
      for (int i = 0; i < theirs.size(); i++) {
        named.put(entry.names().get(i), theirs.get(i));
      }
    }
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
    for (TorchLayout.Entry entry : TorchLayout.of(like)) {
      List<Tensor> taken = new ArrayList<>();
      List<Tensor> wanted = entry.theirs();
      for (int i = 0; i < wanted.size(); i++) {
        String name = entry.names().get(i);
        Tensor tensor = left.remove(name);
        if (tensor == null) {
          problems.add(name + " is missing");
        } else if (!tensor.spec().equals(wanted.get(i).spec())) {
          problems.add(name + " needs " + wanted.get(i).spec() + ", got " + tensor.spec());
        } else {
          taken.add(tensor);
        }
      }
      if (taken.size() == wanted.size()) {
        List<Tensor> ours = entry.ours(taken);
        for (int i = 0; i < ours.size(); i++) {
          Tensor before = found.put(entry.own().get(i), ours.get(i));
          if (before != null && !before.sameAs(ours.get(i))) {
            problems.add(
                entry.names().getFirst() + " is tied to another in the model, got other numbers");
          }
        }
      }
    }
    left.keySet().stream()
        .filter(name -> !name.endsWith(COUNT))
        .forEach(name -> problems.add(name + " is not in the model"));
    if (!problems.isEmpty()) {
      throw new FormatException(
          source, "parameters that fit the model are needed, got " + String.join("; ", problems));
    }
    return Struct.map(like, tensor -> found.getOrDefault(tensor, tensor));
  }
}
