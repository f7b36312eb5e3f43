package dev.backlight.cli;

import picocli.CommandLine.Command;

/// The table of explainers.
@Command(
    name = "methods",
    description = "Lists the methods of explaining: what each does, and whether it adds up.",
    footer = "  backlight methods")
final class MethodsCommand extends Action {
  MethodsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  void act() {
    String gap = "";
    for (Method method : Method.values()) {
      terminal.say(gap + "%s: %s (%s)".formatted(method.id, method.title, method.paper));
      terminal.say("    " + method.idea);
      terminal.say("    complete: " + method.completeness);
      gap = "\n";
    }
  }
}
