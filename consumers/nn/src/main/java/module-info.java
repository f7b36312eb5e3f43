module com.example.uses {
  requires dev.backlight.nn;

  // Models are records that the engine takes apart by reflection.
  opens com.example.uses to dev.backlight.autodiff;
}
