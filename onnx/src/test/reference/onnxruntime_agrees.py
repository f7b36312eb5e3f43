"""Runs onnxruntime on the models that OnnxWriterTest and NnToOnnxTest wrote, and compares outputs.

    mvn -pl onnx,cli -am test -Dtest='OnnxWriterTest,NnToOnnxTest'
    python onnxruntime_agrees.py onnx/target/onnx-written
    python onnxruntime_agrees.py cli/target/onnx-written

Needs onnx and onnxruntime. Ends with 1 if a model cannot be run or a number differs by more than
1e-5 (1 + |expected|).
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper


def tensor(path):
    array = path.with_suffix(".npy")
    if array.exists():
        return np.load(array)
    return numpy_helper.to_array(onnx.TensorProto.FromString(path.read_bytes()))


def main(folder):
    failed = 0
    cases = sorted(path.parent for path in Path(folder).glob("*/model.onnx"))
    for case in cases:
        try:
            onnx.checker.check_model(str(case / "model.onnx"), full_check=True)
            session = onnxruntime.InferenceSession(case / "model.onnx")
            data = case / "test_data_set_0"
            feeds = {
                value.name: tensor(data / f"input_{i}.pb")
                for i, value in enumerate(session.get_inputs())
            }
            got = session.run(None, feeds)[0]
            wanted = tensor(data / "output_0.pb")
            error = np.max(np.abs(got - wanted) / (1 + np.abs(wanted)), initial=0)
            same = got.shape == wanted.shape and error <= 1e-5
            problem = "" if same else f"differs by {error}"
        except Exception as e:  # whatever onnxruntime says, it is a failure of the model
            problem = str(e).splitlines()[0]
        if problem:
            failed += 1
            print(f"failed {case.name}: {problem}")
    print(f"{len(cases) - failed} of {len(cases)} agree")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
