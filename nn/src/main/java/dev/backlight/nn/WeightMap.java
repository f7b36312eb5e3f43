package dev.backlight.nn;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How the tensors of a file become the parameters of a model: other names, other layouts, tensors
/// that are made of several, and some that are not needed. For [Parameters#load(Object,
/// java.nio.file.Path, WeightMap)].
///
/// Names are paths of components, as in `encoder.0.weight`. In a rule, `*` stands for one component
/// and `**` for any number of them. Immutable; each rule gives a new mapping. Of several renamings
/// that fit, the first is used.
///
/// ```java
/// WeightMap.of()
///     .rename("fc1", "hidden")                       // fc1.weight is hidden.weight
///     .rename("blocks.*.proj", "layers.*.out")       // by number
///     .transpose("hidden.weight")                    // PyTorch's Linear has (out, in)
///     .ignore("**.num_batches_tracked");
/// ```
///
/// | layer | PyTorch | Keras | here |
/// |---|---|---|---|
/// | [Linear] | `weight` (out, in) | `kernel` (in, out) | `weight` (in, out) |
/// | [Conv2d] | `weight` (out, in, h, w) | `kernel` (h, w, in, out) | `weight` (out, in, h, w) |
/// | [BatchNorm] | `weight`, `bias`, `running_mean`, `running_var` | `gamma`, `beta`, `moving_mean`, `moving_variance` | `scale`, `shift`, `mean`, `variance` |
/// | [LayerNorm] | `weight`, `bias` | `gamma`, `beta` | `scale`, `shift` |
/// | [Embedding] | `weight` | `embeddings` | `weight` |
///
/// `dev.backlight.nn.model.TorchWeights` knows these layouts by the type of the layer.
public final class WeightMap {
  private static final Pattern STAR = Pattern.compile("\\*\\*?");

  private static final Map<String, String> KERAS =
      Map.of(
          "kernel", "weight",
          "gamma", "scale",
          "beta", "shift",
          "moving_mean", "mean",
          "moving_variance", "variance",
          "embeddings", "weight");

  private List<Rename> renames = List.of();
  private Map<String, String> words = Map.of();
  private List<Layout> layouts = List.of();
  private List<Made> made = List.of();
  private List<Pattern> ignored = List.of();
  private boolean casting;

  /// A part of a name and what stands there instead.
  private record Rename(Pattern from, String to) {}

  /// What is done to tensors of such names.
  private record Layout(Pattern name, UnaryOperator<Tensor> change) {}

  /// A parameter made of several tensors.
  private record Made(String name, List<String> from, Function<List<Tensor>, Tensor> formula) {}

  /// A tensor on its way: what it is called here and in the file, and what became of it.
  ///
  /// @param tensor as it is here, or `null` if it could not be made
  /// @param problem why not
  record Mapped(String name, String source, @Nullable Tensor tensor, @Nullable String problem) {}

  private WeightMap() {}

  /// Names and layouts as they are.
  public static WeightMap of() {
    return new WeightMap();
  }

  /// Weights of Keras by their paths, as in `dense/kernel`: components are separated by dots, the
  /// last words are those of the table above, and kernels of convolutions are turned round. The
  /// names of the layers are still to be said by [#rename].
  public static WeightMap keras() {
    return of().with(m -> m.words = KERAS).layout(WeightMap::kernel, "weight", "**.weight");
  }

  /// From (window..., in, out) to (out, in, window...).
  private static Tensor kernel(Tensor tensor) {
    int rank = tensor.rank();
    if (rank < 3) {
      return tensor;
    }
    int[] axes = new int[rank];
    axes[0] = rank - 1;
    axes[1] = rank - 2;
    for (int axis = 2; axis < rank; axis++) {
      axes[axis] = axis - 2;
    }
    return tensor.permute(axes);
  }

  /// With the beginning `from` of names in the file replaced by `to`; an empty `from` puts `to` in
  /// front of all, an empty `to` takes `from` away.
  public WeightMap rename(String from, String to) {
    String end = from.isEmpty() ? "" : to.isEmpty() ? "\\." : "(?=\\.|$)";
    String begin = from.isEmpty() && !to.isEmpty() ? to + "." : to;
    Rename rule = new Rename(Pattern.compile("^" + regex(from) + end), replacement(from, begin));
    return with(m -> m.renames = and(renames, rule));
  }

  /// With the last two axes of these parameters exchanged; names are those of the model.
  public WeightMap transpose(String... names) {
    return layout(tensor -> tensor.swap(-2, -1), names);
  }

  /// With these parameters in another layout; names are those of the model.
  public WeightMap layout(UnaryOperator<Tensor> change, String... names) {
    List<Layout> more = new ArrayList<>(layouts);
    for (String name : names) {
      more.add(new Layout(Pattern.compile(regex(name)), change));
    }
    return with(m -> m.layouts = List.copyOf(more));
  }

  /// With a parameter of the model made of tensors of the file, as a sum of two biases is. One
  /// tensor may serve several.
  public WeightMap make(String name, Function<List<Tensor>, Tensor> formula, String... from) {
    return with(m -> m.made = and(made, new Made(name, List.of(from), formula)));
  }

