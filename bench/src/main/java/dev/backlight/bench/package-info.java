/// JMH benchmarks; every one checks the answer that it times.
package dev.backlight.bench;
