package dev.backlight.core.kernel;

import jdk.incubator.vector.FloatVector;

/// The vector width this processor prefers, apart from [Lanes] so that only those who have the module load it.
final class LaneWidth {
  // The register tiles of the matrix product are written out for 128, 256 and 512 bits.
  static final int BITS = Math.min(512, FloatVector.SPECIES_PREFERRED.vectorBitSize());

  private LaneWidth() {}
}
