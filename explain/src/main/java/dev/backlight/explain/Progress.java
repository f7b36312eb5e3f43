package dev.backlight.explain;

/// Who is told how far a long explanation has come.
///
/// It is called on the thread that explains, after each batch of runs. What it throws ends the
/// explanation, which is how one is cancelled.
@FunctionalInterface
public interface Progress {
  /// Tells nobody.
  Progress NONE = (_, _) -> {};

  /// So many runs of the model are done, of at most so many.
  void at(long done, long most);
}
