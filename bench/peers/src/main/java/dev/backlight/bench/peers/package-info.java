/// The cases of `backlight bench` in other engines of the JVM: DJL with PyTorch's native code, ND4J, and netlib's BLAS in
/// the vector API. Each class is a program, `THREADS quick|full CASE...`, that writes a JSON line for each case it knows.
package dev.backlight.bench.peers;
