"""Writes the node tests of the ONNX project, as its wheel generates them, into a folder.

    python3 -m venv venv && venv/bin/pip install onnx
    venv/bin/python node_tests.py FOLDER
    backlight check-onnx FOLDER

Each case is FOLDER/NAME/model.onnx with test_data_set_N/{input,output}_M.pb. Cases are called in
order of their operators, so that random inputs are the same on every run.
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.backend.test.case import node
from onnx.backend.test.case.node import collect_testcases


def proto(value, info):
    """The bytes of one input or output, by the type that the graph declares."""
    if hasattr(value, "SerializeToString"):
        return value.SerializeToString()
    kind = info.type
    if kind.HasField("map_type"):
        return numpy_helper.from_dict(value, info.name).SerializeToString()
    if kind.HasField("sequence_type"):
        return numpy_helper.from_list(value, info.name).SerializeToString()
    if kind.HasField("optional_type"):
        return numpy_helper.from_optional(value, info.name).SerializeToString()
    return numpy_helper.from_array(np.asarray(value), info.name).SerializeToString()


def main(folder):
    np.random.seed(0)
    for case in collect_testcases(None):
        if case.model is None:
            continue
        home = Path(folder) / case.name
        home.mkdir(parents=True, exist_ok=True)
        (home / "model.onnx").write_bytes(case.model.SerializeToString())
        for i, (inputs, outputs) in enumerate(case.data_sets or []):
            data = home / f"test_data_set_{i}"
            data.mkdir(exist_ok=True)
            for kind, values, infos in (
                ("input", inputs, case.model.graph.input),
                ("output", outputs, case.model.graph.output),
            ):
                for j, value in enumerate(values):
                    (data / f"{kind}_{j}.pb").write_bytes(proto(value, infos[j]))


if __name__ == "__main__":
    main(sys.argv[1])
