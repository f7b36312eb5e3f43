package dev.backlight.cli.bench;

import java.util.function.Supplier;

/// Something that is timed.
///
/// @param name as the peers call it, too
/// @param quick whether it belongs to the short pass
/// @param per what one run counts for: the time is divided by it
/// @param target how many times as fast as the peer it should be; 0 if nothing is asked
/// @param ready checks the answer and makes what is run again and again
record Case(String name, boolean quick, int per, double target, Supplier<Runnable> ready) {}
