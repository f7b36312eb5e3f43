/// Tensors: immutable arrays of numbers, and the operations on them.
///
/// A [Tensor] has a [Shape] and a [DType] and never changes; operations make new ones.
///
/// ```java
/// Tensor x = Tensor.of(new double[][] {{1, 2, 3}, {4, 5, 6}});
/// x.mul(2).sum(1);                   // [12. 30.] F64(2)
/// x.sub(x.meanKeep(0));              // (2, 3) less (1, 3): sizes of 1 are repeated, as in NumPy
/// x.transpose().matmul(x).shape();   // (3, 3)
/// x.get(1).slice(0, 0, 2);           // [4. 5.] F64(2)
/// x.gt(2).where(x, 0).toDoubles();   // 0, 0, 3, 4, 5, 6
/// ```
///
/// The operations stand in four interfaces by theme: [TensorMath], [TensorLogic],
/// [TensorReductions] and [TensorShaping]. There is no silent conversion: `F32` and `F64` do not
/// mix, [Tensor#to] converts. What does not fit is a [ShapeException] or a [DTypeException] that
/// says what was needed, then what came.
///
/// Random numbers come from a [Key], a value: the same key gives the same numbers, and `split`
/// makes independent ones.
///
/// An [Op] is what happens at one node of a computation. Most users never meet it; whoever writes
/// one reads its families there. [Recording] is the door through which `dev.backlight.autodiff`
/// sees operations and writes them down.
///
/// The arithmetic runs on SIMD kernels where java was started with `--add-modules
/// jdk.incubator.vector`, and on plain loops otherwise; [Backend] tells.
package dev.backlight.core;
