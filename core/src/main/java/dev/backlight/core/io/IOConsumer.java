package dev.backlight.core.io;

import java.io.IOException;

/// A consumer that may fail with an [IOException], such as code that writes to a stream.
///
/// @param <T> what is consumed
@FunctionalInterface
public interface IOConsumer<T> {
  void accept(T value) throws IOException;
}
