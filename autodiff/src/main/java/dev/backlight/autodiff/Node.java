package dev.backlight.autodiff;

import dev.backlight.core.Op;
import dev.backlight.core.Spec;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One line of a tape: an op, the values it reads and the values it makes.
///
/// Values are numbered; `%6` in a printed tape is value 6. A node knows the user's source line and,
/// if `Tensor.named` gave it one, a label.
public final class Node {
  private final Op op;
  private final int[] inputs;
  private final int firstOutput;
  private final List<Spec> outputs;
  private final String where;
  private final @Nullable String behind;
  private final @Nullable String label;
  private final Set<Node> consumers = new LinkedHashSet<>();

  Node(
      Op op,
      int[] inputs,
      int firstOutput,
      List<Spec> outputs,
      String where,
      @Nullable String behind,
      @Nullable String label) {
    this.op = op;
    this.inputs = inputs;
    this.firstOutput = firstOutput;
    this.outputs = outputs;
    this.where = where;
    this.behind = behind;
    this.label = label;
  }

  /// The same node with other numbers.
  Node numbered(int[] reads, int first) {
    return new Node(op, reads, first, outputs, where, behind, label);
  }

  /// The same node with an op that makes some of the outputs.
  Node doing(Op less, List<Spec> made) {
    return new Node(less, inputs, firstOutput, made, where, behind, label);
  }

  /// The same node under a name.
  Node named(@Nullable String name) {
    return new Node(op, inputs, firstOutput, outputs, where, behind, name);
  }

  public Op op() {
    return op;
  }

  /// The values it reads.
  public int[] inputs() {
    return inputs.clone();
  }

  int arity() {
    return inputs.length;
  }

  int input(int k) {
    return inputs[k];
  }

  /// The value that is its first output; further outputs follow in number.
  public int output() {
    return firstOutput;
  }

  /// Shape and dtype of every output.
  public List<Spec> outputs() {
    return outputs;
  }

  /// The user's source line, as in `Xor.java:12`; empty if unknown.
  public String where() {
    return where;
  }

  /// What a backward sweep crossed when it wrote this node, as in `log`; `null` for a node of the
  /// function itself.
  public @Nullable String behind() {
    return behind;
  }

  /// The name it was given, or `null`.
  public @Nullable String label() {
    return label;
  }

  /// The nodes of the same tape that read its outputs.
  public List<Node> consumers() {
    return List.copyOf(consumers);
  }

  void addConsumer(Node consumer) {
    consumers.add(consumer);
  }

  /// As in `matmul at Xor.java:12`, for messages.
  @Override
  public String toString() {
    return (label == null ? op.name() : label + " (" + op.name() + ")")
        + (where.isEmpty() ? "" : " at " + where);
  }

  String line() {
    StringBuilder line = new StringBuilder();
    for (int k = 0; k < outputs.size(); k++) {
      line.append(k == 0 ? "%" : ", %").append(firstOutput + k).append(' ');
      line.append(Arrays.toString(outputs.get(k).shape().sizes()));
    }
    return line.toString();
  }
}
