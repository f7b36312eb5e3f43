package dev.backlight.cli;

import java.io.IOException;
import java.util.concurrent.Callable;

/// A subcommand: does its work, or throws what [Main] turns into one line.
abstract class Action implements Callable<Integer> {
  final Terminal terminal;

  Action(Terminal terminal) {
    this.terminal = terminal;
  }

  /// A line of the result, its name in a column of its own.
  final void line(String name, String value) {
    terminal.say("%-12s%s".formatted(name, value));
  }

  abstract void act() throws IOException;

  @Override
  public final Integer call() throws IOException {
    act();
    return code();
  }

  /// How the process ends when all has gone well.
  int code() {
    return Main.OK;
  }
}
