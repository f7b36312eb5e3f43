/// Neural networks as immutable records.
@org.jspecify.annotations.NullMarked
module dev.backlight.nn {
  requires static org.jspecify;
  requires static de.siegmar.fastcsv;
  requires transitive dev.backlight.autodiff;
}
