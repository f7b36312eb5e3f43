package dev.backlight.core.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlight.core.Block;
import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/// Whatever is written is read back bit for bit, in all three formats.
class TensorFilesProperties {
  @Property(seed = "1")
  void npy(
      @ForAll DType dtype,
      @ForAll @Size(max = 5) List<@IntRange(max = 5) Integer> sizes,
      @ForAll long seed)
      throws Exception {
    int[] all = sizes.stream().mapToInt(Integer::intValue).toArray();
    Tensor tensor = tensor(dtype, all, new Random(seed));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npy.write(out, tensor);
    assertThat(Npy.read(new ByteArrayInputStream(out.toByteArray()), "x").sameAs(tensor)).isTrue();
    assertThat((out.size() - tensor.elements() * dtype.bytes()) % 64).isZero();
  }

  @Property(seed = "2", tries = 300)
  void npz(@ForAll @Size(max = 4) DType[] dtypes, @ForAll long seed) throws Exception {
    Map<String, Tensor> tensors = tensors(dtypes, new Random(seed));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npz.write(out, tensors);
    same(Npz.read(new ByteArrayInputStream(out.toByteArray()), "x"), tensors);
  }

  @Property(seed = "3", tries = 300)
  void safetensors(@ForAll @Size(max = 4) DType[] dtypes, @ForAll long seed, @ForAll String note)
      throws Exception {
    Map<String, Tensor> tensors = tensors(dtypes, new Random(seed));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Safetensors(tensors, Map.of("note", note)).write(out);
    Safetensors read = Safetensors.read(new ByteArrayInputStream(out.toByteArray()), "x");
    same(read.tensors(), tensors);
    assertThat(read.metadata()).isEqualTo(Map.of("note", note));
  }

  private static void same(Map<String, Tensor> read, Map<String, Tensor> written) {
    assertThat(read.keySet()).containsExactlyElementsOf(written.keySet());
    written.forEach((name, tensor) -> assertThat(read.get(name).sameAs(tensor)).isTrue());
  }

  private static Map<String, Tensor> tensors(DType[] dtypes, Random random) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < dtypes.length; i++) {
      int[] sizes = random.ints(random.nextInt(4), 0, 6).toArray();
      tensors.put((char) ('z' - i) + "/é.weight", tensor(dtypes[i], sizes, random));
    }
    return tensors;
  }

  private static Tensor tensor(DType dtype, int[] sizes, Random random) {
    Block block = Block.allocate(Spec.of(Shape.of(sizes), dtype));
    for (int i = 0; i < block.size(); i++) {
      // Random bits are also NaNs and subnormal numbers; special values come on top.
      switch (dtype) {
        case F32 -> block.f32()[i] = Float.intBitsToFloat(bits(random));
        case F64 -> block.f64()[i] = Double.longBitsToDouble((long) bits(random) << 32 | i);
        case I32 -> block.i32()[i] = bits(random);
        case I64 -> block.i64()[i] = random.nextLong();
        case BOOL -> block.bool()[i] = random.nextBoolean();
      }
    }
    return Tensor.over(block);
  }

  private static int bits(Random random) {
    int[] special = {0, 1 << 31, 0x7f800000, 0xff800000, 0x7fc00000, 1, 0x7ff00000, 0xfff00000};
    return random.nextInt(4) == 0 ? special[random.nextInt(special.length)] : random.nextInt();
  }
}
