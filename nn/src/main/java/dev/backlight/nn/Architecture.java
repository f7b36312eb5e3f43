package dev.backlight.nn;

import dev.backlight.core.Conv2dOptions;
import dev.backlight.core.DType;
import dev.backlight.core.Pool2dOptions;
import dev.backlight.core.Shape;
import dev.backlight.core.Spec;
import dev.backlight.core.Tensor;
import dev.backlight.core.io.FormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Layers as JSON and back, without their numbers: a file can name layers of this package and no
/// others.
final class Architecture {
  private static final int WIDEST = 64;

  private Architecture() {}

  // ---- to JSON ----

  static Map<String, Object> describe(Layer layer, String path) {
    return switch (layer) {
      case Sequential all -> {
        List<Object> inner = new ArrayList<>();
        for (int i = 0; i < all.layers().size(); i++) {
          inner.add(describe(all.layers().get(i), path + ".layers." + i));
        }
        yield json("sequential", "layers", inner);
      }
      case Linear linear ->
          json(
              "linear",
              "in",
              linear.weight().size(0),
              "out",
              linear.weight().size(1),
              "bias",
              linear.bias() != null);
      case Conv2d conv -> describe(conv);
      case BatchNorm norm ->
          json(
              "batchnorm",
              "channels",
              norm.scale().elements(),
              "eps",
              norm.eps(),
              "momentum",
              norm.momentum());
      case Dropout dropout -> json("dropout", "rate", dropout.rate());
      case MaxPool2d pool -> pool("maxpool2d", pool.options());
      case AvgPool2d pool -> pool("avgpool2d", pool.options());
      case GlobalAvgPool _ -> json("globalavgpool");
      case Flatten _ -> json("flatten");
      case Unflatten to -> json("unflatten", "sizes", to.sizes());
      case Activation activation -> json(activation.kind());
      case LeakyRelu relu -> json("leakyrelu", "leak", relu.leak());
      default ->
          throw new IllegalArgumentException(
              "saving needs layers of dev.backlight.nn, got " + layer.kind() + " at " + path);
    };
  }

  private static Map<String, Object> describe(Conv2d conv) {
    Shape w = conv.weight().shape();
    Conv2dOptions o = conv.options();
    return json(
        "conv2d",
        "in",
        w.size(1) * o.groups(),
        "out",
        w.size(0),
        "kernel",
        List.of(w.size(2), w.size(3)),
        "stride",
        List.of(o.strideH(), o.strideW()),
        "padding",
        List.of(o.padH(), o.padW()),
        "dilation",
        List.of(o.dilationH(), o.dilationW()),
        "groups",
        o.groups(),
        "bias",
        conv.bias() != null);
  }

  private static Map<String, Object> pool(String type, Pool2dOptions o) {
    return json(
        type,
        "kernel",
        List.of(o.kernelH(), o.kernelW()),
        "stride",
        List.of(o.strideH(), o.strideW()),
        "padding",
        List.of(o.padH(), o.padW()),
        "countPadding",
        o.countPadding());
  }

