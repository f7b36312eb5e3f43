/// The backlight command.
@org.jspecify.annotations.NullMarked
module dev.backlight.cli {
  requires static org.jspecify;
  requires jdk.incubator.vector;
  requires info.picocli;
  requires de.siegmar.fastcsv;
  requires java.desktop;
  requires dev.backlight.explain;
  requires dev.backlight.nn;
  requires dev.backlight.onnx;

  // The commands' options are fields that picocli finds and sets by reflection.
  opens dev.backlight.cli to
      info.picocli;

  // The layers of the networks that are timed.
  opens dev.backlight.cli.bench to
      dev.backlight.autodiff;
}
