package dev.backlight.autodiff;

import dev.backlight.core.Tensor;
import java.util.List;

/// A structure of tensors that takes itself apart, for those who do not want reflection.
///
/// Records, lists and maps of tensors need nothing: [Struct] reads their components. A class that
/// implements this interface is asked instead.
///
/// @param <A> the implementing type
public interface Structured<A> {
  /// The tensors, always in the same order and number.
  List<Tensor> tensors();

  /// The same structure around other tensors, as many and in the same order.
  A with(List<Tensor> tensors);
}
