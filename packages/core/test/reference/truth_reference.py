"""Computes the values of fixtures/truth.json again, and fails where they differ. Shares no code with the library.

Run: python3 test/reference/truth_reference.py [--without-ei]   (needs numpy; about ten minutes, three without EI)

EI_parts and sensitivity: z = bias + sum of w_k x_k, every x_k uniform. Given that one input lies in a bin, z is its middle plus a
symmetric sum of uniforms with half-widths s_k; its distribution function on a period 2L > 2 sum s_k is the Fourier series
F(t) = 1/2 + t/(2L) + sum over k of phi(pi k/L) sin(pi k t/L) / (pi k), phi(w) = product of sin(w s)/(w s). The edges of the output bins are
pulled back through the inverse activation; outputs outside the range are left out, pair by pair.
EI: H(Y) - E[H(Y | cell of X)] by brute force, with Miller and Madow's correction of each entropy: all cells where there are at
most 70,000, else 40,000 drawn ones.
"""
import json
import pathlib
import sys

import numpy as np

TERMS = 8192
# The exact values are recorded to six decimals.
EXACT = 1e-6
FILE = pathlib.Path(__file__).parent / "fixtures" / "truth.json"


def inverse(name, y):
    if name == "identity":
        return y
    if name == "relu":
        return -np.inf if y <= 0 else y
    if name == "sigmoid":
        return -np.inf if y <= 0 else np.inf if y >= 1 else np.log(y / (1 - y))
    raise ValueError(name)


def forward(name, z):
    return {"identity": lambda: z, "relu": lambda: np.maximum(z, 0), "sigmoid": lambda: 1 / (1 + np.exp(-z))}[name]()


def information(table):
    p = table / table.sum()
    h = lambda q: -(q[q > 0] * np.log2(q[q > 0])).sum()
    return h(p.sum(0)) + h(p.sum(1)) - h(p)


def tables(layer, others):
    """P(x_i in bin a, y_j in bin b) for each pair; other inputs are uniform (True) or 0 (False)."""
    low, high = layer["inputRange"]
    bins = layer["bins"]
    edges = np.linspace(*layer["outputRange"], bins + 1)
    cuts = np.array([inverse(layer["activation"], y) for y in edges])
    finite = np.isfinite(cuts)
    for row, bias in zip(np.array(layer["weights"]), layer["bias"] or [0] * len(layer["weights"])):
        half = np.abs(row) * (high - low) / 2
        centre = row.sum() * (low + high) / 2 if others else None
        for i, w in enumerate(row):
            if w == 0:
                continue
            at = low + (high - low) * (np.arange(bins) + 0.5) / bins
            if not others:
                # One uniform alone: the share of the bin's interval below each cut.
                start = bias + w * at - half[i] / bins
                cdf = np.clip((cuts[None, :] - start[:, None]) / (2 * half[i] / bins), 0, 1)
            else:
                widths = np.append(np.delete(half, i), half[i] / bins)
                middle = bias + centre + w * (at - (low + high) / 2)
                total = widths.sum()
                # Beyond the support the value is known; the period is a little wider than it.
                period = 1.05 * total
                k = np.arange(1, TERMS + 1)
                phi = np.prod(np.sinc(k[None, :] * widths[:, None] / period), axis=0) / (np.pi * k)
                t = np.where(finite, cuts, 0)[None, :] - middle[:, None]
                inside = np.clip(t, -total, total)
                cdf = np.empty_like(t)
                for a in range(bins):
                    cdf[a] = 0.5 + inside[a] / (2 * period) + np.sin(np.pi * np.outer(inside[a], k) / period) @ phi
                cdf = np.where(t <= -total, 0, np.where(t >= total, 1, cdf))
                cdf = np.where(finite[None, :], cdf, (cuts > 0)[None, :].astype(float))
            yield np.maximum(np.diff(cdf, axis=1), 0)


def entropy(counts):
    n = counts.sum(-1, keepdims=True)
    p = counts / n
    with np.errstate(divide="ignore", invalid="ignore"):
        h = -np.where(p > 0, p * np.log2(p), 0).sum(-1)
    return h + ((counts > 0).sum(-1) - 1) / (2 * n[..., 0] * np.log(2))


def effective_information(layer, rng, samples=60_000_000, inner=600):
    low, high = layer["inputRange"]
    olow, ohigh = layer["outputRange"]
    bins, n = layer["bins"], layer["inputs"]
    weights, bias = np.array(layer["weights"]), np.array(layer["bias"] or 0)

    def states(x):
        y = forward(layer["activation"], x @ weights.T + bias)
        index = np.clip(((y - olow) / (ohigh - olow) * bins).astype(np.int64), 0, bins - 1)
        return index @ bins ** np.arange(index.shape[-1])

    count = np.zeros(bins ** layer["outputs"], np.int64)
    for _ in range(samples // 1_000_000):
        count += np.bincount(states(rng.uniform(low, high, (1_000_000, n))), minlength=len(count))
    cells = bins**n
    drawn = np.arange(cells) if cells <= 70_000 else rng.choice(cells, 40_000, replace=False)
    given = []
    for part in np.array_split(drawn, len(drawn) // 500 + 1):
        index = part[:, None, None] // bins ** np.arange(n) % bins
        x = low + (high - low) * (index + rng.random((len(part), inner, n))) / bins
        sorted_states = np.sort(states(x), axis=1)
        for row in sorted_states:
            runs = np.diff(np.flatnonzero(np.concatenate(([True], row[1:] != row[:-1], [True]))))
            given.append(entropy(runs))
    given = np.array(given)
    p = count[count > 0] / samples
    of_whole = np.sqrt((p * np.log2(p) ** 2).sum() - (p * np.log2(p)).sum() ** 2) / np.sqrt(samples)
    # Within cells an entropy of 600 samples varies by at most about its spread over cells.
    of_cells = given.std() / np.sqrt(len(given)) if cells > 70_000 else 0
    return entropy(count) - given.mean(), float(np.hypot(of_whole, of_cells))


def main():
    rng = np.random.default_rng(1)
    failed = False
    for layer in json.loads(FILE.read_text())["layers"]:
        parts, single = (sum(information(table) for table in tables(layer, others)) for others in (True, False))
        line = f"{layer['net']} {layer['layer']}, {layer['bins']} bins: EI_parts {parts:.6f} sensitivity {single:.6f}"
        good = abs(parts - layer["eiParts"]) < EXACT and abs(single - layer["sensitivity"]) < EXACT
        if layer["ei"] is not None and "--without-ei" not in sys.argv:
            ei, error = effective_information(layer, rng)
            line += f" EI {ei:.4f} ± {error:.4f} (recorded {layer['ei']} ± {layer['eiStandardError']})"
            # What Miller and Madow's correction leaves of the bias at 600 samples a cell is up to 0.01.
            good = good and abs(ei - layer["ei"]) < 4 * np.hypot(error, layer["eiStandardError"]) + 0.01
        print(line + ("" if good else "   DIFFERS"), flush=True)
        failed = failed or not good
    sys.exit(1 if failed else 0)


main()
