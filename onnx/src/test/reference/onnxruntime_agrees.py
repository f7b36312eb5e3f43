"""Runs onnxruntime on the models that OnnxWriterTest and NnToOnnxTest wrote, and compares outputs.

    mvn -pl onnx,cli -am test -Dtest='OnnxWriterTest,NnToOnnxTest'
    python onnxruntime_agrees.py onnx/target/onnx-written
    python onnxruntime_agrees.py cli/target/onnx-written

Needs onnx and onnxruntime. Each model is run as it is, in opset 17, and again as onnx converts it to the
newest opset that onnxruntime knows. Ends with 1 if one cannot be run or a number differs by more than
1e-5 (1 + |expected|).
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper, version_converter


def tensor(path):
    array = path.with_suffix(".npy")
    if array.exists():
        return np.load(array)
    return numpy_helper.to_array(onnx.TensorProto.FromString(path.read_bytes()))


def newest():
    """The newest opset that is released and that onnxruntime takes."""
    opset = onnx.defs.onnx_opset_version()
    while True:
        x = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1])
        y = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])
        graph = onnx.helper.make_graph([onnx.helper.make_node("Relu", ["x"], ["y"])], "g", [x], [y])
        opsets = [onnx.helper.make_opsetid("", opset)]
        model = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=10)
        try:
            onnxruntime.InferenceSession(model.SerializeToString())
            return opset
        except Exception:
            opset -= 1


def problem(model, data):
    """What is wrong with the answers of a model; nothing if they are right."""
    try:
        onnx.checker.check_model(model, full_check=True)
        session = onnxruntime.InferenceSession(model.SerializeToString())
        feeds = {
            value.name: tensor(data / f"input_{i}.pb")
            for i, value in enumerate(session.get_inputs())
        }
        got = session.run(None, feeds)[0]
        wanted = tensor(data / "output_0.pb")
        error = np.max(np.abs(got - wanted) / (1 + np.abs(wanted)), initial=0)
        same = got.shape == wanted.shape and error <= 1e-5
        return "" if same else f"differs by {error}"
    except Exception as e:  # whatever onnxruntime says, it is a failure of the model
        return str(e).splitlines()[0]


def converted(model, opset):
    model = version_converter.convert_version(model, opset)
    model.ir_version = min(model.ir_version, 10)
    return model


def main(folder):
    onnxruntime.set_default_logger_severity(3)
    failed = 0
    cases = sorted(path.parent for path in Path(folder).glob("*/model.onnx"))
    for opset in (17, newest()):
        agree = 0
        for case in cases:
            model = onnx.load(case / "model.onnx")
            try:
                wrong = problem(
                    model if opset == 17 else converted(model, opset), case / "test_data_set_0"
                )
            except Exception as e:  # the converter's own
                wrong = f"cannot be converted: {str(e).splitlines()[0]}"
            if wrong:
                failed += 1
                print(f"failed {case.name} in opset {opset}: {wrong}")
            else:
                agree += 1
        print(f"{agree} of {len(cases)} agree in opset {opset}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
