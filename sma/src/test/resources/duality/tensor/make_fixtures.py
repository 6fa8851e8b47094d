"""Writes the fixtures in this folder with the reference libraries.

Run in this folder with numpy 2.4.6, ml_dtypes 0.6.0 and safetensors 0.8.0:
    python make_fixtures.py
The Java tests build the same arrays (Fixtures.java) and compare bit for bit.
"""

import ml_dtypes  # registers bfloat16 with NumPy, for safetensors
import numpy as np
from safetensors.numpy import save_file

FLOATS = {
    # name: (dtype, smallest subnormal, smallest normal, largest)
    "float64": (np.float64, 2.0**-1074, 2.0**-1022, (2 - 2.0**-52) * 2.0**1023),
    "float32": (np.float32, 2.0**-149, 2.0**-126, (2 - 2.0**-23) * 2.0**127),
    "bfloat16": (ml_dtypes.bfloat16, 2.0**-133, 2.0**-126, (2 - 2.0**-7) * 2.0**127),
    "float16": (np.float16, 2.0**-24, 2.0**-14, (2 - 2.0**-10) * 2.0**15),
}
INTEGERS = {"int32": np.int32, "int64": np.int64}


def array(name):
    """A (2, 3, 4) array: special values first, then plain ones."""
    if name in FLOATS:
        dtype, subnormal, normal, largest = FLOATS[name]
        special = [0.0, -0.0, np.nan, np.inf, -np.inf, subnormal, -normal, largest]
        plain = [(k - 12) * 0.375 for k in range(8, 24)]
    else:
        dtype = INTEGERS[name]
        limits = np.iinfo(dtype)
        special = [limits.min, limits.max, 0, -1]
        plain = [(k - 12) * 1001 for k in range(4, 24)]
    return np.array(special + plain, dtype=dtype).reshape(2, 3, 4)


arrays = {name: array(name) for name in [*FLOATS, *INTEGERS]}
numpy_arrays = {name: a for name, a in arrays.items() if name != "bfloat16"}
scalar = np.array(1.5)
vector = np.arange(5, dtype=np.int32)
empty = np.zeros((2, 0, 3), dtype=np.float32)

for name, a in numpy_arrays.items():
    np.save(f"{name}.npy", a)
    np.save(f"{name}_fortran.npy", np.asfortranarray(a))
np.save("scalar.npy", scalar)
np.save("vector.npy", vector)
np.save("empty.npy", empty)
for version in [1, 2, 3]:
    with open(f"version{version}.npy", "wb") as file:
        np.lib.format.write_array(file, numpy_arrays["float32"], version=(version, 0))
for name, a in {
    "bool": np.array([True]),
    "uint8": np.array([1], dtype=np.uint8),
    "big_endian": np.array([1.0], dtype=">f8"),
    "records": np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f8")]),
    "bfloat16_void": arrays["bfloat16"],
}.items():
    np.save(f"unsupported_{name}.npy", a)

archive = {
    **numpy_arrays,
    "fortran": np.asfortranarray(numpy_arrays["float32"]),
    "scalar": scalar,
    "empty": empty,
    "layer/β": vector,
}
np.savez("stored.npz", **archive)
np.savez_compressed("deflated.npz", **archive, large=np.zeros((300, 100)))
np.savez("empty.npz")

tensors = {**arrays, "scalar": scalar, "empty": empty, "β": vector, '"quoted\\name"\n\x1f': vector}
save_file(tensors, "tensors.safetensors")
save_file(tensors, "metadata.safetensors", metadata={"origin\t": 'a "text" with β, \x1f and \x7f'})
save_file({}, "empty.safetensors")
