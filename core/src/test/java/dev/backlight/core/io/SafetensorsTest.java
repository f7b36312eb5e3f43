package dev.backlight.core.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Shape;
import dev.backlight.core.Tensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void filesOfTheReferenceImplementationAreRead() throws Exception {
    Path file = folder.resolve("mixed.safetensors");
    Files.write(file, Fixtures.bytes("mixed.safetensors"));
    check(Safetensors.read(file));
    check(Safetensors.read(Fixtures.stream("mixed.safetensors"), "x"));
  }

  private static void check(Safetensors read) {
    assertThat(read.metadata()).isEqualTo(Map.of("format", "np", "note", "é"));
    Map<String, Tensor> tensors = read.tensors();
    assertThat(tensors.keySet())
        .containsExactly("b", "scalar", "empty", "w", "half", "byte", "mask");
    assertThat(tensors.get("b")).hasToString("[1 2] I64(2)");
    assertThat(tensors.get("scalar").sameAs(Tensor.scalar(3.5))).isTrue();
    assertThat(tensors.get("empty")).hasToString("[] F32(0, 2)");
    assertThat(tensors.get("w")).hasToString("[[ 1.  -2.5  0. ]\n [ nan  inf -0. ]] F32(2, 3)");
    assertThat(tensors.get("half").sameAs(Tensor.of(0.5f, -65504f))).isTrue();
    assertThat(tensors.get("byte").sameAs(Tensor.of(0, 255))).isTrue();
    assertThat(tensors.get("mask").sameAs(Tensor.of(true, false, true))).isTrue();
  }

  @Test
  void whatIsWrittenIsWhatTheReferenceImplementationWrites() throws Exception {
    byte[] bytes = Fixtures.bytes("plain.safetensors");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.read(new ByteArrayInputStream(bytes), "x").write(out);
    assertThat(out.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void bothMapsKeepTheirOrderAndWideElementsComeFirst() throws Exception {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("mask", Tensor.of(true, false, true));
    tensors.put("w", Tensor.of(1f, 2f));
    tensors.put("a", Tensor.of(1.0));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("z", "1");
    metadata.put("a", "2");
    Path file = folder.resolve("x.safetensors");
    new Safetensors(tensors, metadata).write(file);
    Safetensors read = Safetensors.read(file);
    assertThat(read.tensors().keySet()).containsExactly("mask", "w", "a");
    assertThat(read.metadata().keySet()).containsExactly("z", "a");
    tensors.forEach((name, tensor) -> assertThat(read.tensors().get(name).sameAs(tensor)).isTrue());
    String header = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).substring(8);
    assertThat(header)
        .startsWith(
            "{\"__metadata__\":{\"z\":\"1\",\"a\":\"2\"},"
                + "\"mask\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[16,19]},"
                + "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},"
                + "\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}");
    assertThat(Files.size(file) % 8).isEqualTo(3);
  }

  @Test
  void anEmptyFileOfTensorsIsAFileToo() throws Exception {
    Path file = folder.resolve("x.safetensors");
    Safetensors.of(Map.of()).write(file);
    assertThat(Safetensors.read(file)).isEqualTo(Safetensors.of(Map.of()));
  }

  @Test
  void brainFloatsAndSmallIntegersAreWidened() throws Exception {
    byte[] bytes =
        file(
            "{'bf':{'dtype':'BF16','shape':[2],'data_offsets':[0,4]},"
                + "'i8':{'dtype':'I8','shape':[1],'data_offsets':[4,5]},"
                + "'u16':{'dtype':'U16','shape':[1],'data_offsets':[5,7]},"
                + "'u32':{'dtype':'U32','shape':[1],'data_offsets':[7,11]}}",
            // 1.5 is 3fc0 and -2 is c000 in bfloat16.
            0xc0,
            0x3f,
            0x00,
            0xc0,
            0xff,
            0xff,
            0xff,
            0xff,
            0xff,
            0xff,
            0xff);
    Map<String, Tensor> read = Safetensors.read(new ByteArrayInputStream(bytes), "x").tensors();
    assertThat(read.get("bf").sameAs(Tensor.of(1.5f, -2f))).isTrue();
    assertThat(read.get("i8").sameAs(Tensor.of(-1))).isTrue();
    assertThat(read.get("u16").sameAs(Tensor.of(65535))).isTrue();
    assertThat(read.get("u32").sameAs(Tensor.of(4294967295L))).isTrue();
  }

  @Test
  void everyFloatOfEightBitsIsWidenedAsByPyTorch() throws Exception {
    Map<String, Tensor> read =
        Safetensors.read(Fixtures.stream("float8.safetensors"), "x").tensors();
    for (String type : new String[] {"F8_E4M3", "F8_E5M2", "F8_E8M0"}) {
      assertThat(read.get(type).toFloats())
          .as(type)
          .containsExactly(read.get(type + ".wide").toFloats());
    }
  }

  @Test
  void headersThatLieAboutTheirLengthAreRefused() throws Exception {
    refused(new byte[5], "needs 8 bytes for the length of its header, got 5");
    refused(
        length(-1),
        "needs a header of at most 100000000 bytes, got a length of 18446744073709551615");
    refused(
        length(100_000_001),
        "needs a header of at most 100000000 bytes, got a length of 100000001");
    refused(length(100), "needs 100 bytes for its header, got 0");
    refused(length(0), "a safetensors header begins with '{', got nothing");
    refused(file("[]"), "a safetensors header begins with '{', got 5b 5d");
    refused(file(" {}"), "a safetensors header begins with '{', got 20 7b 7d");
    refused(
        file("{'a':1"), "in its header, JSON needs ',' or '}' at line 1, column 7, got the end");
    refused(
        file("{'a':1,'a':2}"),
        "in its header, JSON needs names that occur once in an object, got \"a\" again"
            + " at line 1, column 8");
  }

  @Test
  void entriesThatDoNotFitTheirBytesAreRefused() throws Exception {
    entry("1", "a: needs an object of dtype, shape and data_offsets, got 1");
    entry(
        "{'shape':[1],'data_offsets':[0,4]}",
        "a: needs a dtype of [BOOL, U8, I8, U16, I16, F16, BF16, F8_E4M3, F8_E5M2, F8_E8M0, U32, I32, F32,"
            + " U64, I64, F64],"
            + " got nothing");
    entry(
        "{'dtype':'F4','shape':[1],'data_offsets':[0,1]}",
        "a: needs a dtype of [BOOL, U8, I8, U16, I16, F16, BF16, F8_E4M3, F8_E5M2, F8_E8M0, U32, I32, F32,"
            + " U64, I64, F64],"
            + " got \"F4\"");
    entry("{'dtype':'F32','data_offsets':[0,4]}", "a: needs whole numbers as shape, got nothing");
    entry(
        "{'dtype':'F32','shape':[1.0],'data_offsets':[0,4]}",
        "a: needs whole numbers as shape, got [1.0]");
    entry(
        "{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}",
        "a: needs sizes of at least 0, got (-1)");
    entry(
        "{'dtype':'F32','shape':[65536,65536],'data_offsets':[0,4]}",
        "a: needs at most 2147483647 elements, got (65536, 65536)");
    entry(
        "{'dtype':'F32','shape':[1],'data_offsets':'no'}",
        "a: needs whole numbers as data_offsets, got \"no\"");
    entry(
        "{'dtype':'F32','shape':[1],'data_offsets':[0,4,8]}",
        "a: needs data_offsets of a begin and an end, got [0, 4, 8]");
    entry(
        "{'dtype':'F32','shape':[1],'data_offsets':[4,0]}",
        "a: needs data_offsets of a begin and an end, got [4, 0]");
    entry(
        "{'dtype':'F32','shape':[1],'data_offsets':[-4,0]}",
        "a: needs data_offsets of a begin and an end, got [-4, 0]");
    entry(
        "{'dtype':'F32','shape':[2],'data_offsets':[0,4]}",
        "a: F32(2) needs 8 bytes of data, got 4");
    entry(
        "{'dtype':'F32','shape':[1],'data_offsets':[4,8]}",
        "a: needs to begin at byte 0, where the tensor before it ends, got 4");
    entry(
        "{'dtype':'F32','shape':[1],'data_offsets':[0,4]},"
            + "'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}",
        "b: needs to begin at byte 4, where the tensor before it ends, got 0");
  }

  @Test
  void headersOfMoreThanTensorsAreRefusedBeforeTheyFillMemory() throws Exception {
    StringBuilder many = new StringBuilder("{");
    for (int i = 0; i < 200_000; i++) {
      many.append(i == 0 ? "'t" : ",'t").append(i);
      many.append("':{'dtype':'F32','shape':[0],'data_offsets':[0,0]}");
    }
    assertThatThrownBy(
            () -> Safetensors.read(new ByteArrayInputStream(file(many + "}")), "x.safetensors"))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith(
            "x.safetensors: in its header, JSON needs at most 1048576 values here, got more at"
                + " line 1, column ");
    String lists = "{'a':[" + "[],".repeat(2_000_000) + "0]}";
    assertThatThrownBy(
            () -> Safetensors.read(new ByteArrayInputStream(file(lists)), "x.safetensors"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("JSON needs at most 1048576 values here");
  }

  @Test
  void metadataAreStrings() throws Exception {
    refused(file("{'__metadata__':[]}"), "needs an object as __metadata__, got []");
    refused(file("{'__metadata__':{'epoch':3}}"), "needs strings in __metadata__, got 3 for epoch");
    assertThatThrownBy(() -> Safetensors.of(Map.of("__metadata__", Tensor.scalar(1f))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("safetensors need names of tensors other than __metadata__, got that");
  }

  @Test
  void missingAndSurplusDataAreRefused() throws Exception {
    String header = "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}";
    refused(file(header, 1, 2, 3), "a: F32(2) needs 8 bytes of data, got 3");
    refused(file(header, new int[9]), "needs nothing after the elements of its tensors, got more");
    Path file = folder.resolve("x.safetensors");
    for (int n : new int[] {3, 9}) {
      Files.write(file, file(header, new int[n]));
      assertThatThrownBy(() -> Safetensors.read(file))
          .isInstanceOf(FormatException.class)
          .hasMessage(file + ": needs 8 bytes of data for all of its tensors, got " + n);
    }
  }

  @Test
  void aDeclaredSizeIsNotBelievedBeforeTheDataCame() throws Exception {
    byte[] bytes = file("{'a':{'dtype':'F32','shape':[2147483647],'data_offsets':[0,8589934588]}}");
    refused(bytes, "a: F32(2147483647) needs 8589934588 bytes of data, got 0");
    Path file = folder.resolve("x.safetensors");
    Files.write(file, bytes);
    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessage(file + ": needs 8589934588 bytes of data for all of its tensors, got 0");
  }

  @Test
  void everyTruncationIsRefused() throws Exception {
    byte[] whole = Fixtures.bytes("mixed.safetensors");
    Path file = folder.resolve("x.safetensors");
    for (int n = 0; n < whole.length; n++) {
      byte[] part = Arrays.copyOf(whole, n);
      assertThatThrownBy(() -> Safetensors.read(new ByteArrayInputStream(part), "x"))
          .isInstanceOf(FormatException.class);
      Files.write(file, part);
      assertThatThrownBy(() -> Safetensors.read(file))
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith(file + ": ");
    }
  }

  @Test
  void mapsGivenAreCopied() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", Tensor.zeros(Shape.of(1), DType.I32));
    Safetensors all = Safetensors.of(tensors);
    tensors.clear();
    assertThat(all.tensors()).containsOnlyKeys("a");
  }

  private static byte[] length(long n) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(n).array();
  }

  /// A file of a header, in single quotes for readability, and data.
  private static byte[] file(String header, int... data) throws IOException {
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(length(json.length));
    out.write(json);
    for (int b : data) {
      out.write(b);
    }
    return out.toByteArray();
  }

  private static void entry(String info, String problem) throws IOException {
    refused(file("{'a':" + info + "}", 0, 0, 0, 0), problem);
  }

  private static void refused(byte[] bytes, String problem) {
    assertThatThrownBy(() -> Safetensors.read(new ByteArrayInputStream(bytes), "x.safetensors"))
        .isInstanceOf(FormatException.class)
        .hasMessage("x.safetensors: " + problem);
  }
}
