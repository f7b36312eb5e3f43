"""Lays out the nine light networks of the ONNX wheel as test cases.

    venv/bin/python light_models.py FOLDER [--random] [--logits]
    backlight check-onnx FOLDER

The wheel has the models with constant weights, and their outputs for the inputs that its runner
makes, which are made here in the same way. As constant weights make all classes alike, `--random`
draws weights instead, and takes the outputs of onnxruntime. `--logits` does so, too, and leaves out
the Softmax at the end, which is all but constant on the large logits of random weights: for
`backlight bench --onnx FOLDER/light_resnet50`, which times gradients.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper


def redrawn(model):
    """The model with weights drawn anew where nodes fill a shape with one number."""
    random = np.random.default_rng(0)
    keep = []
    shapes = {w.name: numpy_helper.to_array(w) for w in model.graph.initializer}
    made = {}
    for node in model.graph.node:
        if node.op_type == "ConstantOfShape" and node.input[0] in shapes:
            shape = shapes[node.input[0]]
            fan = max(1, int(np.prod(shape[1:])))
            w = random.standard_normal(shape) * np.sqrt(2 / fan)
            if len(shape) == 1:
                # Scales, shifts, means and variances: all above zero.
                w = 0.5 + random.random(shape)
            made[node.output[0]] = w.astype(np.float32)
        else:
            keep.append(node)
    del model.graph.node[:]
    model.graph.node.extend(keep)
    model.graph.initializer.extend(numpy_helper.from_array(w, name) for name, w in made.items())
    return model


def logits(model):
    """The model without the Softmax at its end."""
    last = model.graph.node[-1]
    if last.op_type == "Softmax":
        model.graph.node.remove(last)
        model.graph.output[0].name = last.input[0]
    return model


def main(folder, random=False, open_end=False):
    light = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    for file in sorted(light.glob("*.onnx")):
        model = redrawn(onnx.load(file)) if random else onnx.load(file)
        model = logits(model) if open_end else model
        data = Path(folder) / file.stem / "test_data_set_0"
        data.mkdir(parents=True, exist_ok=True)
        onnx.save(model, data.parent / "model.onnx")
        weights = {weight.name for weight in model.graph.initializer}
        feeds = {}
        inputs = [value for value in model.graph.input if value.name not in weights]
        for i, value in enumerate(inputs):
            shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
            n = int(np.prod(shape))
            x = (np.arange(n).reshape(shape) / n).astype(np.float32)
            feeds[value.name] = x
            (data / f"input_{i}.pb").write_bytes(numpy_helper.from_array(x).SerializeToString())
        if random:
            import onnxruntime

            session = onnxruntime.InferenceSession(data.parent / "model.onnx")
            for i, y in enumerate(session.run(None, feeds)):
                proto = numpy_helper.from_array(y)
                (data / f"output_{i}.pb").write_bytes(proto.SerializeToString())
            continue
        for i in range(len(model.graph.output)):
            output = light / f"{file.stem}_output_{i}.pb"
            (data / f"output_{i}.pb").write_bytes(output.read_bytes())


if __name__ == "__main__":
    open_end = "--logits" in sys.argv
    main(sys.argv[1], open_end or "--random" in sys.argv, open_end)
