"""Writes fixtures/numpy.json: files as NumPy saves them, base64, with their values. Run: python3 numpy_files.py"""
import base64, gzip, io, json, pathlib
import numpy as np

def bytes_of(write):
    buffer = io.BytesIO()
    write(buffer)
    return base64.b64encode(buffer.getvalue()).decode()

cases = []
for dtype in ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64"]:
    for order in "CF":
        values = np.array(np.arange(24).reshape(2, 3, 4) * (0.5 if dtype[0] == "f" else 1), dtype=dtype, order=order)
        cases.append({"title": f"{dtype}, order {order}", "shape": values.shape, "values": values.astype(float).ravel().tolist(),
                      "bytes": bytes_of(lambda out: np.save(out, values))})
x, y = np.array([[1.5, -2], [3, 4e-3]]), np.array([1, 2, 3])
files = {
    "one.npz": bytes_of(lambda out: np.savez(out, x=x)),
    "two.npz": bytes_of(lambda out: np.savez_compressed(out, x=x, y=y)),
    "text": bytes_of(lambda out: np.savetxt(out, x, header="a b")),
    "csv": bytes_of(lambda out: np.savetxt(out, x, delimiter=",", header="a,b", comments="")),
    "big-endian.npy": bytes_of(lambda out: np.save(out, y.astype(">i4"))),
    "complex.npy": bytes_of(lambda out: np.save(out, x + 1j)),
    "text.npy": bytes_of(lambda out: np.save(out, np.array(["a", "bc"]))),
    "npy.gz": base64.b64encode(gzip.compress(base64.b64decode(bytes_of(lambda out: np.save(out, x))))).decode(),
    "zeros.gz": base64.b64encode(gzip.compress(bytes(10_000_000), 9)).decode(),
}
pathlib.Path(__file__).parent.with_name("fixtures").joinpath("numpy.json").write_text(json.dumps({"numpy": np.__version__, "cases": cases, "files": files}, indent=1) + "\n")
