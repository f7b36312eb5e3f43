package dev.backlight.cli;

import dev.backlight.core.io.FormatException;
import dev.backlight.nn.data.DataException;
import dev.backlight.nn.train.TrainingException;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/// The command `backlight`: what its subcommands share, and how it ends.
@Command(
    name = "backlight",
    description = "Trains small networks, explains their answers, and shows why.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Main.class,
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      ExplainCommand.class,
      InspectCommand.class,
      RunCommand.class,
      CheckOnnxCommand.class,
      GoldenCommand.class,
      MethodsCommand.class,
      BenchCommand.class,
      InfoCommand.class
    },
    sortOptions = false,
    usageHelpWidth = 96,
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%n",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  backlight demo",
      "  backlight train flowers.csv --target species --model flowers.safetensors",
      "  backlight explain --model flowers.safetensors flowers.csv --out why.html",
      "",
      "Exit codes: 0 done, 2 input that cannot be used, 1 a bug of ours."
    })
public final class Main implements Runnable, IVersionProvider {
  /// Nothing went wrong.
  static final int OK = 0;

  /// A bug: something that no input may bring about.
  static final int BUG = 1;

  /// The user's input, files or options cannot be used.
  static final int BAD_INPUT = 2;

  private @CommandLine.Spec CommandLine.Model.CommandSpec spec =
      CommandLine.Model.CommandSpec.create();

  /// Made by picocli.
  public Main() {}

  /// Runs a command and ends the process with its exit code.
  public static void main(String[] args) {
    PrintStream out = utf8(System.out);
    PrintStream err = utf8(System.err);
    int code = run(out, err, isTerminal(), args);
    out.flush();
    err.flush();
    System.exit(code);
  }

  /// Runs a command, with plain text on both streams, and returns its exit code.
  public static int run(PrintStream out, PrintStream err, String... args) {
    return run(out, err, false, args);
  }

  private static int run(PrintStream out, PrintStream err, boolean terminal, String... args) {
    Terminal screen = new Terminal(out, err, terminal);
    CommandLine line = new CommandLine(new Main(), new Commands(screen));
    line.setOut(new PrintWriter(out, true, out.charset()));
    line.setErr(new PrintWriter(err, true, err.charset()));
    line.setColorScheme(CommandLine.Help.defaultColorScheme(terminal ? Ansi.ON : Ansi.OFF));
    line.setUsageHelpLongOptionsMaxWidth(28);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, _) -> misused(err, e));
    line.setExecutionExceptionHandler((e, _, _) -> failed(err, e));
    return line.execute(args);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {"backlight " + version()};
  }

  /// The version of this build.
  static String version() throws IOException {
    try (InputStream in = Main.class.getResourceAsStream("version.txt")) {
      return in == null ? "unknown" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  // ---- how it ends ----

  private static int misused(PrintStream err, ParameterException e) {
    trace(err, e);
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    err.println("backlight: " + sentence(e) + "; see '" + command + " --help'");
    return BAD_INPUT;
  }

  static int failed(PrintStream err, Exception e) {
    trace(err, e);
    if (e instanceof BadInput
        || e instanceof DataException
        || e instanceof FormatException
        || e instanceof TrainingException
        || e instanceof IOException) {
      err.println("backlight: " + sentence(e));
      return BAD_INPUT;
    }
    err.println(
        "backlight: a bug of ours, please report it with the output of BACKLIGHT_TRACE=1: "
            + e.getClass().getSimpleName()
            + ": "
            + sentence(e));
    return BUG;
  }

  /// The message in one line, whatever names of files and values have put into it.
  private static String sentence(Exception e) {
    String message = e.getMessage();
    return (message == null ? e.toString() : message).strip().replaceAll("\\s*\\R\\s*", " ");
  }

  private static void trace(PrintStream err, Exception e) {
    String wanted = System.getenv("BACKLIGHT_TRACE");
    if (wanted != null && !wanted.isEmpty() && !wanted.equals("0")) {
      e.printStackTrace(err);
    }
  }

  @SuppressWarnings("SystemConsoleNull") // rarely null since JDK 22, but still allowed to be
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal() && System.getenv("NO_COLOR") == null;
  }

  // The texts hold minus signs and Greek letters, which the platform's own charset may not have.
  private static PrintStream utf8(PrintStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }
}
