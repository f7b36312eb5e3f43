package dev.backlight.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.io.FormatException;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class WireTest {
  private static ModelProto read(String hex) throws FormatException {
    return ModelProto.read("m.onnx", HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @Test
  void fieldsAreReadAndUnknownOnesPassedOver() throws FormatException {
    // ir_version 8, doc_string "ab", a field 100 of each type, then an empty graph named "g".
    ModelProto model =
        read(
            "08 08  32 02 61 62  a0 06 96 01  a5 06 01 02 03 04"
                + " a1 06 01 02 03 04 05 06 07 08  a2 06 01 ff  3a 03 12 01 67");

    assertThat(model.irVersion()).isEqualTo(8);
    assertThat(model.graph().name()).isEqualTo("g");
  }

  @Test
  void aFileThatEndsEarlySaysWhatIsMissing() {
    assertThatThrownBy(() -> read("3a 7f 12"))
        .isInstanceOf(FormatException.class)
        .hasMessage("m.onnx: field 7 needs 127 bytes, got 1 to the end (byte 2)");
    assertThatThrownBy(() -> read("08 80"))
        .hasMessage("m.onnx: an integer needs to end, got 80 (byte 2)");
  }

  @Test
  void lengthsBeyondTheFileTakeNoMemory() {
    // 2^63 - 1 bytes of a graph.
    assertThatThrownBy(() -> read("3a ff ff ff ff ff ff ff ff 7f"))
        .hasMessage("m.onnx: field 7 needs 9223372036854775807 bytes, got 0 to the end (byte 10)");
    assertThatThrownBy(() -> read("3a ff ff ff ff ff ff ff ff ff 01"))
        .hasMessage("m.onnx: field 7 needs 18446744073709551615 bytes, got 0 to the end (byte 11)");
  }

  @Test
  void anIntegerThatDoesNotEndIsRefused() {
    assertThatThrownBy(() -> read("08 ff ff ff ff ff ff ff ff ff ff ff 01"))
        .hasMessage(
            "m.onnx: an integer needs at most 10 bytes, got ff ff ff ff ff ff ff ff ff ff and more"
                + " (byte 11)");
  }

  @Test
  void fieldsOfTheWrongTypeAreRefused() {
    assertThatThrownBy(() -> read("0a 00"))
        .hasMessage("m.onnx: field 1 needs type 0, got 2 (byte 1)");
    assertThatThrownBy(() -> read("0b")).hasMessage("m.onnx: field 1 needs type 0, got 3 (byte 1)");
    assertThatThrownBy(() -> read("a3 06"))
        .hasMessage("m.onnx: a field needs a type of 0, 1, 2 or 5, got 3 (byte 2)");
    assertThatThrownBy(() -> read("00 00"))
        .hasMessage("m.onnx: a field needs a number of 1 to 536870911, got 0 (byte 1)");
  }

  @Test
  void aFileWithoutAGraphIsNoModel() {
    assertThatThrownBy(() -> read("")).hasMessage("m.onnx: an ONNX model needs a graph, got none");
  }

  @Test
  void graphsThatLieInEachOtherTooDeeplyAreRefused() {
    // graph { node { attribute { g { node { attribute { g ...
    byte[] inner = {};
    for (int i = 0; i < 200; i++) {
      inner = delimited(1, delimited(5, delimited(6, inner)));
    }
    byte[] model = delimited(7, inner);

    assertThatThrownBy(() -> ModelProto.read("deep.onnx", model))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith(
            "deep.onnx: messages need to be nested at most 100 deep, got more (byte ");
  }

  private static byte[] delimited(int field, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(field << 3 | 2);
    int n = content.length;
    while (n > 127) {
      out.write(n & 127 | 128);
      n >>= 7;
    }
    out.write(n);
    out.writeBytes(content);
    return out.toByteArray();
  }
}
