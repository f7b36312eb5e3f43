package dev.backlight.testkit;

import dev.backlight.core.DType;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Says which tensors a property wants: `@ForAll @Like(dtype = DType.F32, rank = 2, special = true)
/// Tensor x`.
///
/// Without it a `@ForAll Tensor` has up to three axes of 1 to 4 elements, `F64`, from -3 to 3.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.TYPE_USE, ElementType.ANNOTATION_TYPE})
public @interface Like {
  /// The element type.
  DType dtype() default DType.F64;

  /// The exact number of axes; any up to three if negative.
  int rank() default -1;

  /// The smallest size of an axis; 0 brings tensors without elements.
  int minSize() default 1;

  /// The largest size of an axis.
  int maxSize() default 4;

  /// The smallest value.
  double low() default -3;

  /// The largest value.
  double high() default 3;

  /// Whether ±0, ±∞, NaN and the extremes of the dtype may come.
  boolean special() default false;
}
