package dev.backlight.onnx;

import dev.backlight.core.DType;
import dev.backlight.core.Tensor;
import dev.backlight.onnx.proto.ElementType;
import dev.backlight.onnx.proto.Message;
import java.io.IOException;
import java.util.Objects;

/// Files that tests write themselves, field by field.
final class Made {
  private Made() {}

  /// A node called `n` of the operators of ONNX.
  static Message node(String operator, String in, String out) {
    Message node = new Message();
    if (!in.isEmpty()) {
      for (String one : in.split(",")) {
        node.text(1, one.strip());
      }
    }
    for (String one : out.split(",")) {
      node.text(2, one.strip());
    }
    return node.text(3, "n").text(4, operator);
  }

  static Message integer(String name, long value) {
    return new Message().text(1, name).integer(3, value).integer(20, 2);
  }

  static Message floating(String name, float value) {
    return new Message().text(1, name).floating(2, value).integer(20, 1);
  }

  static Message integers(String name, long... values) {
    return new Message().text(1, name).integers(8, values).integer(20, 7);
  }

  static Message text(String name, String value) {
    return new Message().text(1, name).text(4, value).integer(20, 3);
  }

  static Message graph(String name, Message value) {
    return new Message().text(1, name).message(6, value).integer(20, 5);
  }

  static Message weight(String name, Tensor value) {
    return Message.tensor(name, Objects.requireNonNull(value.block()));
  }

  /// A float of two elements, for files that are never run.
  static Message port(String name) {
    return port(name, DType.F32, 2);
  }

  static Message port(String name, DType dtype, int... sizes) {
    Message shape = new Message();
    for (int size : sizes) {
      shape.message(1, new Message().integer(1, size));
    }
    Message tensor = new Message().integer(1, ElementType.of(dtype).code()).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /// Like an example.
  static Message port(String name, Tensor like) {
    return port(name, like.dtype(), like.shape().sizes());
  }

  static byte[] model(Message graph, Message... functions) {
    return model(17, graph, functions);
  }

  static byte[] model(int opset, Message graph, Message... functions) {
    Message model = new Message().integer(1, 8).message(7, graph);
    model.message(8, new Message().text(1, "").integer(2, opset));
    for (Message function : functions) {
      model.message(25, function);
    }
    return model.bytes();
  }

  static OnnxModel read(int opset, Message graph) {
    try {
      return OnnxModel.read("made.onnx", model(opset, graph));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
