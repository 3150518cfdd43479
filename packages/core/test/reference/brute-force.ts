/**
 * The measures by brute force, for tests: noise, the activation function itself, bins by division, plug-in counts. It shares no
 * code with the product, and says how far its values may be from the truth.
 */

export interface Layer {
  weights: number[][];
  bias?: number[];
  activation: keyof typeof phi;
  inputRange: [number, number];
  outputRange: [number, number];
  bins: { input: number; output: number };
  outside?: "drop" | "clamp";
}

export interface Value {
  bits: number;
  standardError: number;
}

/** mulberry32: a generator that the product does not use. */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const phi = {
  sigmoid: (z: number) => 1 / (1 + Math.exp(-z)),
  tanh: Math.tanh,
  relu: (z: number) => Math.max(0, z),
  identity: (z: number) => z,
  "leaky-relu": (z: number) => Math.max(z, z / 100),
  elu: (z: number) => (z >= 0 ? z : Math.exp(z) - 1),
  selu: (z: number) => (z >= 0 ? 1.0507009873554805 * z : 1.7580993408473768 * (Math.exp(z) - 1)),
  softplus: (z: number) => Math.log(1 + Math.exp(z)),
  "hard-sigmoid": (z: number) => (z < -3 ? 0 : z > 3 ? 1 : (z + 3) / 6),
  "hard-tanh": (z: number) => (z < -1 ? -1 : z > 1 ? 1 : z),
  gelu: (z: number) => (z * erfc(-z / Math.SQRT2)) / 2,
  silu: (z: number) => z * (1 / (1 + Math.exp(-z))),
};

/** Chebyshev fit with a relative error below 1.2e-7 everywhere, so that the sign of GELU far below 0 is right. */
function erfc(x: number): number {
  const t = 1 / (1 + Math.abs(x) / 2);
  const fit = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ];
  const value = t * Math.exp(-x * x + fit.reduceRight((sum, c) => sum * t + c, 0));
  return x >= 0 ? value : 2 - value;
}

/** Bin of a value, or −1 outside; the last bin is closed at the top. A −0 is a negative number too small to write down. */
function binOf(value: number, [low, high]: [number, number], bins: number, clamp: boolean): number {
  const reaches = (edge: number) => value > edge || (value === edge && !Object.is(value, -0));
  if (!reaches(low)) return clamp ? 0 : -1;
  if (value > high) return clamp ? bins - 1 : -1;
  // Dividing would round values just below an edge onto it.
  let bin = bins - 1;
  while (bin > 0 && !reaches(low + ((high - low) * bin) / bins)) bin--;
  return bin;
}

function outputBins(layer: Layer, x: number[]): number[] {
  return layer.weights.map((row, j) => {
    const z = row.reduce((sum, w, i) => sum + w * x[i]!, layer.bias?.[j] ?? 0);
    return binOf(phi[layer.activation](z), layer.outputRange, layer.bins.output, layer.outside === "clamp");
  });
}

/** I(x̂_i; ŷ_j) for all pairs, [input][output], from N samples each; one input noisy at a time, or all. */
export function pairwise(layer: Layer, samples: number, seed: number, oneInput = false): Value[][] {
  const random = noise(seed);
  const [low, high] = layer.inputRange;
  const [n, m] = [layer.weights[0]!.length, layer.weights.length];
  const tables = Array.from({ length: n }, () => Array.from({ length: m }, () => new Map<number, number>()));
  const count = (i: number, x: number[], bins: number[]) => {
    const a = binOf(x[i]!, layer.inputRange, layer.bins.input, true);
    for (const [j, b] of bins.entries()) {
      if (b < 0) continue;
      const key = a * layer.bins.output + b;
      tables[i]![j]!.set(key, (tables[i]![j]!.get(key) ?? 0) + 1);
    }
  };
  for (let s = 0; s < samples; s++) {
    if (oneInput) {
      for (let i = 0; i < n; i++) {
        const x = new Array<number>(n).fill(0);
        x[i] = low + (high - low) * random();
        count(i, x, outputBins(layer, x));
      }
    } else {
      const x = Array.from({ length: n }, () => low + (high - low) * random());
      const bins = outputBins(layer, x);
      for (let i = 0; i < n; i++) count(i, x, bins);
    }
  }
  return tables.map((row) => row.map((table) => plugIn(table, layer.bins.output)));
}

/** Plug-in information of a table of counts with its first-order bias removed, and its standard error. */
function plugIn(table: Map<number, number>, columns: number): Value {
  const rows = new Map<number, number>();
  const cols = new Map<number, number>();
  let total = 0;
  for (const [key, c] of table) {
    const [a, b] = [Math.floor(key / columns), key % columns];
    rows.set(a, (rows.get(a) ?? 0) + c);
    cols.set(b, (cols.get(b) ?? 0) + c);
    total += c;
  }
  if (total === 0) return { bits: 0, standardError: 0 };
  let [mean, square] = [0, 0];
  for (const [key, c] of table) {
    const term = Math.log2((c * total) / (rows.get(Math.floor(key / columns))! * cols.get(key % columns)!));
    mean += (c / total) * term;
    square += (c / total) * term * term;
  }
  // Miller–Madow on each entropy. Near independence 2N ln2 · I is χ² with (rows − 1)(columns − 1) degrees of freedom.
  const unit = 1 / (2 * total * Math.LN2);
  const bias = (table.size - rows.size - cols.size + 1) * unit;
  const freedom = (rows.size - 1) * (cols.size - 1);
  const standardError = Math.sqrt(Math.max(0, square - mean * mean) / total + 2 * freedom * unit * unit);
  return { bits: mean - bias, standardError };
}