  private static Map<String, Object> json(String type, Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("type", type);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  // ---- from JSON ----

  /// The layers that a JSON object describes, around tensors of a file; nothing is allocated by the
  /// description alone, so that it cannot ask for more memory than the file is long.
  static Layer restore(Fields json, String path, DType dtype, Parameters.Fit tensors)
      throws FormatException {
    String type = json.text("type");
    return switch (type) {
      case "sequential" -> {
        List<Layer> layers = new ArrayList<>();
        for (Object each : json.list("layers")) {
          String place = "layers." + layers.size();
          layers.add(
              restore(
                  Fields.of(json.place() + "." + place, each), path + "." + place, dtype, tensors));
        }
        yield new Sequential(layers);
      }
      case "linear" -> {
        int in = json.whole("in", 1);
        int out = json.whole("out", 1);
        yield new Linear(
            tensors.take(path + ".weight", spec(json, dtype, in, out)),
            bias(json, path, dtype, out, tensors));
      }
      case "conv2d" -> conv(json, path, dtype, tensors);
      case "batchnorm" -> {
        Spec spec = spec(json, dtype, json.whole("channels", 1));
        yield new BatchNorm(
            tensors.take(path + ".scale", spec),
            tensors.take(path + ".shift", spec),
            tensors.take(path + ".mean", spec),
            tensors.take(path + ".variance", spec),
            json.real("eps"),
            within(json, "momentum", 0, 1));
      }
      case "dropout" -> new Dropout(within(json, "rate", 0, Math.nextDown(1.0)));
      case "maxpool2d" -> new MaxPool2d(pool(json));
      case "avgpool2d" -> new AvgPool2d(pool(json));
      case "globalavgpool" -> new GlobalAvgPool();
      case "flatten" -> new Flatten();
      case "unflatten" -> new Unflatten(json.sizes("sizes"));
      case "leakyrelu" -> new LeakyRelu(json.real("leak"));
      default -> activation(json, type);
    };
  }

  private static Conv2d conv(Fields json, String path, DType dtype, Parameters.Fit tensors)
      throws FormatException {
    int[] kernel = json.pair("kernel", 1);
    int[] stride = json.pair("stride", 1);
    int[] padding = json.pair("padding", 0);
    int[] dilation = json.pair("dilation", 1);
    int groups = json.whole("groups", 1);
    int in = json.whole("in", 1);
    int out = json.whole("out", 1);
    // Padding beyond the window could make images of any size.
    if (in % groups != 0
        || Math.max(dilation[0], dilation[1]) > WIDEST
        || padding[0] > (long) dilation[0] * kernel[0]
        || padding[1] > (long) dilation[1] * kernel[1]) {
      throw new FormatException(
          json.place(),
          "a convolution needs channels in whole groups, dilation of at most "
              + WIDEST
              + " and padding within its window, got "
              + json.map());
    }
    Conv2dOptions options =
        new Conv2dOptions(
            stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1], groups);
    return new Conv2d(
        tensors.take(path + ".weight", spec(json, dtype, out, in / groups, kernel[0], kernel[1])),
        bias(json, path, dtype, out, tensors),
        options);
  }

  private static @Nullable Tensor bias(
      Fields json, String path, DType dtype, int out, Parameters.Fit tensors)
      throws FormatException {
    return json.flag("bias") ? tensors.take(path + ".bias", spec(json, dtype, out)) : null;
  }

  private static Pool2dOptions pool(Fields json) throws FormatException {
    int[] kernel = json.pair("kernel", 1);
    int[] stride = json.pair("stride", 1);
    int[] padding = json.pair("padding", 0);
    try {
      return new Pool2dOptions(
          kernel[0],
          kernel[1],
          stride[0],
          stride[1],
          padding[0],
          padding[1],
          json.flag("countPadding"));
    } catch (IllegalArgumentException e) {
      throw new FormatException(json.place(), String.valueOf(e.getMessage()));
    }
  }

  private static double within(Fields json, String name, double least, double most)
      throws FormatException {
    double value = json.real(name);
    if (!(value >= least && value <= most)) {
      throw new FormatException(
          json.place(), "'" + name + "' needs a number from " + least + " to 1, got " + value);
    }
    return value;
  }

  private static Spec spec(Fields json, DType dtype, int... sizes) throws FormatException {
    try {
      return Spec.of(Shape.of(sizes), dtype);
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new FormatException(
          json.place(), "sizes that fit memory are needed, got " + json.map());
    }
  }

  private static Activation activation(Fields json, String type) throws FormatException {
    for (Activation activation : Activation.values()) {
      if (activation.kind().equals(type)) {
        return activation;
      }
    }
    throw new FormatException(
        json.place(),
        "a layer of a known type is needed, got '" + type.toLowerCase(Locale.ROOT) + "'");
  }
}
