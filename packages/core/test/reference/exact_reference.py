"""EI_parts of single pairs in 60-digit arithmetic, for layers chosen to be hard.

Run: python3 test/reference/exact_reference.py > test/reference/fixtures/exact.json   (needs mpmath)

The distribution of a sum of n uniforms comes from its closed form as a sum over 2^n corners,
F(t) = sum over signs e of (prod e) (t + e.s)_+^n / (n! prod 2 s), which cancels badly: hence the digits. It shares nothing with
the product, which never uses it. Edges of the output bins are pulled back through the inverse activation.
"""
import itertools
import json
import mpmath as mp

mp.mp.dps = 400  # weights of 1e-12 beside 1e3 cost about 15 digits per term


def inverse(name, y):
    if name == "identity":
        return y
    if name == "relu":
        return -mp.inf if y <= 0 else y
    if name == "sigmoid":
        return -mp.inf if y <= 0 else mp.inf if y >= 1 else mp.log(y / (1 - y))
    if name == "tanh":
        return -mp.inf if y <= -1 else mp.inf if y >= 1 else mp.atanh(y)
    raise ValueError(name)


def corners(widths):
    scale = mp.factorial(len(widths)) * mp.fprod(2 * s for s in widths)
    terms = []
    for signs in itertools.product((1, -1), repeat=len(widths)):
        terms.append((mp.fsum(e * s for e, s in zip(signs, widths)), mp.fprod(signs)))
    n = len(widths)

    def cdf(t):
        if t == -mp.inf:
            return mp.mpf(0)
        if t == mp.inf:
            return mp.mpf(1)
        return mp.fsum(sign * (t + at) ** n for at, sign in terms if t + at > 0) / scale

    return cdf


def information(table):
    total = mp.fsum(mp.fsum(row) for row in table)
    if total == 0:
        return mp.mpf(0)
    h = lambda ps: -mp.fsum(p / total * mp.log(p / total, 2) for p in ps if p > 0)
    rows = [mp.fsum(row) for row in table]
    columns = [mp.fsum(column) for column in zip(*table)]
    return h(rows) + h(columns) - h([p for row in table for p in row])


def pair(case, i):
    w = [mp.mpf(x) for x in case["weights"]]
    bias = mp.mpf(case["bias"])
    lo, hi = map(mp.mpf, case["inputRange"])
    olo, ohi = map(mp.mpf, case["outputRange"])
    bx, by = case["bins"]["input"], case["bins"]["output"]
    widths = [abs(x) * (hi - lo) / 2 / (bx if k == i else 1) for k, x in enumerate(w) if x != 0]
    if w[i] == 0:
        return mp.mpf(0)
    cdf = corners(widths)
    # Edges are the doubles that a program has: low + (high - low) k / bins, rounded.
    f = [case["outputRange"][0] + (case["outputRange"][1] - case["outputRange"][0]) * k / by for k in range(by)] + [case["outputRange"][1]]
    cuts = [inverse(case["activation"], mp.mpf(e)) for e in f]
    if case["outside"] == "clamp":
        cuts[0], cuts[-1] = -mp.inf, mp.inf
    middle = mp.fsum(x * (lo + hi) / 2 for x in w) + bias
    table = []
    for a in range(bx):
        centre = middle + w[i] * (hi - lo) * (mp.mpf(2 * a + 1) / (2 * bx) - mp.mpf(1) / 2)
        at = [cdf(c - centre) for c in cuts]
        table.append([max(mp.mpf(0), b - a_) for a_, b in zip(at, at[1:])])
    return information(table)


def case(weights, activation="sigmoid", bias=0.0, inputRange=(0, 1), outputRange=None, bins=(8, 8), outside="drop"):
    default = {"sigmoid": (0, 1), "tanh": (-1, 1), "relu": (0, 10), "identity": (-10, 10)}[activation]
    return {
        "weights": weights,
        "bias": bias,
        "activation": activation,
        "inputRange": list(inputRange),
        "outputRange": list(outputRange or default),
        "bins": {"input": bins[0], "output": bins[1]},
        "outside": outside,
    }


cases = [
    # weights of 1e-12 beside 1e3
    case([1e-12, 1e3]),
    case([1e3, 1e-12, 1.0, -2.5]),
    case([1e-12, 1e-12, 1e-12, 1.0], activation="identity", outputRange=(0, 1)),
    case([1e-9, 1e-6, 1e-3, 1.0, 1e3], activation="identity", outputRange=(-500, 500)),
    case([1.0, 1e-3, 1e-5, 1e-7, 0.3, 0.2], activation="tanh", inputRange=(-1, 1)),
    case([1e3, -1e3, 1e-3], activation="identity"),
    # equal weights
    case([1.0] * 3),
    case([0.5] * 5, activation="tanh", inputRange=(-1, 1)),
    case([0.25] * 8, activation="identity", outputRange=(0, 2), bins=(16, 16)),
    case([-0.7] * 6, activation="relu", bias=2.0, outputRange=(0, 2)),
    # thresholds on the edge of the support
    case([1.0, 1.0], activation="identity", outputRange=(0, 2), bins=(4, 4)),
    case([1.0, 2.0, 1.0], activation="identity", outputRange=(0, 4), bins=(8, 16)),
    case([0.5, 0.25, 0.25], activation="relu", outputRange=(0, 1), bins=(5, 10)),
    case([1.0, 1.0, 1.0, 1.0, 1.0], activation="identity", outputRange=(0, 5), bins=(5, 5)),
    # saturated and dead units
    case([2.0, -1.0, 0.5], bias=30.0),
    case([2.0, -1.0, 0.5], bias=-12.0),
    case([20.0, -30.0, 40.0, 10.0], activation="tanh", inputRange=(-1, 1)),
    case([1.0, 1.0, -1.0], activation="relu", bias=-1.9),
    case([1.0, 1.0, -1.0], activation="relu", bias=-5.0),
    # outside the range, both policies; unequal bins; other ranges
    case([3.0, -2.0, 1.0], activation="identity", outputRange=(-1, 1), bins=(7, 3)),
    case([3.0, -2.0, 1.0], activation="identity", outputRange=(-1, 1), bins=(7, 3), outside="clamp"),
    case([1.5, 0.5, -0.25, 2.0], activation="relu", inputRange=(0, 10), bins=(3, 12)),
    case([0.1, 0.2, -0.3, 0.4, -0.5, 0.6, 0.7], activation="sigmoid", inputRange=(-3, 0.5), bias=0.3, bins=(8, 32)),
    case([5.0], activation="sigmoid", bins=(64, 64)),
    case([0.9, 0.1], activation="tanh", inputRange=(-1, 1), bins=(64, 16)),
    case([0.31, -0.17, 0.23, 0.05, -0.41, 0.29, 0.11, -0.37, 0.19], activation="sigmoid", bins=(4, 8)),
]
for c in cases:
    c["bits"] = [mp.nstr(pair(c, i), 50, min_fixed=-1000, max_fixed=1000) for i in range(len(c["weights"]))]
print(json.dumps(cases, indent=1))
