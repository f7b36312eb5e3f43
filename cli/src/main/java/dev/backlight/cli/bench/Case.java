package dev.backlight.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Something that is timed.
///
/// @param name as the peers call it, too
/// @param quick whether it belongs to the short pass
/// @param per what one run counts for: the time is divided by it
/// @param flops the operations that count: multiplications and additions, each by itself, of
///   products and convolutions, and one for each element of what goes element by element; 0 for
///   networks
/// @param demands what is asked of it
/// @param ready checks the answer and makes what is run again and again
record Case(
    String name,
    boolean quick,
    int per,
    double flops,
    List<Demand> demands,
    Supplier<Runnable> ready) {
  Case {
    demands = List.copyOf(demands);
  }

  static Case of(String name, Supplier<Runnable> ready) {
    return new Case(name, false, 1, 0, List.of(), ready);
  }

  /// In the short pass, too.
  Case quickly(boolean also) {
    return new Case(name, also, per, flops, demands, ready);
  }

  /// Divided by so many.
  Case per(int count) {
    return new Case(name, quick, count, flops, demands, ready);
  }

  /// Of so many operations.
  Case flops(double count) {
    return new Case(name, quick, per, count, demands, ready);
  }

  /// With one more thing asked.
  Case asks(Demand target) {
    List<Demand> more = new ArrayList<>(demands);
    more.add(target);
    return new Case(name, quick, per, flops, more, ready);
  }
}
