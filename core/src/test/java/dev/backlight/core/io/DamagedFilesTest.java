package dev.backlight.core.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files with a few wrong bytes are refused with a [FormatException] or give whole tensors: no
/// other exception occurs, and no more memory is taken than a small multiple of what is there.
class DamagedFilesTest {
  private static final int ROUNDS = 3000;

  @TempDir Path folder;

  private interface Reader {
    Collection<Tensor> read(byte[] bytes) throws IOException;
  }

  @ParameterizedTest
  @ValueSource(strings = {"f4.npy", "fortran.npy", "big-endian.npy", "version3.npy", "f2.npy"})
  void npy(String name) throws Exception {
    damage(name, bytes -> List.of(Npy.read(new ByteArrayInputStream(bytes), name)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void npz(String name) throws Exception {
    damage(name, bytes -> Npz.read(new ByteArrayInputStream(bytes), name).values());
    Path file = folder.resolve(name);
    damage(name, bytes -> Npz.read(Files.write(file, bytes)).values());
  }

  @Test
  void safetensors() throws Exception {
    String name = "mixed.safetensors";
    damage(
        name, bytes -> Safetensors.read(new ByteArrayInputStream(bytes), name).tensors().values());
    Path file = folder.resolve(name);
    damage(name, bytes -> Safetensors.read(Files.write(file, bytes)).tensors().values());
  }

  private static void damage(String name, Reader reader) throws IOException {
    byte[] whole = Fixtures.bytes(name);
    Random random = new Random(name.hashCode());
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = whole.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        int at = random.nextInt(bytes.length);
        // Digits and letters keep a header nearly right, which goes further than noise.
        bytes[at] =
            switch (random.nextInt(3)) {
              case 0 -> (byte) random.nextInt(256);
              case 1 -> (byte) "0123456789(),'{}[]\"<>|fiubTrueFals: -".charAt(random.nextInt(37));
              default -> (byte) (bytes[at] ^ 1 << random.nextInt(8));
            };
      }
      try {
        for (Tensor tensor : reader.read(bytes)) {
          assertThat(tensor.elements() * (long) tensor.dtype().bytes())
              .isLessThan(100L * whole.length);
          assertThat(tensor.toString()).isNotEmpty();
        }
      } catch (FormatException e) {
        assertThat(e).hasMessageContaining(name).hasMessageContaining("got");
        refused++;
      } catch (IOException | RuntimeException | Error e) {
        throw new AssertionError("round " + round + " of " + name, e);
      }
    }
    assertThat(refused).isGreaterThan(ROUNDS / 10);
  }
}
