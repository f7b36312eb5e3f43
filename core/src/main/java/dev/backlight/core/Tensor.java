package dev.backlight.core;

import dev.backlight.core.op.Concat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/// An immutable array of numbers with a [Shape] and a [DType].
///
/// A tensor either holds its data, or it holds a place on a [Recording]: then it is the name of a
/// value of the tape being written, and operations on it are written down. While a tape is recorded
/// from example inputs its tensors also have values, so that `if`, `for` and printing work.
///
/// Nothing changes a tensor and there is no in-place operation. Two tensors are equal when they are
/// the same object; [#sameAs] compares shape, dtype and bits.
///
/// The operations live in the interfaces by theme: [TensorMath], [TensorSpecial], [TensorLogic],
/// [TensorReductions], [TensorNorms], [TensorOrder], [TensorScans], [TensorShaping],
/// [TensorIndexing], [TensorProducts], [TensorLinalg], [TensorImages], [TensorPooling],
/// [TensorResizing], [TensorNeural].
public final class Tensor
    implements TensorMath,
        TensorSpecial,
        TensorLogic,
        TensorReductions,
        TensorNorms,
        TensorOrder,
        TensorScans,
        TensorShaping,
        TensorIndexing,
        TensorProducts,
        TensorLinalg,
        TensorImages,
        TensorPooling,
        TensorResizing,
        TensorNeural {
  private final Spec spec;
  private final @Nullable Block block;
  private final @Nullable Recording recording;
  private final int place;

  private Tensor(Spec spec, @Nullable Block block, @Nullable Recording recording, int place) {
    this.spec = spec;
    this.block = block;
    this.recording = recording;
    this.place = place;
  }

  // ---- made from data ----

  /// A tensor over a block; the block is not copied and must not be written again.
  public static Tensor over(Block block) {
    return new Tensor(block.spec(), block, null, -1);
  }

  /// A vector of `F32`.
  public static Tensor of(float... values) {
    return of(Shape.of(values.length), values);
  }

  /// A vector of `F64`.
  public static Tensor of(double... values) {
    return of(Shape.of(values.length), values);
  }

  /// A vector of `I32`.
  public static Tensor of(int... values) {
    return of(Shape.of(values.length), values);
  }

  /// A vector of `I64`.
  public static Tensor of(long... values) {
    return of(Shape.of(values.length), values);
  }

  /// A vector of `BOOL`.
  public static Tensor of(boolean... values) {
    return of(Shape.of(values.length), values);
  }

  /// `F32` values in row-major order; copied.
  public static Tensor of(Shape shape, float... values) {
    return copied(Spec.of(shape, DType.F32), values, values.length);
  }

  /// `F64` values in row-major order; copied.
  public static Tensor of(Shape shape, double... values) {
    return copied(Spec.of(shape, DType.F64), values, values.length);
  }

  /// `I32` values in row-major order; copied.
  public static Tensor of(Shape shape, int... values) {
    return copied(Spec.of(shape, DType.I32), values, values.length);
  }

  /// `I64` values in row-major order; copied.
  public static Tensor of(Shape shape, long... values) {
    return copied(Spec.of(shape, DType.I64), values, values.length);
  }

  /// `BOOL` values in row-major order; copied.
  public static Tensor of(Shape shape, boolean... values) {
    return copied(Spec.of(shape, DType.BOOL), values, values.length);
  }

  /// A matrix of `F32`, one array a row.
  public static Tensor of(float[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    Block block = Block.allocate(Spec.of(Shape.of(rows.length, columns), DType.F32));
    for (int i = 0; i < rows.length; i++) {
      checkRow(i, rows[i].length, columns);
      System.arraycopy(rows[i], 0, block.f32(), i * columns, columns);
    }
    return over(block);
  }

  /// A matrix of `F64`, one array a row.
  public static Tensor of(double[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    Block block = Block.allocate(Spec.of(Shape.of(rows.length, columns), DType.F64));
    for (int i = 0; i < rows.length; i++) {
      checkRow(i, rows[i].length, columns);
      System.arraycopy(rows[i], 0, block.f64(), i * columns, columns);
    }
    return over(block);
  }

  private static void checkRow(int row, int length, int columns) {
    if (length != columns) {
      throw new ShapeException(
          "a matrix needs rows of one length, got "
              + columns
              + " in row 0 and "
              + length
              + " in row "
              + row);
    }
  }

  private static Tensor copied(Spec spec, Object values, int length) {
    if (length != spec.shape().elements()) {
      throw new ShapeException(
          "a tensor of "
              + spec.shape()
              + " needs "
              + spec.shape().elements()
              + " values, got "
              + length);
    }
    Block block = Block.allocate(spec);
    System.arraycopy(values, 0, block.array(), 0, length);
    return over(block);
  }

  /// A scalar of `F32`.
  public static Tensor scalar(float value) {
    return of(Shape.SCALAR, value);
  }

  /// A scalar of `F64`.
  public static Tensor scalar(double value) {
    return of(Shape.SCALAR, value);
  }

  /// Zeros of `F32`.
  public static Tensor zeros(int... sizes) {
    return zeros(Shape.of(sizes), DType.F32);
  }

  /// Zeros (`false` for `BOOL`).
  public static Tensor zeros(Shape shape, DType dtype) {
    return over(Block.allocate(Spec.of(shape, dtype)));
  }

  /// Ones of `F32`.
  public static Tensor ones(int... sizes) {
    return ones(Shape.of(sizes), DType.F32);
  }

  /// Ones (`true` for `BOOL`).
  public static Tensor ones(Shape shape, DType dtype) {
    return full(shape, dtype, 1);
  }

  /// The same value everywhere, rounded to the dtype.
  public static Tensor full(Shape shape, DType dtype, double value) {
    Block block = Block.allocate(Spec.of(shape, dtype));
    switch (dtype) {
      case F32 -> Arrays.fill(block.f32(), (float) value);
      case F64 -> Arrays.fill(block.f64(), value);
      case I32 -> Arrays.fill(block.i32(), (int) value);
      case I64 -> Arrays.fill(block.i64(), (long) value);
      case BOOL -> Arrays.fill(block.bool(), value != 0);
    }
    return over(block);
  }

  /// The identity matrix with `n` rows.
  public static Tensor eye(int n, DType dtype) {
    Block block = Block.allocate(Spec.of(Shape.of(n, n), dtype));
    for (int i = 0; i < n; i++) {
      block.set(i * n + i, 1);
    }
    return over(block);
  }

  /// `0, 1, …, n-1`.
  public static Tensor arange(int n, DType dtype) {
    Block block = Block.allocate(Spec.of(Shape.of(n), dtype));
    for (int i = 0; i < n; i++) {
      block.set(i, i);
    }
    return over(block);
  }

  /// `n` values from `from` to `to`, both included, evenly apart; one alone is `from`.
  public static Tensor linspace(double from, double to, int n, DType dtype) {
    Block block = Block.allocate(Spec.of(Shape.of(n), dtype));
    for (int i = 0; i < n; i++) {
      block.set(i, i > 0 && i == n - 1 ? to : from + i * ((to - from) / Math.max(1, n - 1)));
    }
    return over(block);
  }

  // ---- made by operations ----

  /// A place on a recording, with its value if the recording is eager. For engines.
  public static Tensor recorded(Recording recording, int place, Spec spec, @Nullable Block value) {
    return new Tensor(spec, value, recording, place);
  }

  /// Applies an op of one output: at once to values, or by writing it on the innermost recording.
  public static Tensor apply(Op op, Tensor... inputs) {
    return applyAll(op, inputs)[0];
  }

  /// As [#apply(Op, Tensor...)], on a short way if the op [keeps][Op#keepsSpec] the spec.
  public static Tensor apply(Op op, Tensor x) {
    if (!x.dtype().isFloat() || !op.keepsSpec()) {
      return applyAll(op, x)[0];
    }
    return x.recording == null
        ? new Tensor(x.spec, op.evaluated(x.value()), null, -1)
        : x.recording.recordOne(op, x);
  }

  /// As [#apply(Op, Tensor...)], on a short way if the op [keeps][Op#keepsSpec] the spec.
  public static Tensor apply(Op op, Tensor x, Tensor y) {
    return x.spec.equals(y.spec) ? applyToSame(op, x, y) : applyAll(op, x, y)[0];
  }

  /// An op on two tensors of one spec.
  static Tensor applyToSame(Op op, Tensor x, Tensor y) {
    if (!x.dtype().isFloat() || !op.keepsSpec()) {
      return applyAll(op, x, y)[0];
    }
    Recording r = x.recording;
    Recording q = y.recording;
    if (r == null && q == null) {
      return new Tensor(x.spec, op.evaluated(x.value(), y.value()), null, -1);
    }
    boolean first = q == null || (r != null && r.serial() >= q.serial());
    return Objects.requireNonNull(first ? r : q).recordOne(op, x, y);
  }

  /// `a` where the condition is true and `b` elsewhere, all three broadcast; see
  /// [TensorLogic#where(Tensor, Tensor)].
  public static Tensor where(Tensor condition, Tensor a, Tensor b) {
    return condition.where(a, b);
  }

  /// Applies an op and answers all of its outputs.
  public static Tensor[] applyAll(Op op, Tensor... inputs) {
    Recording innermost = null;
    for (Tensor input : inputs) {
      Recording r = input.recording;
      if (r != null && (innermost == null || r.serial() > innermost.serial())) {
        innermost = r;
      }
    }
    if (innermost != null) {
      return innermost.record(op, inputs);
    }
    Block[] in = new Block[inputs.length];
    for (int i = 0; i < in.length; i++) {
      in[i] = inputs[i].value();
    }
    Block[] out = op.evaluate(in);
    Tensor[] outputs = new Tensor[out.length];
    for (int k = 0; k < out.length; k++) {
      outputs[k] = over(out[k]);
    }
    return outputs;
  }

  /// Tensors laid end to end along an axis; the other sizes are equal.
  public static Tensor concat(int axis, Tensor... parts) {
    return parts.length == 1
        ? parts[0]
        : apply(new Concat(parts.length == 0 ? axis : parts[0].shape().axis(axis)), parts);
  }

  /// Tensors laid end to end along an axis; the other sizes are equal.
  public static Tensor concat(int axis, List<Tensor> parts) {
    return concat(axis, parts.toArray(Tensor[]::new));
  }

  /// Tensors of one shape side by side along a new axis.
  public static Tensor stack(int axis, Tensor... parts) {
    Tensor[] slabs = new Tensor[parts.length];
    for (int i = 0; i < slabs.length; i++) {
      if (!parts[i].shape().equals(parts[0].shape())) {
        throw new ShapeException(
            "stack needs equal shapes, got " + parts[0].shape() + " and " + parts[i].shape());
      }
      slabs[i] = parts[i].unsqueeze(axis);
    }
    return concat(axis, slabs);
  }

  /// Tensors of one shape side by side along a new axis.
  public static Tensor stack(int axis, List<Tensor> parts) {
    return stack(axis, parts.toArray(Tensor[]::new));
  }

  // ---- what it is ----

  public Spec spec() {
    return spec;
  }

  public Shape shape() {
    return spec.shape();
  }

  public DType dtype() {
    return spec.dtype();
  }

  public int rank() {
    return spec.shape().rank();
  }

  /// How many elements it has.
  public int elements() {
    return spec.shape().elements();
  }

  /// The size along an axis; negative axes count from the end.
  public int size(int axis) {
    return spec.shape().size(axis);
  }

  /// The recording it is on, or `null` if it is plain data. For engines.
  public @Nullable Recording recording() {
    return recording;
  }

  /// Its place on the recording. For engines.
  public int place() {
    return place;
  }

  /// Its memory, or `null` while a derivative is being written. For engines; not to be written to,
  /// and reading it leaves no pin: use [#item()], [#toDoubles()], [#test] or [#detached()].
  public @Nullable Block block() {
    return block;
  }

  /// An Einstein sum: `einsum("bij,bjk->bik", a, b)` multiplies matrices, letter by letter. What
  /// does not occur behind `->` is summed over; without `->` the result has what occurs once, in
  /// alphabetical order. A letter that one operand has twice means its diagonal, and `...` are axes
  /// that broadcast.
  ///
  /// Operands are contracted from left to right by matrix products.
  public static Tensor einsum(String equation, Tensor... operands) {
    return Einsum.of(equation, operands);
  }

  /// The coordinates of a grid: tensor `k` holds the numbers of vector `k` along axis `k` and is
  /// repeated along the others.
  public static List<Tensor> meshgrid(Tensor... vectors) {
    int[] sizes = new int[vectors.length];
    for (int k = 0; k < sizes.length; k++) {
      if (vectors[k].rank() != 1) {
        throw new ShapeException("meshgrid needs vectors, got " + vectors[k].shape());
      }
      sizes[k] = vectors[k].size(0);
    }
    List<Tensor> grid = new ArrayList<>();
    for (int k = 0; k < sizes.length; k++) {
      int[] along = new int[sizes.length];
      Arrays.fill(along, 1);
      along[k] = sizes[k];
      grid.add(vectors[k].reshape(Shape.of(along)).expand(Shape.of(sizes)));
    }
    return List.copyOf(grid);
  }

  @Override
  public Tensor self() {
    return this;
  }

  // ---- reading ----

  private Block value() {
    if (block == null) {
      throw new IllegalStateException(
          "reading needs a value, got a tensor whose derivative is being written: vjp rules are written in"
              + " Tensor language and read no values");
    }
    return block;
  }

  private Block read(String reading) {
    Block value = value();
    if (recording != null) {
      recording.pin(this, reading);
    }
    return value;
  }

  /// The only element as a double. On a recorded tensor this pins the tape to its recorded inputs.
  public double item() {
    if (elements() != 1) {
      throw new ShapeException("item() needs one element, got " + shape());
    }
    return read("item()").get(0);
  }

  /// The element at an index, one number an axis; negative numbers count from the end. Pins a
  /// recorded tape.
  public double at(int... index) {
    if (index.length != rank()) {
      throw new ShapeException(
          "an index into " + shape() + " needs " + rank() + " numbers, got " + index.length);
    }
    int flat = 0;
    for (int axis = 0; axis < index.length; axis++) {
      int size = size(axis);
      int i = index[axis] < 0 ? index[axis] + size : index[axis];
      if (i < 0 || i >= size) {
        throw new ShapeException(
            "axis "
                + axis
                + " of "
                + shape()
                + " has indices "
                + -size
                + ".."
                + (size - 1)
                + ", got "
                + index[axis]);
      }
      flat = flat * size + i;
    }
    return read("at()").get(flat);
  }

  /// A copy of the elements as floats, row-major; only for `F32`. Pins a recorded tape.
  public float[] toFloats() {
    need(DType.F32, "toFloats()");
    return Arrays.copyOf(read("toFloats()").f32(), elements());
  }

  /// A copy of the elements as doubles, row-major, whatever the dtype. Pins a recorded tape.
  public double[] toDoubles() {
    Block value = read("toDoubles()");
    if (dtype() == DType.F64) {
      return Arrays.copyOf(value.f64(), elements());
    }
    double[] copy = new double[elements()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = value.get(i);
    }
    return copy;
  }

  /// A copy of the elements as ints; only for `I32`. Pins a recorded tape.
  public int[] toInts() {
    need(DType.I32, "toInts()");
    return Arrays.copyOf(read("toInts()").i32(), elements());
  }

  /// A copy of the elements as longs; only for `I64`. Pins a recorded tape.
  public long[] toLongs() {
    need(DType.I64, "toLongs()");
    return Arrays.copyOf(read("toLongs()").i64(), elements());
  }

  /// A copy of the elements as booleans; only for `BOOL`. Pins a recorded tape.
  public boolean[] toBooleans() {
    need(DType.BOOL, "toBooleans()");
    return Arrays.copyOf(read("toBooleans()").bool(), elements());
  }

  private void need(DType wanted, String reading) {
    if (dtype() != wanted) {
      throw new DTypeException(reading + " needs " + wanted + ", got " + dtype());
    }
  }

  /// Asks a scalar a question. On a recorded tensor the answer becomes a guard of the tape: every
  /// play asks again and stops with `StaleTape` when the answer differs.
  public boolean test(DoublePredicate question) {
    if (elements() != 1) {
      throw new ShapeException("test() needs one element, got " + shape());
    }
    if (recording != null) {
      value();
      return recording.guard(this, question);
    }
    return question.test(value().get(0));
  }

  /// The value as plain data that no tape knows: "I only look". No derivative flows back through
  /// it, and replays do not update it.
  public Tensor detached() {
    return recording == null ? this : over(value());
  }

  /// This tensor under a name for people: a recorded tape prints it and explanations find it by the
  /// name.
  public Tensor named(String label) {
    if (recording != null) {
      recording.label(this, label);
    }
    return this;
  }

  /// Whether shape, dtype and all bits are equal; `NaN` equals `NaN` and `0.0` differs from `-0.0`.
  public boolean sameAs(Tensor other) {
    if (!spec.equals(other.spec)) {
      return false;
    }
    Block a = read("sameAs()");
    Block b = other.read("sameAs()");
    int n = elements();
    return switch (dtype()) {
      case F32 -> Arrays.equals(a.f32(), 0, n, b.f32(), 0, n);
      case F64 -> Arrays.equals(a.f64(), 0, n, b.f64(), 0, n);
      case I32 -> Arrays.equals(a.i32(), 0, n, b.i32(), 0, n);
      case I64 -> Arrays.equals(a.i64(), 0, n, b.i64(), 0, n);
      case BOOL -> Arrays.equals(a.bool(), 0, n, b.bool(), 0, n);
    };
  }

  /// Printed like NumPy: aligned, and summarised when long. A recorded tensor without a value
  /// prints its spec.
  @Override
  public String toString() {
    return block == null ? spec + " without a value" : TensorPrinter.print(block);
  }
}
