"""Makes the files in this folder: python3 make.py, with NumPy 2.4 and safetensors 0.8."""
import numpy as np
import safetensors.numpy
from numpy.lib import format as npy

floats = np.array([[1, -2.5, 0.0], [np.nan, np.inf, -0.0]])
np.save("f4.npy", floats.astype("<f4"))
np.save("f8.npy", floats)
np.save("i4.npy", np.array([[1, -2], [2**31 - 1, -(2**31)]], "<i4"))
np.save("i8.npy", np.array([1, -2, 2**63 - 1, -(2**63)], "<i8"))
np.save("b1.npy", np.array([True, False, True]))
np.save("scalar.npy", np.float32(0.1))
np.save("empty.npy", np.zeros((2, 0, 3), "<f8"))
np.save("big-endian.npy", floats.astype(">f4"))
np.save("big-endian-i8.npy", np.array([1, -2, 2**40], ">i8"))
np.save("fortran.npy", np.asfortranarray(np.arange(24, dtype="<i4").reshape(2, 3, 4)))
np.save("f2.npy", np.array([1, -0.333, 65504, 6e-8, np.inf], "<f2"))
np.save("i1.npy", np.array([-128, 127], "i1"))
np.save("u1.npy", np.array([0, 255], "u1"))
np.save("i2.npy", np.array([-32768, 32767], ">i2"))
np.save("u2.npy", np.array([0, 65535], "<u2"))
np.save("u4.npy", np.array([0, 2**32 - 1], "<u4"))
np.save("u8.npy", np.array([0, 2**63 - 1], "<u8"))
np.save("u8-too-big.npy", np.array([0, 2**63], "<u8"))
np.save("object.npy", np.array([{}, None], object), allow_pickle=True)
np.save("structured.npy", np.zeros(2, [("a", "<f4"), ("b", "<i4")]))
np.save("text.npy", np.array(["a", "bc"]))
np.save("complex.npy", np.array([1j]))
for version in (2, 3):
    with open(f"version{version}.npy", "wb") as file:
        npy.write_array(file, floats.astype("<f4"), version=(version, 0))
arrays = {"weight": floats.astype("<f4"), "layer/bias": np.array([1, 2], "<i8"), "é": np.array(True)}
np.savez("stored.npz", **arrays)
np.savez_compressed("deflated.npz", **arrays)
safetensors.numpy.save_file(
    {
        "w": floats.astype("<f4"),
        "b": np.array([1, 2], "<i8"),
        "mask": np.array([True, False, True]),
        "half": np.array([0.5, -65504], "<f2"),
        "byte": np.array([0, 255], "u1"),
        "scalar": np.array(3.5),
        "empty": np.zeros((0, 2), "<f4"),
    },
    "mixed.safetensors",
    metadata={"format": "np", "note": "é"},
)
safetensors.numpy.save_file(
    {
        "w": floats.astype("<f4"),
        "b": np.array([1, 2], "<i8"),
        "d": floats,
        "i": np.array([[7]], "<i4"),
        "mask": np.array([True, False, True]),
    },
    "plain.safetensors",
    metadata={"format": "np"},
)
