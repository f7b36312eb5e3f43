package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A structure of tensors (a record of records, lists, maps) seen as a flat list, and back.
///
/// Leaves are named by component path, as in `hidden.weight`. The same tensor in two places is one
/// leaf: tied tensors stay tied. What is no tensor (a string, a stride, a function) stays as in the
/// example. Records are read by reflection on their components; a named module opens their package
/// to `dev.backlight.autodiff`, or the record implements [Structured].
///
/// @param <A> the type of the structure
public final class Struct<A> {
  private final Layout layout;
  private final List<String> names;

  private Struct(Layout layout, List<String> names) {
    this.layout = layout;
    this.names = names;
  }

  /// The form of an example.
  public static <A> Struct<A> of(A example) {
    List<String> names = new ArrayList<>();
    Layout layout = Layout.of(example, new IdentityHashMap<>(), names, "");
    return new Struct<>(layout, List.copyOf(names));
  }

  /// The form of a result, in which every place is a leaf: one tensor given twice gets two
  /// cotangents.
  static <A> Struct<A> untied(A example) {
    List<String> names = new ArrayList<>();
    Layout layout = Layout.of(example, null, names, "");
    return new Struct<>(layout, List.copyOf(names));
  }

  /// The tensors of a structure, each once.
  public static List<Tensor> leaves(Object structure) {
    return Struct.<Object>of(structure).flatten(structure);
  }

  /// The structure with every tensor replaced.
  public static <A> A map(A structure, UnaryOperator<Tensor> change) {
    Struct<A> struct = of(structure);
    return struct.build(struct.flatten(structure).stream().map(change).toList());
  }

  /// Two structures of one form combined, tensor by tensor.
  public static <A> A zip(A first, A second, BinaryOperator<Tensor> combine) {
    Struct<A> struct = of(first);
    List<Tensor> a = struct.flatten(first);
    List<Tensor> b = struct.flatten(second);
    List<Tensor> both = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      both.add(combine.apply(a.get(i), b.get(i)));
    }
    return struct.build(both);
  }

  /// The component path of every leaf; `x` for a structure that is one tensor.
  public List<String> names() {
    return names;
  }

  /// How many leaves there are.
  public int size() {
    return names.size();
  }

  /// The tensors of a structure of this form.
  public List<Tensor> flatten(A structure) {
    @Nullable Tensor[] leaves = new Tensor[names.size()];
    layout.flatten(structure, leaves, "");
    List<Tensor> flat = new ArrayList<>();
    for (Tensor leaf : leaves) {
      flat.add(Objects.requireNonNull(leaf));
    }
    return flat;
  }

  /// The structure of this form around other tensors.
  @SuppressWarnings("unchecked")
  public A build(List<Tensor> leaves) {
    if (leaves.size() != names.size()) {
      throw new IllegalArgumentException(
          "this structure needs " + names.size() + " tensors, got " + leaves.size());
    }
    return (A) Objects.requireNonNull(layout.build(leaves));
  }

  /// Which leaves a part of the structure is made of, and the form of that part.
  <S> Part<S> part(Function<A, S> choose) {
    List<Tensor> tags = placeholders();
    S part = choose.apply(build(tags));
    Struct<S> form = of(part);
    int[] indices =
        form.flatten(part).stream()
            .mapToInt(leaf -> {
              int index = tags.indexOf(leaf);
              if (index < 0) {
                throw new IllegalArgumentException(
                    "a part is made of tensors of the tape's inputs, got one that is not among them");
              }
              return index;
            })
            .toArray();
    return new Part<>(form, indices);
  }

  /// Equal for structures that a tape could not tell apart.
  Object form() {
    return layout;
  }

  /// Leaves that are nothing but themselves.
  List<Tensor> placeholders() {
    Tensor[] tags = new Tensor[names.size()];
    Arrays.setAll(tags, _ -> Tensor.zeros());
    return List.of(tags);
  }

  record Part<S>(Struct<S> form, int[] leaves) {}
}
