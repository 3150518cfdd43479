/** Made-up runs for the report's tests: smooth learning curves with a little seeded noise; no clock, no Math.random. */
import type { LayerShape, MeasurementRow, RunData, TrainingRow } from "../../runs/src/row-tables.ts";

export interface FixtureOptions {
  readonly seeds?: readonly number[];
  readonly checkpoints?: number;
  /** Epochs between checkpoints. */
  readonly every?: number;
  readonly layers?: readonly LayerShape[];
  /** Bits taken from every sensitivity: makes degeneracy negative, as coarse bins do. */
  readonly lost?: number;
  readonly warnings?: string;
  /** EI found from probabilities, with an estimated bracket; the last layer's sensitivity is sampled. */
  readonly wide?: boolean;
}

/** Of EI: how far its bracket's ends lie below and above it, and their errors. */
export const WIDE = { error: 0.25, below: 0.5, above: 1.1, lowError: 0.05, highError: 0.1, guarded: 2 } as const;

export const IRIS_LAYERS: readonly LayerShape[] = [
  { name: "layer 1", inputs: 4, outputs: 5, activation: "sigmoid" },
  { name: "layer 2", inputs: 5, outputs: 5, activation: "sigmoid" },
  { name: "layer 3", inputs: 5, outputs: 3, activation: "sigmoid" },
];

/** A run in which a plateau, a fast fall of the loss and a slow end follow each other, as in the Iris study. */
export function runFixture(options: FixtureOptions = {}): RunData {
  const {
    seeds = [0, 1, 2],
    checkpoints = 81,
    every = 50,
    layers = IRIS_LAYERS,
    lost = 0,
    warnings = "",
    wide = false,
  } = options;
  const measurements: MeasurementRow[] = [];
  const training: TrainingRow[] = [];
  for (const [s, seed] of seeds.entries()) {
    const noise = generator(seed + 1);
    for (let k = 0; k < checkpoints; k++) {
      const epoch = k * every;
      const learned = 1 / (1 + Math.exp(-(epoch - 700 - 90 * s) / 130));
      const slow = Math.log1p(epoch / 400);
      const trainLoss = 0.64 - 0.47 * learned - 0.03 * slow + 0.03 * Math.exp(-epoch / 40);
      training.push({
        seed,
        epoch,
        step: epoch * 10,
        trainLoss,
        testLoss: trainLoss + 0.015 + 0.01 * learned + 0.002 * noise(),
        trainAccuracy: Math.min(0.98, 0.34 + 0.64 * learned),
        testAccuracy: Math.min(0.96, 0.32 + 0.64 * learned),
      });
      for (const [l, layer] of layers.entries()) {
        const gain = (0.7 + 0.3 * l) * (1 + 0.12 * Math.sin(3 * s + l));
        const ei = 0.6 + 0.35 * l + 3.1 * gain * learned + 0.35 * slow + 0.02 * noise();
        const overlap = -0.25 + (1.1 + 0.5 * s * l) * learned * slow + 0.4 * learned * l + 0.02 * noise();
        const sensitivity = Math.max(0, ei + overlap - lost);
        const degeneracy = sensitivity - ei;
        const phi = 0.4 - 0.9 * learned * (l === 2 ? 1.5 : 0.4) + 0.2 * slow * (l === 1 ? 1 : -0.2) + 0.02 * noise();
        const error = wide ? WIDE.error : 0.012 + 0.004 * l;
        const row = { seed, epoch, layer: l, layerName: layer.name, outside: 0 };
        const sampled = { ...row, standardError: error, samples: 100_000, warnings };
        const exact = { ...row, standardError: 0, samples: 0, method: "exact" as const, warnings: "" };
        const single =
          wide && l === layers.length - 1 ? { ...sampled, standardError: 0.15, method: "plug-in" as const } : exact;
        measurements.push(
          { ...sampled, measure: "ei", method: wide ? "likelihood" : "conditional", bits: ei, ...around(ei, wide) },
          { ...exact, measure: "eiParts", bits: ei - phi },
          { ...single, measure: "sensitivity", bits: sensitivity },
          { ...sampled, measure: "degeneracy", method: "derived", bits: degeneracy, ...around(degeneracy, wide, -1) },
          { ...sampled, measure: "phi", method: "derived", bits: phi, ...around(phi, wide) },
        );
      }
    }
  }
  return {
    study: "iris",
    settings: [
      ["network", "4→5→5→3, sigmoid, no biases"],
      ["training", "SGD, learning rate 0.01, batch 10"],
      ["bins", "8"],
      ["seeds", seeds.join(", ")],
      ["tolerance", "0.02 bits"],
    ],
    seeds,
    layers,
    lossName: "summed squared error per example",
    measurements,
    training,
    version: "0.1.0",
  };
}

/** The bracket of EI, moved to another value, or turned round with it. */
function around(bits: number, wide: boolean, sign: 1 | -1 = 1): Partial<MeasurementRow> {
  if (!wide) return {};
  const { below, above, lowError, highError, guarded } = WIDE;
  const routes = { output: "likelihood", cell: "likelihood" } as const;
  return {
    bracket: sign === 1 ? [bits - below, bits + above] : [bits - above, bits + below],
    bracketError: sign === 1 ? [lowError, highError] : [highError, lowError],
    bounds: [bits - 4, bits + 4],
    evidence: { routes, effectiveSamples: 250, guarded, basis: "the ends are estimates" },
  };
}

/** mulberry32, centred: numbers in (−1, 1). */
function generator(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1;
  };
}
