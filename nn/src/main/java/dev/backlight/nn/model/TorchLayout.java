package dev.backlight.nn.model;

import dev.backlight.core.Tensor;
import dev.backlight.nn.BatchNorm;
import dev.backlight.nn.Cell;
import dev.backlight.nn.DecoderBlock;
import dev.backlight.nn.GroupNorm;
import dev.backlight.nn.GruCell;
import dev.backlight.nn.InstanceNorm;
import dev.backlight.nn.LayerNorm;
import dev.backlight.nn.Linear;
import dev.backlight.nn.LstmCell;
import dev.backlight.nn.MultiHeadAttention;
import dev.backlight.nn.Recurrent;
import dev.backlight.nn.RmsNorm;
import dev.backlight.nn.RnnCell;
import dev.backlight.nn.Sequential;
import dev.backlight.nn.TransformerBlock;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How PyTorch lays out the parameters of a model: a walk over its records.
final class TorchLayout {
  /// Tensors that are translated together, and their names in PyTorch.
  sealed interface Entry {
    /// The names in PyTorch.
    List<String> names();

    /// The tensors of the model.
    List<Tensor> own();

    /// The tensors of the model as PyTorch has them, one for each name.
    List<Tensor> theirs();

    /// Tensors of PyTorch as the model has them, one for each of its own.
    List<Tensor> ours(List<Tensor> theirs);
  }

  /// A tensor that is the same in both, or transposed.
  private record Single(String name, Tensor tensor, boolean transposed) implements Entry {
    @Override
    public List<String> names() {
      return List.of(name);
    }

    @Override
    public List<Tensor> own() {
      return List.of(tensor);
    }

    @Override
    public List<Tensor> theirs() {
      return ours(List.of(tensor));
    }

    @Override
    public List<Tensor> ours(List<Tensor> theirs) {
      return transposed ? List.of(theirs.getFirst().transpose()) : theirs;
    }
  }

  /// Queries, keys and values: three here, one below the other in PyTorch.
  private record Joined(String name, List<Tensor> own, boolean transposed) implements Entry {
    @Override
    public List<String> names() {
      return List.of(name);
    }

    @Override
    public List<Tensor> theirs() {
      return List.of(Tensor.concat(0, turned(own.stream()).toArray(Tensor[]::new)));
    }

    @Override
    public List<Tensor> ours(List<Tensor> theirs) {
      int size = theirs.getFirst().size(0) / 3;
      return turned(theirs.getFirst().split(0, size, size, size).stream()).toList();
    }

    private Stream<Tensor> turned(Stream<Tensor> tensors) {
      return transposed ? tensors.map(Tensor::transpose) : tensors;
    }
  }

  /// A recurrent cell, which has two biases in PyTorch.
  private record OfCell(List<String> names, Cell cell) implements Entry {
    @Override
    public List<Tensor> own() {
      return switch (cell) {
        case RnnCell c -> List.of(c.input(), c.recurrent(), c.bias());
        case LstmCell c -> List.of(c.input(), c.recurrent(), c.bias());
        case GruCell c -> List.of(c.input(), c.recurrent(), c.bias(), c.inner());
      };
    }

    @Override
    public List<Tensor> theirs() {
      Tensor bias = own().get(2);
      Tensor none = Tensor.zeros(bias.shape(), bias.dtype());
      Tensor second =
          cell instanceof GruCell gru
              ? Tensor.concat(0, none.slice(0, 0, 2 * gru.hidden()), gru.inner())
              : none;
      return List.of(own().get(0).transpose(), own().get(1).transpose(), bias, second);
    }

