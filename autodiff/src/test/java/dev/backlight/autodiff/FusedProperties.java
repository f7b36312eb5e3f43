package dev.backlight.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class FusedProperties {
  @Property
  void noPieceOfAPartReachesIntoThePartBefore(
      @ForAll @IntRange(min = 1, max = 100_000) int elements,
      @ForAll @IntRange(min = 1, max = 5_000) int most,
      @ForAll @IntRange(min = 1, max = 8) int together) {
    int piece = Math.min(most, elements);
    int run = piece * together;
    int parts = Fused.parts(elements, run, piece);
    assertThat(elements - piece).isGreaterThanOrEqualTo((parts - 1) * run);
    assertThat(elements - (parts - 1) * run).isBetween(1, run + piece);
  }
}
