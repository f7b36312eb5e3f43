package dev.backlight.onnx.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The forms that data of tensors come in: raw bytes, and lists of four kinds.
class TensorDataTest {
  private static Message tensor(ElementType type, int... sizes) {
    Message message = new Message();
    for (int size : sizes) {
      message.integer(1, size);
    }
    return message.integer(2, type.code()).text(8, "t");
  }

  private static Tensor read(Message message) throws IOException {
    return TensorData.read(TensorProto.read("t.pb", message.bytes()), ExternalData.NONE);
  }

  static Stream<Arguments> raw() {
    return Stream.of(
        Arguments.of(ElementType.FLOAT, "0000803f 000020c0", DType.F32, new double[] {1, -2.5}),
        Arguments.of(
            ElementType.DOUBLE,
            "000000000000f03f 00000000000004c0",
            DType.F64,
            new double[] {1, -2.5}),
        Arguments.of(ElementType.UINT8, "01 ff", DType.I32, new double[] {1, 255}),
        Arguments.of(ElementType.INT8, "01 ff", DType.I32, new double[] {1, -1}),
        Arguments.of(ElementType.UINT16, "0100 ffff", DType.I32, new double[] {1, 65535}),
        Arguments.of(ElementType.INT16, "0100 feff", DType.I32, new double[] {1, -2}),
        Arguments.of(ElementType.INT32, "01000000 feffffff", DType.I32, new double[] {1, -2}),
        Arguments.of(
            ElementType.UINT32, "01000000 feffffff", DType.I64, new double[] {1, 4294967294.0}),
        Arguments.of(
            ElementType.INT64,
            "0100000000000000 feffffffffffffff",
            DType.I64,
            new double[] {1, -2}),
        Arguments.of(ElementType.BOOL, "00 01", DType.BOOL, new double[] {0, 1}),
        Arguments.of(ElementType.FLOAT16, "003c 00c1", DType.F32, new double[] {1, -2.5}),
        Arguments.of(ElementType.BFLOAT16, "803f 20c0", DType.F32, new double[] {1, -2.5}),
        Arguments.of(ElementType.FLOAT8E4M3FN, "38 c2", DType.F32, new double[] {1, -2.5}),
        Arguments.of(ElementType.FLOAT8E4M3FNUZ, "40 ca", DType.F32, new double[] {1, -2.5}),
        Arguments.of(ElementType.FLOAT8E5M2, "3c c1", DType.F32, new double[] {1, -2.5}),
        Arguments.of(ElementType.FLOAT8E5M2FNUZ, "40 c5", DType.F32, new double[] {1, -2.5}),
        Arguments.of(ElementType.FLOAT8E8M0, "7f 81", DType.F32, new double[] {1, 4}),
        Arguments.of(ElementType.UINT4, "f1", DType.I32, new double[] {1, 15}),
        Arguments.of(ElementType.INT4, "f1", DType.I32, new double[] {1, -1}),
        Arguments.of(ElementType.FLOAT4E2M1, "d2", DType.F32, new double[] {1, -3}),
        Arguments.of(ElementType.UINT2, "0d", DType.I32, new double[] {1, 3}),
        Arguments.of(ElementType.INT2, "0d", DType.I32, new double[] {1, -1}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("raw")
  void everyTypeIsReadFromRawBytes(ElementType type, String hex, DType dtype, double[] wanted)
      throws IOException {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));

    Tensor got = read(tensor(type, 2).data(9, bytes));

    assertThat(got.dtype()).isEqualTo(dtype);
    assertThat(got.toDoubles()).containsExactly(wanted);
  }

  @Test
  void integersOfManyTypesComeAsAListOfIntegers() throws IOException {
    assertThat(read(tensor(ElementType.INT32, 2).integers(5, 7, -8)).toInts())
        .containsExactly(7, -8);
    assertThat(read(tensor(ElementType.INT8, 2).integers(5, 7, -8)).toInts())
        .containsExactly(7, -8);
    assertThat(read(tensor(ElementType.UINT8, 2).integers(5, 7, 255)).toInts())
        .containsExactly(7, 255);
    assertThat(read(tensor(ElementType.BOOL, 2).integers(5, 0, 1)).toBooleans())
        .containsExactly(false, true);
    assertThat(read(tensor(ElementType.INT64, 2).integers(7, 1L << 40, -8)).toLongs())
        .containsExactly(1L << 40, -8);
    assertThat(read(tensor(ElementType.UINT32, 2).integers(11, 7, 4294967295L)).toLongs())
        .containsExactly(7, 4294967295L);
    assertThat(read(tensor(ElementType.UINT64, 2).integers(11, 7, -1)).toLongs())
        .containsExactly(7, -1);
  }

  @Test
  void smallFloatsComeAsTheirBits() throws IOException {
    assertThat(read(tensor(ElementType.FLOAT16, 2).integers(5, 0x3c00, 0xc100)).toFloats())
        .containsExactly(1, -2.5f);
    assertThat(read(tensor(ElementType.BFLOAT16, 2).integers(5, 0x3f80, 0xc020)).toFloats())
        .containsExactly(1, -2.5f);
    assertThat(read(tensor(ElementType.FLOAT8E5M2, 2).integers(5, 0x3c, 0xc1)).toFloats())
        .containsExactly(1, -2.5f);
  }

  @Test
  void halvesOfBytesShareAnInteger() throws IOException {
    assertThat(read(tensor(ElementType.INT4, 3).integers(5, 0xf1, 0x02)).toInts())
        .containsExactly(1, -1, 2);
    assertThat(read(tensor(ElementType.UINT4, 3).integers(5, 0xf1, 0x02)).toInts())
        .containsExactly(1, 15, 2);
  }

  @Test
  void floatsAndDoublesComePackedOrOneByOne() throws IOException {
    byte[] packed =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1).putFloat(-2.5f).array();
    assertThat(read(tensor(ElementType.FLOAT, 2).data(4, packed)).toFloats())
        .containsExactly(1, -2.5f);
    assertThat(read(tensor(ElementType.FLOAT, 2).floating(4, 1).floating(4, -2.5f)).toFloats())
        .containsExactly(1, -2.5f);
    byte[] wide =
        ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putDouble(1).putDouble(-2.5).array();
    assertThat(read(tensor(ElementType.DOUBLE, 2).data(10, wide)).toDoubles())
        .containsExactly(1, -2.5);
  }

