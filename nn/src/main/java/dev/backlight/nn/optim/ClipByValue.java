package dev.backlight.nn.optim;

/// The direction, every number of it cut to `-max..max`.
public record ClipByValue(double max) implements Transform {
  public ClipByValue {
    if (!(max > 0)) {
      throw new IllegalArgumentException("a clipping value needs to be above 0, got " + max);
    }
  }

  @Override
  public Move apply(Move move, Leaves parameters) {
    return new Move(move.direction().stream().map(d -> d.clamp(-max, max)).toList(), move.memory());
  }
}
