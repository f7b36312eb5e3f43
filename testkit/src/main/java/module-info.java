/// Arbitraries for property tests of tensors, ops and gradients.
@org.jspecify.annotations.NullMarked
module dev.backlight.testkit {
  requires static org.jspecify;
  requires transitive dev.backlight.autodiff;
  requires transitive net.jqwik.api;

  exports dev.backlight.testkit;

  provides net.jqwik.api.providers.ArbitraryProvider with
      dev.backlight.testkit.TensorProvider;
}
