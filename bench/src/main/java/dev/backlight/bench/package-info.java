/// JMH benchmarks, through the public API: tapes, shapes, safety and all.
///
/// Every benchmark checks the answer that it times before it times it. How to run and to read them
/// stands in `bench/README.md`.
package dev.backlight.bench;
