package dev.backlight.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Key;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {
  @TempDir Path folder;

  @Test
  void aMappedFileGivesTheTensorsOfAReadOne() throws Exception {
    Path path = folder.resolve("mixed.safetensors");
    Files.write(path, Fixtures.bytes("mixed.safetensors"));
    Safetensors read = Safetensors.read(path);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.metadata()).isEqualTo(read.metadata());
      assertThat(file.specs().keySet()).containsExactlyElementsOf(read.tensors().keySet());
      for (Map.Entry<String, Tensor> entry : read.tensors().entrySet()) {
        Tensor tensor = file.read(entry.getKey());
        assertThat(tensor.sameAs(entry.getValue())).as(entry.getKey()).isTrue();
        assertThat(file.specs()).containsEntry(entry.getKey(), tensor.spec());
      }
    }
  }

  @Test
  void tensorsLongerThanAChunkAreReadWhole() throws Exception {
    Path path = folder.resolve("long.safetensors");
    // 2^26 bytes and a few, between others.
    Tensor wide = Tensor.arange((1 << 23) + 5, DType.F64);
    Tensor small = Key.of(1).normal(Shape.of(3), DType.F64);
    Safetensors.of(Map.of("wide", wide, "small", small)).write(path);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.read("wide").sameAs(wide)).isTrue();
      assertThat(file.read("small").sameAs(small)).isTrue();
    }
  }

  @Test
  void aPartOfAFileLargerThanMemoryIsRead() throws Exception {
    // A sparse file of 64 GB: seven tensors of 8 GB that nobody asks for, and a small one at the
    // end.
    StringBuilder header = new StringBuilder("{");
    long step = 8L << 30;
    for (int i = 0; i < 8; i++) {
      header.append(
          "\"w%d\":{\"dtype\":\"F64\",\"shape\":[1073741824],\"data_offsets\":[%d,%d]},"
              .formatted(i, i * step, (i + 1) * step));
    }
    header.append(
        "\"last\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[%d,%d]}}"
            .formatted(8 * step, 8 * step + 4));
    Path path = folder.resolve("huge.safetensors");
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    try (FileChannel out =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      out.write(bytes(8).putLong(json.length).flip());
      out.write(ByteBuffer.wrap(json));
      // 1.5 and -2 in half precision.
      out.write(
          bytes(4).putShort((short) 0x3e00).putShort((short) 0xc000).flip(),
          8 + json.length + 8 * step);
    }
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.specs()).hasSize(9);
      assertThat(file.read("last").sameAs(Tensor.of(1.5f, -2f))).isTrue();
    }
  }

  @Test
  void whatIsWrongWithAFileIsSaidWhenItIsOpened() throws Exception {
    Path path = folder.resolve("x.safetensors");
    Files.write(path, bytes(8).putLong(1L << 40).array());
    refused(path, "needs a header of at most 100000000 bytes, got a length of 1099511627776");
    Files.write(path, bytes(9).putLong(99_999_999).put((byte) '{').array());
    refused(path, "needs 99999999 bytes for its header, got 1");
    Files.write(path, new byte[0]);
    refused(path, "needs 8 bytes for the length of its header, got 0");
    byte[] whole = Fixtures.bytes("mixed.safetensors");
    for (int n = 0; n < whole.length; n++) {
      Files.write(path, Arrays.copyOf(whole, n));
      assertThatThrownBy(() -> SafetensorsFile.open(path)).isInstanceOf(FormatException.class);
    }
    assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    refused(folder, "mapping needs a regular file, got another kind");
  }

  @Test
  void whatIsNotThereIsNotRead() throws Exception {
    Path path = folder.resolve("x.safetensors");
    Safetensors.of(Map.of("a", Tensor.of(1f))).write(path);
    SafetensorsFile file = SafetensorsFile.open(path);
    assertThatThrownBy(() -> file.read("b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(path + ": a tensor of the file is needed, got the name b");
    file.close();
    file.close();
    assertThatThrownBy(() -> file.read("a"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(path + ": an open file is needed, got a closed one");
  }

  @Test
  void modelsInSeveralFilesAreReadByTheirIndex() throws Exception {
    Safetensors.of(Map.of("b", Tensor.of(1f, 2f), "d", Tensor.of(5)))
        .write(folder.resolve("m-1.safetensors"));
    Safetensors.of(Map.of("a", Tensor.of(3.0))).write(folder.resolve("m-2.safetensors"));
    Path index =
        index(
            "{'metadata':{'total_size':20},'weight_map':{'a':'m-2.safetensors',"
                + "'b':'m-1.safetensors','d':'m-1.safetensors'}}");
    Safetensors read = Safetensors.read(index);
    assertThat(read.tensors().keySet()).containsExactly("a", "b", "d");
    assertThat(read.tensors().get("a").sameAs(Tensor.of(3.0))).isTrue();
    assertThat(read.tensors().get("b").sameAs(Tensor.of(1f, 2f))).isTrue();
    assertThat(read.tensors().get("d").sameAs(Tensor.of(5))).isTrue();
  }

  @Test
  void anIndexThatPromisesWhatIsNotThereIsToldAllAtOnce() throws Exception {
    Safetensors.of(Map.of("b", Tensor.of(1f), "c", Tensor.of(1f)))
        .write(folder.resolve("m-1.safetensors"));
    Path index =
        index("{'weight_map':{'a':'m-2.safetensors','b':'m-1.safetensors','d':'m-1.safetensors'}}");
    assertThatThrownBy(() -> Safetensors.read(index))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            index
                + ": needs files with the tensors that it lists, got no file m-2.safetensors;"
                + " m-1.safetensors without d; m-1.safetensors with c, which is not said to be"
                + " there");
  }

  @Test
  void anIndexDoesNotLeadOutOfItsFolder() throws Exception {
    for (String file :
        new String[] {"../x.safetensors", "/etc/x", "..", ".", "", "a\\\\b", "C:x"}) {
      Path index = index("{'weight_map':{'a':'" + file + "'}}");
      assertThatThrownBy(() -> Safetensors.read(index))
          .isInstanceOf(FormatException.class)
          .hasMessage(index + ": needs names of files beside it, got \"" + file + "\" for a");
    }
    Path list = index("[]");
    assertThatThrownBy(() -> Safetensors.read(list))
        .isInstanceOf(FormatException.class)
        .hasMessage(list + ": needs an object with a weight_map, got another value");
  }

  private Path index(String json) throws IOException {
    return Files.writeString(
        folder.resolve("model.safetensors.index.json"), json.replace('\'', '"'));
  }

  private static ByteBuffer bytes(int n) {
    return ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void refused(Path path, String problem) {
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOf(FormatException.class)
        .hasMessage(path + ": " + problem);
  }
}
