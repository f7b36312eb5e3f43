package dev.backlight.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParametersTest {
  record Mlp(Linear hidden, Linear out) {}

  private static Mlp mlp(long seed, int hidden) {
    Key[] keys = Key.of(seed).split(2);
    return new Mlp(Linear.of(3, hidden, keys[0]), Linear.of(hidden, 2, keys[1]));
  }

  @Test
  void aModelComesBackBitForBit(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("mlp.safetensors");
    Mlp saved = mlp(1, 4);
    Parameters.save(saved, file);
    Map<String, Tensor> loaded = Parameters.of(Parameters.load(mlp(2, 4), file));
    assertThat(loaded.keySet())
        .containsExactly("hidden.weight", "hidden.bias", "out.weight", "out.bias");
    Parameters.of(saved)
        .forEach((name, tensor) -> assertThat(tensor.sameAs(loaded.get(name))).as(name).isTrue());
  }

  @Test
  void allMismatchesAreToldAtOnce(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("mlp.safetensors");
    record Other(Linear hidden, Tensor extra) {}
    Linear wide = Linear.of(3, 5, Key.of(1));
    Parameters.save(
        new Other(
            new Linear(wide.weight(), Tensor.zeros(wide.bias().shape(), DType.F64)), Tensor.of(1f)),
        file);
    assertThatThrownBy(() -> Parameters.load(mlp(2, 4), file))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            file
                + ": parameters that fit the model are needed, got hidden.weight needs F32(3, 4),"
                + " got F32(3, 5); hidden.bias needs F32(4), got F64(5); out.weight is missing;"
                + " out.bias is missing; extra is not in the model");
  }

  @Test
  void parametersAreCountedAndConverted() {
    assertThat(Parameters.count(mlp(1, 4))).isEqualTo(3 * 4 + 4 + 4 * 2 + 2);
    Mlp wide = Parameters.to(DType.F64, mlp(1, 4));
    assertThat(wide.out().weight().dtype()).isEqualTo(DType.F64);
    assertThat(wide.out().weight().at(1, 1)).isEqualTo(mlp(1, 4).out().weight().at(1, 1));
  }

  @Test
  void tiedTensorsAreOneParameter(@TempDir Path dir) throws IOException {
    Tensor shared = Tensor.of(1f, 2f);
    record Tied(Tensor a, Tensor b) {}
    Path file = dir.resolve("tied.safetensors");
    Parameters.save(new Tied(shared, shared), file);
    Tensor other = Tensor.of(0f, 0f);
    Tied loaded = Parameters.load(new Tied(other, other), file);
    assertThat(loaded.a()).isSameAs(loaded.b());
    assertThat(loaded.a().toFloats()).containsExactly(1, 2);
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamedAndNothingIsLeft(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("none").resolve("mlp.safetensors");
    assertThatThrownBy(() -> Parameters.save(mlp(1, 4), file))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + file + ": no such directory " + file.getParent());
    try (var left = Files.list(dir)) {
      assertThat(left).isEmpty();
    }
  }
}
