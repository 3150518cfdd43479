/** Layers of two inputs on a fine grid of points: what must come out, counted. Shares no code with the engines. */

export interface GridLayer {
  readonly weights: readonly (readonly number[])[];
  readonly bias: readonly number[];
  readonly value: (z: number) => number;
  readonly outputRange: readonly [number, number];
  readonly bins: { readonly input: number; readonly output: number };
  readonly outside: "drop" | "clamp";
  /** Bins of each input that are looked at. */
  readonly parts: readonly number[];
}

function entropyOf(counts: Float64Array): number {
  let [total, weighted] = [0, 0];
  for (const count of counts) {
    total += count;
    if (count > 0) weighted += count * Math.log2(count);
  }
  return total === 0 ? 0 : Math.log2(total) - weighted / total;
}

/** By `side`² midpoints of the unit square: entropies in bits, over cells the mean, each point weighing the same. */
export function onGrid(layer: GridLayer, side = 1440) {
  const { weights, bias, value, outputRange, bins, outside, parts } = layer;
  const [low, high] = outputRange;
  const { output } = bins;
  const [across, down] = parts as [number, number];
  const outputs = weights.length;
  const count = output ** outputs;
  const states = new Float64Array(count);
  const cells = new Float64Array(across * down);
  const joint = new Float64Array(cells.length * count);
  const single = weights.map(() => new Float64Array(cells.length * output));
  const own = new Int32Array(outputs);
  let dropped = 0;
  for (let a = 0; a < side; a++) {
    const x = (a + 0.5) / side;
    for (let b = 0; b < side; b++) {
      const y = (b + 0.5) / side;
      let [state, isOutside] = [0, false];
      for (let j = 0; j < outputs; j++) {
        const out = value(bias[j]! + weights[j]![0]! * x + weights[j]![1]! * y);
        const bin = Math.floor(((out - low) / (high - low)) * output);
        isOutside ||= outside === "drop" && (out < low || out > high);
        own[j] = Math.min(output - 1, Math.max(0, bin));
        state = state * output + own[j]!;
      }
      if (isOutside) {
        dropped++;
        continue;
      }
      const cell = Math.floor(x * across) * down + Math.floor(y * down);
      states[state]!++;
      cells[cell]!++;
      joint[cell * count + state]!++;
      for (let j = 0; j < outputs; j++) single[j]![cell * output + own[j]!]!++;
    }
  }
  const inCells = entropyOf(cells);
  return {
    output: entropyOf(states),
    /** Σ p(cell) H(Ŷ | cell), and the same of each output alone. */
    withinCells: entropyOf(joint) - inCells,
    singleWithinCells: single.map((counts) => entropyOf(counts) - inCells),
    ei: inCells + entropyOf(states) - entropyOf(joint),
    outside: dropped / side ** 2,
  };
}

export const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** A grid of this side puts points on the wrong side of an edge along about 2 · side of its cells: of the entropies, some 1e-3. */
export const GRID = 2e-3;