  @Test
  void scalarsAndEmptyTensorsHaveTheirData() throws IOException {
    assertThat(read(tensor(ElementType.INT64).integers(7, 5)).item()).isEqualTo(5);
    assertThat(read(tensor(ElementType.FLOAT, 0, 3)).elements()).isZero();
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> read(tensor(ElementType.FLOAT, 2).data(9, new byte[7])))
        .isInstanceOf(FormatException.class)
        .hasMessage("tensor 't': float(2) needs 8 bytes of data, got 7");
    assertThatThrownBy(() -> read(tensor(ElementType.INT64, 2).integers(7, 1, 2, 3)))
        .hasMessage("tensor 't': int64(2) needs 2 numbers of data, got 3");
    assertThatThrownBy(() -> read(tensor(ElementType.STRING, 1).text(6, "a")))
        .hasMessage("tensor 't': needs numbers or truth values, got elements of string");
    assertThatThrownBy(() -> read(new Message().integer(2, 99).text(8, "t")))
        .hasMessage("tensor 't': needs an element type of 1 to 26, got 99");
    assertThatThrownBy(() -> read(tensor(ElementType.FLOAT, -1)))
        .hasMessage("tensor 't': needs sizes of at least 0, got [-1]");
    assertThatThrownBy(() -> read(tensor(ElementType.FLOAT, new int[65])))
        .hasMessage("tensor 't': needs a rank of at most 64, got 65");
    assertThatThrownBy(() -> read(tensor(ElementType.FLOAT, 1).data(3, new byte[0])))
        .hasMessage("tensor 't': needs a whole tensor, got a segment");
    assertThatThrownBy(() -> read(tensor(ElementType.FLOAT, 1).data(4, new byte[3])))
        .hasMessageStartingWith("t.pb: packed numbers need a multiple of 4 bytes, got 3 (byte ");
  }
}
