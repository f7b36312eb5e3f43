package dev.backlight.core;

import org.jspecify.annotations.Nullable;

/// One operation seen from behind: what a vjp rule may look at.
///
/// `x(i)` are the inputs, `y(k)` the outputs, `g(k)` the cotangents that arrived at the outputs,
/// all in Tensor language; a rule may not read their values, so the derivative of a tape is a tape.
public class Site {
  private final Op op;
  private final Tensor[] inputs;
  private final Tensor[] outputs;
  private final @Nullable Tensor[] cotangents;
  private final boolean[] needed;
  private final String where;

  /// `where` is the user's source line (and label), for messages; it may be empty.
  public Site(
      Op op,
      Tensor[] inputs,
      Tensor[] outputs,
      @Nullable Tensor[] cotangents,
      boolean[] needed,
      String where) {
    this.op = op;
    this.inputs = inputs;
    this.outputs = outputs;
    this.cotangents = cotangents;
    this.needed = needed;
    this.where = where;
  }

  public Op op() {
    return op;
  }

  /// How many inputs there are.
  public int inputs() {
    return inputs.length;
  }

  /// How many outputs there are.
  public int outputs() {
    return outputs.length;
  }

  /// Input `i`.
  public Tensor x(int i) {
    return inputs[i];
  }

  /// The only input.
  public Tensor x() {
    return x(0);
  }

  /// The first output.
  public Tensor y() {
    return y(0);
  }

  /// Output `k`.
  public Tensor y(int k) {
    return outputs[k];
  }

  /// The cotangent of the first output.
  public Tensor g() {
    return g(0);
  }

  /// The cotangent of output `k`; zeros where nothing arrived.
  public Tensor g(int k) {
    Tensor g = cotangents[k];
    return g != null ? g : Tensor.zeros(y(k).shape(), y(k).dtype());
  }

  /// Whether anything arrived at output `k`.
  public boolean arrived(int k) {
    return cotangents[k] != null;
  }

  /// Whether somebody asked for the cotangent of input `i`: it depends on what is differentiated.
  public boolean needs(int i) {
    return needed[i];
  }

  /// The user's source line, empty if unknown.
  public String where() {
    return where;
  }

  /// The same site with another cotangent at its first output, as relevance rules use it.
  public Site receiving(Tensor g) {
    @Nullable Tensor[] changed = cotangents.clone();
    changed[0] = g;
    return new Site(op, inputs, outputs, changed, needed, where);
  }
}
