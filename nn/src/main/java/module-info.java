/// Neural networks as immutable records: layers, losses, optimisers, data, training.
@org.jspecify.annotations.NullMarked
module dev.backlight.nn {
  requires static org.jspecify;
  requires static de.siegmar.fastcsv;
  requires static java.desktop;
  requires transitive dev.backlight.autodiff;

  exports dev.backlight.nn;
  exports dev.backlight.nn.data;
  exports dev.backlight.nn.metric;
  exports dev.backlight.nn.model;
  exports dev.backlight.nn.optim;
  exports dev.backlight.nn.train;

  // Training takes its own records apart, as the engine does with everyone's.
  opens dev.backlight.nn.train to
      dev.backlight.autodiff;

  // Structures that are not public are taken apart by reflection, too.
  opens dev.backlight.nn to
      dev.backlight.autodiff;
}
