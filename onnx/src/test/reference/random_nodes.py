"""Writes nodes with random attributes and inputs as ONNX test cases, with onnxruntime's outputs.

    python random_nodes.py ../resources/dev/backlight/onnx/random-nodes.zip.gz [REPEATS]

Needs onnx and onnxruntime. Left out is where onnxruntime differs from the specification: pools with
auto_pad and dilations, and resizing by scales that give no whole sizes.
"""

import gzip
import io
import sys
import zipfile

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

rng = np.random.default_rng(1)
cases = []


def between(low, high):
    return int(rng.integers(low, high))


def choice(*values):
    return values[between(0, len(values))]


def floats(*shape):
    return rng.standard_normal(shape).astype(np.float32)


def case(operator, inputs, outputs=1, opset=18, **attributes):
    names = ["" if value is None else f"i{k}" for k, value in enumerate(inputs)]
    given = {name: value for name, value in zip(names, inputs) if value is not None}
    results = [f"o{k}" for k in range(outputs)]
    graph = helper.make_graph(
        [helper.make_node(operator, names, results, name="n", **attributes)],
        operator,
        [
            helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape
            )
            for name, value in given.items()
        ],
        [helper.make_empty_tensor_value_info(name) for name in results],
    )
    opsets = [helper.make_opsetid("", opset)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    try:
        model = onnx.shape_inference.infer_shapes(model, strict_mode=True)
        session = onnxruntime.InferenceSession(model.SerializeToString())
        cases.append((operator, model, list(given.values()), session.run(None, given)))
    except Exception:  # attributes and inputs that do not fit, as random ones do
        pass


def windows():
    kernel = [between(1, 4), between(1, 4)]
    strides = [between(1, 4), between(1, 4)]
    dilations = [between(1, 3), between(1, 3)]
    group = between(1, 3)
    x = floats(between(1, 3), 2 * group, between(6, 12), between(6, 12))
    auto = choice("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")
    shared = {"strides": strides, "auto_pad": auto}
    pads = {"pads": [between(0, 3) for _ in range(4)]} if auto == "NOTSET" else {}
    w = floats(2 * group, 2, *kernel)
    case("Conv", [x, w, floats(2 * group)], dilations=dilations, group=group, **shared, **pads)
    if not auto.startswith("SAME") or all(k >= s for k, s in zip(kernel, strides)):
        w = floats(2 * group, 3, *kernel)
        case("ConvTranspose", [x, w], dilations=dilations, group=group, **shared, **pads)
    size = [between(2, 4), between(2, 4)]
    pads = {"pads": [between(0, min(size)) for _ in range(4)]} if auto == "NOTSET" else {}
    shared |= {"kernel_shape": size, "ceil_mode": between(0, 2)} | pads
    if not auto.startswith("SAME"):
        shared["dilations"] = dilations
    case("MaxPool", [x], opset=19, **shared)
    case("AveragePool", [x], opset=19, count_include_pad=between(0, 2), **shared)
    case("LpPool", [x], **shared)


def shapes():
    rank = between(1, 5)
    sizes = [between(1, 6) for _ in range(rank)]
    x = floats(*sizes)
    axis = between(-rank, rank)
    axes = rng.choice(rank, between(1, rank + 1), replace=False).astype(np.int64)
    starts, ends = (np.array([between(-8, 8) for _ in axes]) for _ in range(2))
    steps = np.array([choice(-3, -2, -1, 1, 2, 3) for _ in axes])
    case("Slice", [x, starts, ends, axes, steps], opset=13)
    pads = np.array([between(-1, 3) for _ in range(2 * rank)])
    case("Pad", [x, pads, np.float32(1.5).reshape(())])
    case("Pad", [x, np.abs(pads), None], mode=choice("edge", "reflect"))
    index = np.array([between(-sizes[axis], sizes[axis]) for _ in range(between(1, 5))])
    case("Gather", [x, index], axis=axis)
    shape = [
        between(1, 6) if k == axis % rank else between(1, size + 1)
        for k, size in enumerate(sizes)
    ]
    index = rng.integers(-sizes[axis], sizes[axis], shape)
    case("GatherElements", [x, index], axis=axis)
    how = choice("add", "mul", "max", "min")
    case("ScatterElements", [x, index, floats(*shape)], axis=axis, reduction=how)
    k = between(1, rank + 1)
    index = np.stack([rng.integers(-sizes[j], sizes[j], (3,)) for j in range(k)], -1)
    case("GatherND", [x, index])
    case("ScatterND", [x, index, floats(3, *sizes[k:])], reduction=how)
    for kind in ("Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSumExp"):
        case(f"Reduce{kind}", [x, axes], keepdims=between(0, 2))
    case("ArgMax", [x], opset=13, axis=axis, select_last_index=between(0, 2))
    top = np.array([between(0, sizes[axis] + 1)])
    case("TopK", [x, top], 2, opset=11, axis=axis, largest=between(0, 2))
    case("CumSum", [x, np.array(axis)], exclusive=between(0, 2), reverse=between(0, 2))
    for operator in ("Softmax", "LogSoftmax", "Hardmax"):
        case(operator, [x], opset=choice(11, 13), axis=axis)
    case("Flatten", [x], axis=between(-rank, rank + 1), opset=13)
    case("Transpose", [x], perm=[int(a) for a in rng.permutation(rank)])
    case("Tile", [x, np.array([between(1, 4) for _ in sizes])])
    scale = sizes[axis % rank :]
    case("LayerNormalization", [x, floats(*scale), floats(*scale)], opset=17, axis=axis)
    if rank > 1:
        case("Trilu", [x, np.array(between(-4, 5))], upper=between(0, 2))
    narrow = [size if choice(True, False) else 1 for size in sizes][between(0, rank) :]
    y = floats(*narrow)
    for operator in ("Add", "Sub", "Mul", "Div", "Max", "Min"):
        case(operator, [x, y])
    case("Mod", [x, y], fmod=1)
    whole = (x * 20).astype(choice(np.int32, np.int64))
    other = (y * 7).astype(whole.dtype)
    other[other == 0] = 3
    for operator in ("Add", "Sub", "Mul", "Div", "Mod", "Max", "Min", "Less", "Equal"):
        case(operator, [whole, other])


def images():
    x = floats(1, 2, between(2, 7), between(2, 7))
    mode = choice("nearest", "linear", "cubic")
    attributes = {"mode": mode}
    attributes["coordinate_transformation_mode"] = choice(
        "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"
    )
    if mode == "nearest":
        attributes["nearest_mode"] = choice(
            "round_prefer_floor", "round_prefer_ceil", "floor", "ceil"
        )
    else:
        attributes["antialias"] = between(0, 2)
    if mode == "cubic":
        attributes["exclude_outside"] = between(0, 2)
    sizes = np.array([1, 2, between(1, 12), between(1, 12)])
    case("Resize", [x, None, None, sizes], opset=19, **attributes)
    grid = (rng.random((1, 3, 4, 2)) * 3 - 1.5).astype(np.float32)
    case(
        "GridSample",
        [x, grid],
        opset=16,
        mode=choice("bilinear", "nearest", "bicubic"),
        padding_mode=choice("zeros", "border", "reflection"),
        align_corners=between(0, 2),
    )


def recurrent():
    steps, batch, width, hidden = (between(1, 5) for _ in range(4))
    way = choice("forward", "reverse", "bidirectional")
    d = 2 if way == "bidirectional" else 1
    lengths = np.array([between(1, steps + 1) for _ in range(batch)], np.int32)
    for operator, gates in (("RNN", 1), ("GRU", 3), ("LSTM", 4)):
        inputs = [
            floats(steps, batch, width),
            floats(d, gates * hidden, width),
            floats(d, gates * hidden, hidden),
            floats(d, 2 * gates * hidden),
            choice(lengths, None),
            floats(d, batch, hidden),
        ]
        attributes = {"hidden_size": hidden, "direction": way}
        if operator == "LSTM":
            inputs += [floats(d, batch, hidden), choice(floats(d, 3 * hidden), None)]
        if operator == "GRU":
            attributes["linear_before_reset"] = between(0, 2)
        if choice(True, False):
            attributes["clip"] = 0.5
        outputs = 3 if operator == "LSTM" else 2
        case(operator, inputs, outputs, opset=14, **attributes)


def regions():
    c, height, width = between(1, 4), between(4, 9), between(4, 9)
    x = floats(2, c, height, width)
    corners = rng.random((between(1, 4), 4)).astype(np.float32) * 2 * (width + 2) - 4
    corners[:, 2:] = corners[:, :2] + np.abs(corners[:, 2:])
    case(
        "RoiAlign",
        [x, corners, rng.integers(0, 2, len(corners))],
        opset=16,
        mode="avg",
        coordinate_transformation_mode=choice("half_pixel", "output_half_pixel"),
        output_height=between(1, 4),
        output_width=between(1, 4),
        sampling_ratio=between(0, 4),
        spatial_scale=choice(0.5, 1.0),
    )
    inside = np.sort(rng.integers(0, 2 * min(height, width), (3, 2, 2)), 1)
    rois = np.concatenate([rng.integers(0, 2, (3, 1)), inside.reshape(3, 4)], 1).astype(np.float32)
    case("MaxRoiPool", [x, rois], opset=16, pooled_shape=[between(1, 4), between(1, 4)], spatial_scale=0.5)
    boxes = rng.random((2, 8, 4)).astype(np.float32)
    limits = [np.array([between(1, 6)]), np.float32([rng.random()]), np.float32([rng.random() / 2])]
    scores = rng.random((2, 2, 8)).astype(np.float32)
    case("NonMaxSuppression", [boxes, scores, *limits], opset=11, center_point_box=between(0, 2))
    kernel, group, parts = [between(1, 4), between(1, 4)], between(1, 3), between(1, 3)
    x = floats(2, 2 * group * parts, 7, 6)
    strides, dilations = [between(1, 3), between(1, 3)], [between(1, 3), between(1, 3)]
    pads = [between(0, 3) for _ in range(4)]
    size = [
        (x.shape[2 + i] + pads[i] + pads[2 + i] - dilations[i] * (kernel[i] - 1) - 1) // strides[i] + 1
        for i in (0, 1)
    ]
    taps = kernel[0] * kernel[1]
    offset, mask = floats(2, 2 * parts * taps, *size), floats(2, parts * taps, *size)
    case(
        "DeformConv",
        [x, floats(2 * group, 2 * parts, *kernel), offset, floats(2 * group), choice(mask, None)],
        opset=19,
        group=group,
        offset_group=parts,
        pads=pads,
        strides=strides,
        dilations=dilations,
    )


def quantised():
    def whole(kind, *shape):
        return rng.integers(0 if kind == np.uint8 else -128, 256 if kind == np.uint8 else 128, shape).astype(kind)

    kind, other = choice((np.uint8, np.uint8), (np.uint8, np.int8), (np.int8, np.int8))
    m, k, n = between(1, 5), between(1, 9), between(1, 5)
    a, b = whole(kind, m, k), whole(other, k, n)
    zero = choice(whole(other), whole(other, n))
    case("MatMulInteger", [a, b, whole(kind), zero], opset=10)
    scales = [np.float32(0.02 + rng.random() / 10) for _ in range(3)]
    inputs = [a, scales[0], whole(kind), b, scales[1], whole(other), scales[2], whole(kind)]
    case("QLinearMatMul", [np.asarray(i) for i in inputs], opset=10)
    group = between(1, 3)
    x, w = whole(kind, 1, 2 * group, 6, 5), whole(other, 2 * group, 2, 3, 2)
    shared = {"group": group, "pads": [1, 0, 1, 1], "strides": [between(1, 3), 1]}
    case("ConvInteger", [x, w, whole(kind), whole(other)], opset=10, **shared)
    many = choice(np.float32(rng.random(2 * group) / 20 + 0.01), np.float32(0.03))
    bias = rng.integers(-500, 500, 2 * group).astype(np.int32)
    zeros = np.zeros(np.shape(many), other)
    inputs = [x, scales[0], whole(kind), w, many, zeros, scales[2], whole(kind), bias]
    case("QLinearConv", [np.asarray(i) for i in inputs], opset=10, **shared)


def tokens():
    pool = [int(t) for t in rng.integers(0, 5, 3)] + [int(t) for t in rng.integers(0, 5, 8)]
    least = between(1, 3)
    attributes = {"mode": choice("TF", "IDF", "TFIDF"), "max_skip_count": between(0, 3)}
    places = [int(p) for p in rng.permutation(7)]
    if choice(True, False):
        attributes["weights"] = [float(w) for w in floats(7)]
    case(
        "TfIdfVectorizer",
        [rng.integers(0, 5, choice((9,), (2, 9))).astype(choice(np.int32, np.int64))],
        opset=9,
        min_gram_length=least,
        max_gram_length=between(least, 3),
        ngram_counts=[0, 3],
        ngram_indexes=places,
        pool_int64s=pool,
        **attributes,
    )


def main(target, repeats=4):
    onnxruntime.set_default_logger_severity(4)
    for _ in range(int(repeats)):
        windows()
        shapes()
        images()
        recurrent()
        regions()
        quantised()
        tokens()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:

        def put(name, data):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)

        for k, (operator, model, inputs, outputs) in enumerate(cases):
            home = f"{operator.lower()}_{k}"
            put(f"{home}/model.onnx", model.SerializeToString())
            for kind, values in (("input", inputs), ("output", outputs)):
                for i, value in enumerate(values):
                    proto = numpy_helper.from_array(np.asarray(value))
                    name = f"{home}/test_data_set_0/{kind}_{i}.pb"
                    put(name, proto.SerializeToString())
    with open(target, "wb") as file:
        file.write(gzip.compress(buffer.getvalue(), 9, mtime=0))
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main(*sys.argv[1:])
