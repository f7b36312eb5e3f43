package dev.backlight.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Every expected text but for dtype and shape at its end was printed by NumPy 2.4 (with
/// `precision=4` for `float32`), unless the test says otherwise.
class TensorPrinterTest {
  @Test
  void columnsAreAlignedAtThePoint() {
    printed(
        Tensor.of(Shape.of(2, 3), 1f, 2.5f, 1 / 3f, 4f, 5f, 6f),
        """
        [[1.     2.5    0.3333]
         [4.     5.     6.    ]] F32(2, 3)\
        """);
    printed(Tensor.of(-1f, 0f, 1f), "[-1.  0.  1.] F32(3)");
    printed(Tensor.of(-0f, 0f), "[-0.  0.] F32(2)");
    printed(Tensor.of(12.5, -3.75), "[12.5  -3.75] F64(2)");
  }

  @Test
  void doublesShowUpToEightDecimals() {
    printed(Tensor.of(Math.PI, 1 / 3.0), "[3.14159265 0.33333333] F64(2)");
    printed(Tensor.of(0.1 + 0.2), "[0.3] F64(1)");
  }

  @Test
  void halvesAreRoundedByTheExactValue() {
    printed(Tensor.of(0.00025, 0.00035), "[0.00025 0.00035] F64(2)");
    printed(Tensor.of(0.00625f, 0.03125f, 0.21875f), "[0.0063 0.0312 0.2188] F32(3)");
  }

  @Test
  void wideRangesAreScientific() {
    printed(Tensor.of(1f, 0.00001f), "[1.e+00 1.e-05] F32(2)");
    printed(Tensor.of(1.5e-5f, -1234.5678f), "[ 1.5000e-05 -1.2346e+03] F32(2)");
    printed(Tensor.of(1e6f, 2e6f), "[1.e+06 2.e+06] F32(2)");
    printed(Tensor.of(1e8, 1.25e9), "[1.00e+08 1.25e+09] F64(2)");
    printed(Tensor.of(1e-300, 1.0, 0.0), "[1.e-300 1.e+000 0.e+000] F64(3)");
    printed(Tensor.of(0.5f, 999_999f), "[5.e-01 1.e+06] F32(2)");
    printed(Tensor.of(1f, 1000f), "[   1. 1000.] F32(2)");
  }

  @Test
  void nansAndInfinitiesAreAlignedToo() {
    printed(
        Tensor.of(1.5, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY),
        "[ 1.5  nan  inf -inf] F64(4)");
    printed(Tensor.of(Float.NaN, Float.NaN), "[nan nan] F32(2)");
    printed(Tensor.of(Float.NEGATIVE_INFINITY, Float.NaN), "[-inf  nan] F32(2)");
    printed(Tensor.of(1e-9, Double.NaN), "[1.e-09    nan] F64(2)");
  }

  @Test
  void integersAreAlignedAtTheRight() {
    printed(
        Tensor.of(Shape.of(2, 2), 1, -20, 300, 4),
        """
        [[  1 -20]
         [300   4]] I32(2, 2)\
        """);
    printed(
        Tensor.of(Long.MIN_VALUE, Long.MAX_VALUE),
        "[-9223372036854775808  9223372036854775807] I64(2)");
  }

  @Test
  void booleansAreJavasWords() {
    printed(Tensor.of(true, false), "[ true false] BOOL(2)");
    printed(Tensor.of(true, true), "[true true] BOOL(2)");
  }

  @Test
  void scalarsAreTheirNumberWithAllDigits() {
    printed(Tensor.scalar(0.1f), "0.1");
    printed(Tensor.scalar(1 / 3f), "0.33333334");
    printed(Tensor.scalar(1 / 3.0), "0.3333333333333333");
    printed(Tensor.scalar(3.0), "3.0");
    printed(Tensor.scalar(-0.0), "-0.0");
    printed(Tensor.scalar(1e-5), "1e-05");
    printed(Tensor.scalar(1.25e-7f), "1.25e-07");
    printed(Tensor.scalar(1e20), "1e+20");
    printed(Tensor.scalar(Double.NaN), "nan");
    printed(Tensor.of(Shape.SCALAR, 7), "7");
    printed(Tensor.of(Shape.SCALAR, true), "true");
  }

  @Test
  void tensorsWithoutElementsShowTheirShape() {
    printed(Tensor.zeros(0), "[] F32(0)");
    printed(Tensor.zeros(2, 0, 3), "[] F32(2, 0, 3)");
  }

  @Test
  void higherAxesAreSetApartByEmptyLines() {
    printed(
        Tensor.arange(12, DType.I32).reshape(2, 3, 2),
        """
        [[[ 0  1]
          [ 2  3]
          [ 4  5]]

         [[ 6  7]
          [ 8  9]
          [10 11]]] I32(2, 3, 2)\
        """);
    printed(
        Tensor.ones(2, 2, 1, 1),
        """
        [[[[1.]]

          [[1.]]]


         [[[1.]]

          [[1.]]]] F32(2, 2, 1, 1)\
        """);
  }

  @Test
  void longRowsAreWrapped() {
    printed(
        Tensor.arange(30, DType.F32),
        """
        [ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. 17.
         18. 19. 20. 21. 22. 23. 24. 25. 26. 27. 28. 29.] F32(30)\
        """);
    printed(
        Tensor.linspace(0, 1.125, 10, DType.F64)
            .mul(Tensor.of(1.0, 1, 1, 1, 1, 1, 1, 1, 1, 1.0 / 3)),
        "[0.    0.125 0.25  0.375 0.5   0.625 0.75  0.875 1.    0.375] F64(10)");
  }

  @Test
  void aWrappedLineHasNoSpacesAtItsEnd() {
    float[] values = new float[24];
    values[0] = 0.5f;
    assertThat(Tensor.of(values).toString().lines()).noneMatch(line -> line.endsWith(" "));
    printed(
        Tensor.of(values),
        """
        [0.5 0.  0.  0.  0.  0.  0.  0.  0.  0.  0.  0.  0.  0.  0.  0.  0.  0.
         0.  0.  0.  0.  0.  0. ] F32(24)\
        """);
  }

  @Test
  void aThousandElementsAreShownAndMoreAreSummarised() {
    assertThat(Tensor.zeros(1000).toString()).doesNotContain("...");
    printed(Tensor.arange(1001, DType.I32), "[   0    1    2 ...  998  999 1000] I32(1001)");
    printed(
        Tensor.arange(1200, DType.F32).reshape(30, 40),
        """
        [[0.000e+00 1.000e+00 2.000e+00 ... 3.700e+01 3.800e+01 3.900e+01]
         [4.000e+01 4.100e+01 4.200e+01 ... 7.700e+01 7.800e+01 7.900e+01]
         [8.000e+01 8.100e+01 8.200e+01 ... 1.170e+02 1.180e+02 1.190e+02]
         ...
         [1.080e+03 1.081e+03 1.082e+03 ... 1.117e+03 1.118e+03 1.119e+03]
         [1.120e+03 1.121e+03 1.122e+03 ... 1.157e+03 1.158e+03 1.159e+03]
         [1.160e+03 1.161e+03 1.162e+03 ... 1.197e+03 1.198e+03 1.199e+03]] F32(30, 40)\
        """);
    printed(
        Tensor.zeros(300, 2, 2),
        """
        [[[0. 0.]
          [0. 0.]]

         [[0. 0.]
          [0. 0.]]

         [[0. 0.]
          [0. 0.]]

         ...

         [[0. 0.]
          [0. 0.]]

         [[0. 0.]
          [0. 0.]]

         [[0. 0.]
          [0. 0.]]] F32(300, 2, 2)\
        """);
  }

  @Test
  void whatIsHiddenDoesNotDecideTheFormat() {
    float[] values = new float[2000];
    values[1000] = 1e30f;
    printed(Tensor.of(values), "[0. 0. 0. ... 0. 0. 0.] F32(2000)");
  }

  private static void printed(Tensor tensor, String text) {
    assertThat(tensor.toString()).isEqualTo(text);
  }
}
