module com.example.uses {
  requires dev.backlight.core;
}
