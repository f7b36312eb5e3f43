package dev.backlight.core;

import java.util.StringJoiner;

/// Prints values.
final class TensorPrinter {
  private TensorPrinter() {}

  static String print(Block block) {
    StringJoiner all = new StringJoiner(", ", block.spec() + " [", "]");
    for (int i = 0; i < block.size(); i++) {
      all.add(String.valueOf(block.get(i)));
    }
    return all.toString();
  }
}
