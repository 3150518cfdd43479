"""Training runs of src/training, written a second time in NumPy: whole batches as matrices, derivatives through the
activations' full Jacobians, cross-entropy from probabilities (nothing fused). Only the order of the examples must be the
trainer's; it comes from the independent random numbers of ../../information/reference/random_reference.py.

Run: python3 train_reference.py > ../fixtures/train.json     (NumPy 2.4.6 wrote the committed file)
"""
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "information" / "reference"))
from random_reference import shuffled, stream  # noqa: E402

ORDER_STREAM = 3


def value(name, z):
    if name == "sigmoid":
        return 1 / (1 + np.exp(-z))
    if name == "tanh":
        return np.tanh(z)
    if name == "relu":
        return np.maximum(z, 0)
    if name == "softmax":
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    return z


def jacobian(name, z, y):
    """[batch, outputs, outputs]: dy_a / dz_b."""
    eye = np.eye(y.shape[1])[None]
    if name == "softmax":
        return y[:, :, None] * (eye - y[:, None, :])
    slope = {
        "sigmoid": y * (1 - y),
        "tanh": 1 / np.cosh(z) ** 2,
        "relu": (z > 0).astype(float),
        "identity": np.ones_like(z),
    }[name]
    return eye * slope[:, :, None]


def losses(loss, last, y, t):
    """Per example, and the derivative by y."""
    if loss == "mse":
        return ((y - t) ** 2).sum(axis=1), 2 * (y - t)
    if last == "softmax":
        return -(t * np.log(y)).sum(axis=1), -t / y
    return -(t * np.log(y) + (1 - t) * np.log(1 - y)).sum(axis=1), (y - t) / (y * (1 - y))


def forward(layers, x):
    trace = []
    for layer in layers:
        z = x @ layer["W"].T
        if layer["b"] is not None:
            z = z + layer["b"]
        y = value(layer["activation"], z)
        trace.append((x, z, y))
        x = y
    return trace


def gradients(layers, x, t, o):
    trace = forward(layers, x)
    last = layers[-1]["activation"]
    _, g = losses(o["loss"], last, trace[-1][2], t)
    if o["reduction"] == "mean":
        fused = o["loss"] == "cross-entropy" and last == "softmax"
        g = g / (len(x) if fused else g.size)
    found = []
    for layer, (x, z, y) in zip(reversed(layers), reversed(trace)):
        d = np.einsum("na,nab->nb", g, jacobian(layer["activation"], z, y))
        found.append((d.T @ x + o.get("l2", 0) * layer["W"], d.sum(axis=0)))
        g = d @ layer["W"]
    return found[::-1]


def train(layers, inputs, targets, o):
    def report():
        y = forward(layers, inputs)[-1][2]
        return float(losses(o["loss"], layers[-1]["activation"], y, targets)[0].mean())

    state = [[{"m": 0.0, "v": 0.0} for _ in range(2)] for _ in layers]
    curve, step = [report()], 0
    for epoch in range(1, o["epochs"] + 1):
        order = shuffled(len(inputs), stream(o["seed"], ORDER_STREAM, epoch))
        for start in range(0, len(order), o["batchSize"]):
            rows = order[start : start + o["batchSize"]]
            step += 1
            for layer, moments, pair in zip(layers, state, gradients(layers, inputs[rows], targets[rows], o)):
                for key, s, g in zip("Wb", moments, pair):
                    if layer[key] is None:
                        continue
                    if o["optimizer"] == "sgd":
                        move = g
                    elif o["optimizer"] == "momentum":
                        s["v"] = o["momentum"] * s["v"] + g
                        move = s["v"]
                    else:
                        b1, b2 = o["betas"]
                        s["m"] = b1 * s["m"] + (1 - b1) * g
                        s["v"] = b2 * s["v"] + (1 - b2) * g**2
                        move = (s["m"] / (1 - b1**step)) / (np.sqrt(s["v"] / (1 - b2**step)) + o["epsilon"])
                    layer[key] = layer[key] - o["learningRate"] * move
        curve.append(report())
    return curve


CASES = [
    ("sgd, summed mse, sigmoid without bias", [4, 5, 5, 3], ["sigmoid"] * 3, False,
     dict(optimizer="sgd", loss="mse", reduction="sum", learningRate=0.05, batchSize=10, epochs=20, seed=0)),
    ("momentum, mean mse, l2, mixed activations", [3, 6, 5, 4, 2], ["tanh", "relu", "sigmoid", "identity"], True,
     dict(optimizer="momentum", momentum=0.9, loss="mse", reduction="mean", l2=0.01, learningRate=0.05, batchSize=7,
          epochs=15, seed=5)),
    ("adam, mean cross-entropy over softmax", [4, 7, 3], ["relu", "softmax"], True,
     dict(optimizer="adam", betas=[0.9, 0.999], epsilon=1e-8, loss="cross-entropy", reduction="mean", learningRate=0.02,
          batchSize=9, epochs=15, seed=1)),
    ("adam, summed binary cross-entropy, l2", [3, 4, 2], ["tanh", "sigmoid"], True,
     dict(optimizer="adam", betas=[0.8, 0.99], epsilon=1e-6, loss="cross-entropy", reduction="sum", l2=0.1,
          learningRate=0.01, batchSize=5, epochs=15, seed=2**40 + 3)),
    ("sgd, mean mse over softmax, softmax inside", [3, 4, 5, 3], ["softmax", "tanh", "softmax"], True,
     dict(optimizer="sgd", loss="mse", reduction="mean", l2=0.001, learningRate=0.5, batchSize=23, epochs=15, seed=7)),
    ("sgd, mean binary cross-entropy", [3, 4, 2], ["sigmoid", "sigmoid"], False,
     dict(optimizer="sgd", loss="cross-entropy", reduction="mean", learningRate=0.5, batchSize=1, epochs=8, seed=11)),
]


def case(index, name, widths, activations, bias, options):
    random = np.random.default_rng(index)
    rows = 23
    inputs = random.normal(size=(rows, widths[0]))
    labels = random.integers(widths[-1], size=rows)
    targets = np.eye(widths[-1])[labels]
    if options["loss"] == "mse" and activations[-1] == "identity":
        targets = random.normal(size=targets.shape)
    layers = [
        {
            "W": random.uniform(-1, 1, size=(n, m)),
            "b": random.uniform(-1, 1, size=n) if bias else None,
            "activation": activation,
        }
        for m, n, activation in zip(widths, widths[1:], activations)
    ]

    def plain():
        return [
            {"weights": l["W"].tolist(), "bias": None if l["b"] is None else l["b"].tolist(), "activation": l["activation"]}
            for l in layers
        ]

    start = plain()
    curve = train(layers, inputs, targets, options)
    return {"name": name, "inputs": inputs.tolist(), "targets": targets.tolist(), "options": options,
            "start": start, "losses": curve, "end": plain()}


if __name__ == "__main__":
    print(json.dumps([case(i, *c) for i, c in enumerate(CASES)]))