  /// With a `MultiheadAttention` of PyTorch, called `from` in the file, as the [MultiHeadAttention]
  /// `to`.
  public WeightMap torchAttention(String from, String to) {
    return TorchFormulas.attention(this, from, to);
  }

  /// With an `RNN`, `LSTM` or `GRU` of PyTorch, called `from` in the file, as the [Recurrent] `to`.
  ///
  /// @param both whether it is bidirectional
  public WeightMap torchRecurrent(
      Recurrent.Kind kind, String from, String to, int layers, boolean both) {
    return TorchFormulas.recurrent(this, kind, from, to, layers, both);
  }

  /// Without these tensors of the file.
  public WeightMap ignore(String... names) {
    List<Pattern> more = new ArrayList<>(ignored);
    for (String name : names) {
      more.add(Pattern.compile(regex(name)));
    }
    return with(m -> m.ignored = List.copyOf(more));
  }

  /// With floats of any dtype, converted to that of the model.
  public WeightMap casting() {
    return with(m -> m.casting = true);
  }

  boolean casts() {
    return casting;
  }

  // ---- work ----

  /// The tensors of a file under the names and in the layouts of the model. What does not work
  /// becomes a problem of that tensor.
  List<Mapped> apply(Map<String, Tensor> state) {
    Map<String, Tensor> file = new LinkedHashMap<>(state);
    if (casting) {
      // What is made of several is rounded once, when it is converted to the model's dtype.
      file.replaceAll((_, t) -> t.dtype().isFloat() ? t.to(DType.F64) : t);
    }
    Map<String, Tensor> left = new LinkedHashMap<>(file);
    left.keySet().removeIf(name -> ignored.stream().anyMatch(p -> p.matcher(name).matches()));
    List<Mapped> all = new ArrayList<>();
    for (Made one : made) {
      all.add(make(one, file));
      one.from.forEach(left::remove);
    }
    left.forEach((name, tensor) -> all.add(translate(name, tensor)));
    return all;
  }

  private static Mapped make(Made one, Map<String, Tensor> file) {
    String source = String.join(", ", one.from);
    List<Tensor> inputs = new ArrayList<>();
    for (String name : one.from) {
      Tensor tensor = file.get(name);
      if (tensor == null) {
        return new Mapped(one.name, source, null, name + " is missing in the file");
      }
      inputs.add(tensor);
    }
    return made(one.name, source, () -> one.formula.apply(inputs));
  }

  private Mapped translate(String source, Tensor tensor) {
    String name = words.isEmpty() ? source : source.replace('/', '.');
    for (Rename rename : renames) {
      Matcher matcher = rename.from.matcher(name);
      if (matcher.find()) {
        name = matcher.replaceFirst(rename.to);
        break;
      }
    }
    int last = name.lastIndexOf('.') + 1;
    String word = name.substring(last);
    String here = name.substring(0, last) + words.getOrDefault(word, word);
    return made(
        here,
        source,
        () -> {
          Tensor changed = tensor;
          for (Layout layout : layouts) {
            if (layout.name.matcher(here).matches()) {
              changed = layout.change.apply(changed);
            }
          }
          return changed;
        });
  }

  private static Mapped made(String name, String source, Supplier<Tensor> formula) {
    try {
      return new Mapped(name, source, formula.get(), null);
    } catch (RuntimeException e) {
      // A formula of the user, and shapes of the file: both are told with all the rest.
      return new Mapped(name, source, null, String.valueOf(e.getMessage()));
    }
  }

  // ---- names ----

  private static String regex(String glob) {
    StringBuilder regex = new StringBuilder();
    Matcher star = STAR.matcher(glob);
    int end = 0;
    for (int stars = 1; star.find(); stars++) {
      regex.append(Pattern.quote(glob.substring(end, star.start())));
      // Named, so that a digit behind it is not taken for part of its number.
      regex.append("(?<s").append(stars).append('>');
      regex.append(star.group().length() == 1 ? "[^.]*)" : ".*)");
      end = star.end();
    }
    return regex.append(Pattern.quote(glob.substring(end))).toString();
  }

  private static String replacement(String from, String to) {
    String[] parts = STAR.split(to, -1);
    if (parts.length > STAR.split(from, -1).length) {
      throw new IllegalArgumentException(
          "a renaming needs as many * in what it replaces, got '" + from + "' and '" + to + "'");
    }
    StringBuilder text = new StringBuilder(Matcher.quoteReplacement(parts[0]));
    for (int i = 1; i < parts.length; i++) {
      text.append("${s").append(i).append('}').append(Matcher.quoteReplacement(parts[i]));
    }
    return text.toString();
  }

  private static <T> List<T> and(List<T> list, T one) {
    List<T> more = new ArrayList<>(list);
    more.add(one);
    return List.copyOf(more);
  }

  private WeightMap with(Consumer<WeightMap> change) {
    WeightMap other = new WeightMap();
    other.renames = renames;
    other.words = words;
    other.layouts = layouts;
    other.made = made;
    other.ignored = ignored;
    other.casting = casting;
    change.accept(other);
    return other;
  }
}
