/// The loops that do the arithmetic, over plain Java arrays: no shapes, no tapes, no checks.
///
/// [FloatLoops] lists them all. There are two implementations, and [Lanes] chooses once:
///
///     FloatLoops loops = FloatLoops.current();
///     loops.matmul(false, true, m, n, k, x, 0, k, w, 0, k, y, 0, n, false);
///
/// `FloatScalarLoops` is plain Java, written to be read, and is the truth that tests ask.
/// `FloatVectorLoops` does the same with `jdk.incubator.vector`, one class per subject (`FloatReductions`,
/// `FloatMatMul`, `TranscendentalLoopsF32`, …), where C2 does not by itself. **Both give the same bits**, because every order of additions is
/// fixed in logical terms and never in terms of lanes: sums go through a fixed number of accumulators and a
/// fixed tree, a matrix product runs along k in blocks of a fixed length, and a polynomial is the same chain
/// of fused multiply-adds whether it runs in a register or in a `float`. So an answer depends neither on the
/// processor nor on the compiler's mood, nor on an element's place in its array or an image's in its batch.
/// And the plain loops can work until the vector loops are compiled, see [WarmUp].
///
/// Convolutions are planned for their sizes ([FloatConvolution]) and written once for both: what they do in
/// the inside, [FloatTileLoops], comes plain and in vectors.
///
/// Files named `Float…` are copied to `Double…` by the build, with the types replaced. What must differ
/// between the two precisions lives in files named `…F32` and `…F64`.
///
/// Performance notes, for whoever writes the next loop. C2 wants flat static methods: a helper that takes or
/// returns a vector is boxed sooner or later (13 to 90 times slower), more than about 100 vector operations
/// in one method end inlining, and the species must be a static final. Limits of loops are computed before
/// the loop. Sizes are arguments: arrays may be longer than what they hold.
package dev.backlight.core.kernel;
