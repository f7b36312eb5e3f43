"""Writes the ONNX project's small node tests into one archive for the tests of this module.

    venv/bin/python node_tests.py /tmp/node
    venv/bin/python fixtures.py /tmp/node ../resources/dev/backlight/onnx/node-tests.zip.gz

Taken are all cases over tensors of numbers and truth values whose files are together at most 2 KB
and which are not the expansion of another operator.
"""

import gzip
import io
import sys
import zipfile
from pathlib import Path

import onnx

LARGEST = 2_000


def plain(model):
    for value in list(model.graph.input) + list(model.graph.output):
        tensor = value.type.HasField("tensor_type")
        if not tensor or value.type.tensor_type.elem_type == onnx.TensorProto.STRING:
            return False
    return True


def main(source, target):
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    # Stored, and then compressed as a whole: the files resemble each other.
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for case in sorted(Path(source).iterdir()):
            files = sorted(path for path in case.rglob("*") if path.is_file())
            if "_expanded" in case.name or sum(f.stat().st_size for f in files) > LARGEST:
                continue
            if plain(onnx.load(case / "model.onnx")):
                for file in files:
                    name = str(file.relative_to(source))
                    # A date of its own would make every archive differ.
                    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                    archive.writestr(info, file.read_bytes())
    Path(target).write_bytes(gzip.compress(buffer.getvalue(), 9, mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
