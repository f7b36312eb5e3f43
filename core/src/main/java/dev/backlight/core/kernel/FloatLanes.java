package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The vector shape of all loops. Apart from [Lanes], so that only those who have the module load
/// it.
final class FloatLanes {
  // Not SPECIES_512 outright: where the hardware is narrower that is 150 times slower. And not
  // wider, since
  // the register tiles of the matrix product are written out for 128, 256 and 512 bits.
  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.vectorBitSize() > 512
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  static final int BITS = SPECIES.vectorBitSize();

  private FloatLanes() {}
}
