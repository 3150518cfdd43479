/**
 * EI_parts and sensitivity in the limit of infinitely many samples, for bins wider than the noise's range by a margin on each side: the
 * reference implementation's binning. Shares no code with the product: joint tables come from K(t) = E[(t − R)₊], R being the sum of
 * all other inputs' parts, K from closed forms for up to two inputs and from a Fourier series beyond.
 */

export interface LimitLayer {
  weights: readonly (readonly number[])[];
  bias: readonly number[] | null;
  activation: "sigmoid" | "tanh" | "relu" | "identity";
  inRange: readonly [number, number];
  outRange: readonly [number, number];
  inBins: number;
  outBins: number;
}

const inverse = {
  sigmoid: (y: number) => (y <= 0 ? -Infinity : y >= 1 ? Infinity : Math.log(y / (1 - y))),
  tanh: (y: number) => (y <= -1 ? -Infinity : y >= 1 ? Infinity : Math.atanh(y)),
  relu: (y: number) => (y <= 0 ? -Infinity : y),
  identity: (y: number) => y,
};

function edges(count: number, [low, high]: readonly [number, number], margin: number): number[] {
  const [from, to] = [low - margin, high + margin];
  return Array.from({ length: count + 1 }, (_, k) => from + ((to - from) * k) / count);
}

export function eiPartsLimit(layer: LimitLayer, margin: number): number {
  return sumOverPairs(layer, margin, (row, i, middle) =>
    partialSum(
      row.filter((_, k) => k !== i),
      layer.inRange,
      middle,
    ),
  );
}

export function sensitivityLimit(layer: LimitLayer, margin: number): number {
  return sumOverPairs(layer, margin, (_row, _i, _middle, bias) => (t) => Math.max(0, t - bias));
}

type K = (t: number) => number;

function sumOverPairs(
  layer: LimitLayer,
  margin: number,
  rest: (row: readonly number[], i: number, bias: number, alone: number) => K,
): number {
  const [low, high] = layer.inRange;
  const inner = edges(layer.inBins, layer.inRange, margin).map((x) => Math.min(high, Math.max(low, x)));
  const cuts = edges(layer.outBins, layer.outRange, margin).map(inverse[layer.activation]);
  let sum = 0;
  for (const [j, row] of layer.weights.entries()) {
    const bias = layer.bias?.[j] ?? 0;
    for (const [i, weight] of row.entries()) {
      if (weight === 0) continue;
      const k = rest(row, i, bias, bias);
      // E over x in the bin of P(R < t − w x), times the bin's probability.
      const below = (t: number, a: number): number => {
        const [from, to] = [inner[a]!, inner[a + 1]!];
        if (t === -Infinity) return 0;
        if (t === Infinity) return (to - from) / (high - low);
        return (k(t - weight * from) - k(t - weight * to)) / (weight * (high - low));
      };
      const table = new Float64Array(layer.inBins * layer.outBins);
      for (let a = 0; a < layer.inBins; a++) {
        for (let b = 0, before = below(cuts[0]!, a); b < layer.outBins; b++) {
          const upTo = below(cuts[b + 1]!, a);
          table[a * layer.outBins + b] = Math.max(0, upTo - before);
          before = upTo;
        }
      }
      sum += information(table, layer.outBins);
    }
  }
  return sum;
}

function information(table: Float64Array, columns: number): number {
  const total = table.reduce((sum, p) => sum + p, 0);
  const ofRow = new Float64Array(table.length / columns);
  const ofColumn = new Float64Array(columns);
  for (let at = 0; at < table.length; at++) {
    ofRow[Math.floor(at / columns)]! += table[at]!;
    ofColumn[at % columns]! += table[at]!;
  }
  let bits = 0;
  for (let at = 0; at < table.length; at++) {
    const p = table[at]!;
    if (p > 0)
      bits += (p / total) * Math.log2((p * total) / (ofRow[Math.floor(at / columns)]! * ofColumn[at % columns]!));
  }
  return bits;
}

/** K of bias + Σ w_k x_k, x_k uniform on the range; up to a constant, which differences do not see. */
function partialSum(weights: readonly number[], [low, high]: readonly [number, number], bias: number): K {
  const halves = weights.map((w) => (Math.abs(w) * (high - low)) / 2).filter((half) => half > 0);
  const centre = bias + weights.reduce((sum, w) => sum + (w * (low + high)) / 2, 0);
  const reach = halves.reduce((sum, half) => sum + half, 0);
  if (halves.length === 0) return (t) => Math.max(0, t - centre);
  if (halves.length === 1) {
    return (t) => {
      const s = t - centre;
      return s <= -reach ? 0 : s >= reach ? s : (s + reach) ** 2 / (4 * reach);
    };
  }
  const period = 2 * reach;
  const terms: number[] = [];
  for (let q = 1; q <= 20_000; q++) {
    const omega = (2 * Math.PI * q) / period;
    const bound = halves.reduce((product, half) => product * Math.min(1, 1 / (omega * half)), 1) / q ** 2;
    if (bound < 1e-17) break;
    const phi = halves.reduce((product, half) => (product * Math.sin(omega * half)) / (omega * half), 1);
    terms.push((phi * period) / (2 * Math.PI ** 2 * q * q));
  }
  const inside = (s: number): number => {
    let sum = (s * s) / (2 * period) + s / 2;
    for (const [q, term] of terms.entries()) sum -= term * Math.cos((2 * Math.PI * (q + 1) * s) / period);
    return sum;
  };
  const [bottom, top] = [inside(-reach), inside(reach)];
  return (t) => {
    const s = t - centre;
    return s <= -reach ? bottom : s >= reach ? top + s - reach : inside(s);
  };
}