    @Override
    public List<Tensor> ours(List<Tensor> theirs) {
      Tensor input = theirs.get(0).transpose();
      Tensor recurrent = theirs.get(1).transpose();
      Tensor first = theirs.get(2);
      Tensor second = theirs.get(3);
      if (!(cell instanceof GruCell)) {
        return List.of(input, recurrent, first.add(second));
      }
      int h = cell.hidden();
      List<Tensor> gates = first.split(0, 2 * h, h);
      List<Tensor> held = second.split(0, 2 * h, h);
      Tensor bias = Tensor.concat(0, gates.getFirst().add(held.getFirst()), gates.getLast());
      return List.of(input, recurrent, bias, held.getLast());
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  private TorchLayout() {}

  static List<Entry> of(Object model) {
    TorchLayout walk = new TorchLayout();
    walk.see(model, "");
    return walk.entries;
  }

  private void see(@Nullable Object value, String path) {
    switch (value) {
      case Tensor tensor -> add(path, tensor, false);
      case Sequential sequential -> see(sequential.layers(), path);
      case Linear linear -> {
        add(join(path, "weight"), linear.weight(), true);
        add(join(path, "bias"), linear.bias(), false);
      }
      case BatchNorm norm -> {
        normalisation(path, norm.scale(), norm.shift());
        add(join(path, "running_mean"), norm.mean(), false);
        add(join(path, "running_var"), norm.variance(), false);
      }
      case LayerNorm norm -> normalisation(path, norm.scale(), norm.shift());
      case GroupNorm norm -> normalisation(path, norm.scale(), norm.shift());
      case InstanceNorm norm -> normalisation(path, norm.scale(), norm.shift());
      case RmsNorm norm -> normalisation(path, norm.scale(), null);
      case Recurrent recurrent -> recurrent(path, recurrent);
      case MultiHeadAttention attention -> attention(path, attention);
      case TransformerBlock block -> {
        see(block.attention(), join(path, "self_attn"));
        see(block.norm1(), join(path, "norm1"));
        dense(path, block);
        see(block.norm2(), join(path, "norm2"));
      }
      case DecoderBlock block -> {
        see(block.own().attention(), join(path, "self_attn"));
        see(block.cross(), join(path, "multihead_attn"));
        dense(path, block.own());
        see(block.own().norm1(), join(path, "norm1"));
        see(block.norm(), join(path, "norm2"));
        see(block.own().norm2(), join(path, "norm3"));
      }
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          see(list.get(i), join(path, String.valueOf(i)));
        }
      }
      case Map<?, ?> map ->
          map.forEach((name, each) -> see(each, join(path, String.valueOf(name))));
      case Record record -> {
        for (RecordComponent component : record.getClass().getRecordComponents()) {
          see(read(record, component), join(path, component.getName()));
        }
      }
      case null, default -> {}
    }
  }

  private void normalisation(String path, @Nullable Tensor scale, @Nullable Tensor shift) {
    add(join(path, "weight"), scale, false);
    add(join(path, "bias"), shift, false);
  }

  private void dense(String path, TransformerBlock block) {
    see(block.up(), join(path, "linear1"));
    see(block.down(), join(path, "linear2"));
    see(block.activation(), join(path, "activation"));
  }

  private void recurrent(String path, Recurrent recurrent) {
    for (int i = 0; i < recurrent.forward().size(); i++) {
      cell(path, "_l" + i, recurrent.forward().get(i));
      if (!recurrent.backward().isEmpty()) {
        cell(path, "_l" + i + "_reverse", recurrent.backward().get(i));
      }
    }
  }

  private void cell(String path, String suffix, Cell cell) {
    List<String> names =
        Stream.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            .map(name -> join(path, name + suffix))
            .toList();
    entries.add(new OfCell(names, cell));
  }

  private void attention(String path, MultiHeadAttention attention) {
    List<Linear> three = List.of(attention.query(), attention.key(), attention.value());
    List<Tensor> biases = three.stream().map(Linear::bias).filter(Objects::nonNull).toList();
    if (biases.size() == 1 || biases.size() == 2) {
      throw new IllegalArgumentException(
          "PyTorch's attention needs biases of query, key and value or none, got "
              + biases.size()
              + " at "
              + path);
    }
    List<Tensor> weights = three.stream().map(Linear::weight).toList();
    entries.add(new Joined(join(path, "in_proj_weight"), weights, true));
    if (!biases.isEmpty()) {
      entries.add(new Joined(join(path, "in_proj_bias"), biases, false));
    }
    see(attention.out(), join(path, "out_proj"));
  }

  private void add(String name, @Nullable Tensor tensor, boolean transposed) {
    if (tensor != null) {
      entries.add(new Single(name, tensor, transposed));
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
