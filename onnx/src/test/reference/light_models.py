"""Lays out the nine light networks of the ONNX wheel as test cases.

    venv/bin/python light_models.py FOLDER
    backlight check-onnx FOLDER

The wheel has the models with generated weights, and their outputs for the inputs that its runner
makes, which are made here in the same way.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper


def main(folder):
    light = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    for file in sorted(light.glob("*.onnx")):
        model = onnx.load(file)
        data = Path(folder) / file.stem / "test_data_set_0"
        data.mkdir(parents=True, exist_ok=True)
        (data.parent / "model.onnx").write_bytes(file.read_bytes())
        weights = {weight.name for weight in model.graph.initializer}
        inputs = [value for value in model.graph.input if value.name not in weights]
        for i, value in enumerate(inputs):
            shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
            n = int(np.prod(shape))
            x = (np.arange(n).reshape(shape) / n).astype(np.float32)
            (data / f"input_{i}.pb").write_bytes(numpy_helper.from_array(x).SerializeToString())
        for i in range(len(model.graph.output)):
            output = light / f"{file.stem}_output_{i}.pb"
            (data / f"output_{i}.pb").write_bytes(output.read_bytes())


if __name__ == "__main__":
    main(sys.argv[1])
