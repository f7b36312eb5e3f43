package dev.backlight.core;

/// A typed run of numbers with a shape, row-major from index 0: what a kernel reads and writes.
///
/// A kernel gets its inputs and outputs as blocks ([Op#run]). The array behind a block may be
/// longer than the shape asks for, because players reuse memory: count with [#size()], never with
/// the array's length. Blocks of inputs are not to be written.
public final class Block {
  private final Spec spec;
  private final int size;
  private Object array;

  private Block(Spec spec, int size, Object array) {
    this.spec = spec;
    this.size = size;
    this.array = array;
  }

  /// Fresh memory, all zero.
  public static Block allocate(Spec spec) {
    int size = spec.shape().elements();
    return new Block(spec, size, spec.dtype().allocate(size));
  }

  /// Fresh memory for the spec of another block.
  public static Block like(Block other) {
    return new Block(other.spec, other.size, other.spec.dtype().allocate(other.size));
  }

  /// A block over an array of the dtype's own Java type (`float[]`, `double[]`, `int[]`, `long[]`,
  /// `boolean[]`) that holds at least as many elements as the shape; not copied.
  public static Block over(Spec spec, Object array) {
    boolean fits =
        switch (spec.dtype()) {
          case F32 -> array instanceof float[];
          case F64 -> array instanceof double[];
          case I32 -> array instanceof int[];
          case I64 -> array instanceof long[];
          case BOOL -> array instanceof boolean[];
        };
    if (!fits) {
      throw new DTypeException(
          "a block of "
              + spec.dtype()
              + " needs its own array type, got "
              + array.getClass().getSimpleName());
    }
    int length = java.lang.reflect.Array.getLength(array);
    if (length < spec.shape().elements()) {
      throw new ShapeException(
          "a block of "
              + spec.shape()
              + " needs "
              + spec.shape().elements()
              + " elements, got "
              + length);
    }
    return new Block(spec, spec.shape().elements(), array);
  }

  public Spec spec() {
    return spec;
  }

  public Shape shape() {
    return spec.shape();
  }

  public DType dtype() {
    return spec.dtype();
  }

  /// How many elements there are.
  public int size() {
    return size;
  }

  public float[] f32() {
    return (float[]) array;
  }

  public double[] f64() {
    return (double[]) array;
  }

  public int[] i32() {
    return (int[]) array;
  }

  public long[] i64() {
    return (long[]) array;
  }

  public boolean[] bool() {
    return (boolean[]) array;
  }

  /// The array itself, of the dtype's own Java type.
  public Object array() {
    return array;
  }

  /// One element as a double; `true` is 1. For slow paths: kernels take the array.
  public double get(int i) {
    return switch (spec.dtype()) {
      case F32 -> f32()[i];
      case F64 -> f64()[i];
      case I32 -> i32()[i];
      case I64 -> i64()[i];
      case BOOL -> bool()[i] ? 1 : 0;
    };
  }

  /// One index element as an `int`; only for integer blocks. An index that is no `int` is an error.
  public int index(int i) {
    return switch (spec.dtype()) {
      case I32 -> i32()[i];
      case I64 -> Math.toIntExact(i64()[i]);
      default -> throw new DTypeException("an index needs I32 or I64, got " + spec.dtype());
    };
  }

  /// Writes one element, rounded or truncated to the dtype as a Java cast does.
  public void set(int i, double value) {
    switch (spec.dtype()) {
      case F32 -> f32()[i] = (float) value;
      case F64 -> f64()[i] = value;
      case I32 -> i32()[i] = (int) value;
      case I64 -> i64()[i] = (long) value;
      case BOOL -> bool()[i] = value != 0;
    }
  }

  /// Copies all elements of a block of the same dtype and size.
  public void copyFrom(Block source) {
    if (source.dtype() != dtype() || source.size != size) {
      throw new ShapeException("a copy needs " + spec + ", got " + source.spec);
    }
    System.arraycopy(source.array, 0, array, 0, size);
  }

  /// A copy in memory of its own, exactly as long as needed.
  public Block copy() {
    Block copy = allocate(spec);
    copy.copyFrom(this);
    return copy;
  }

  /// Exchanges the memory of two blocks of one spec, without copying: how a player feeds outputs
  /// back to inputs.
  public void swap(Block other) {
    if (!other.spec.equals(spec)) {
      throw new ShapeException("a swap needs " + spec + ", got " + other.spec);
    }
    Object mine = array;
    array = other.array;
    other.array = mine;
  }
}
