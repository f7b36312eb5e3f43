package dev.backlight.core;

/// What is known of a tensor before it has a value: its shape and its element type.
public record Spec(Shape shape, DType dtype) {
  public static Spec of(Shape shape, DType dtype) {
    return new Spec(shape, dtype);
  }

  /// The same element type in another shape.
  public Spec with(Shape other) {
    return new Spec(other, dtype);
  }

  /// The same shape with another element type.
  public Spec with(DType other) {
    return new Spec(shape, other);
  }

  @Override
  public boolean equals(Object other) {
    return other == this
        || (other instanceof Spec that && dtype == that.dtype && shape.equals(that.shape));
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + dtype.hashCode();
  }

  /// As in `F32(2, 3)`.
  @Override
  public String toString() {
    return dtype.toString() + shape;
  }
}
