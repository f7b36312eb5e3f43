"""All values of the floats of eight bits, as PyTorch widens them.

    python float8.py     writes ../resources/dev/backlight/core/io/float8.safetensors

For each type a tensor of the 256 bytes in order, and the same as float32 under the name with .wide.
"""

import json
import pathlib
import struct

import torch

OUT = pathlib.Path(__file__).parent.parent / "resources/dev/backlight/core/io/float8.safetensors"
TYPES = {"F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2, "F8_E8M0": torch.float8_e8m0fnu}


def main():
    header, data = {}, b""
    for name, dtype in TYPES.items():
        raw = torch.arange(256, dtype=torch.uint8)
        wide = raw.view(dtype).float().numpy().tobytes()
        header[name + ".wide"] = {"dtype": "F32", "shape": [256], "data_offsets": [len(data), len(data) + 1024]}
        data += wide
        header[name] = {"dtype": name, "shape": [256], "data_offsets": [len(data), len(data) + 256]}
        data += raw.numpy().tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    OUT.write_bytes(struct.pack("<Q", len(text)) + text + data)


if __name__ == "__main__":
    main()
