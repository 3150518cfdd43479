// Optimiser steps per second of the trainer. Data and weights are seeded; only the clock is not.
import { createNetwork, dataset, train } from "../dist/index.js";
import { useKernels } from "../dist/kernels/path.js";

const SETUPS = [
  { layers: [25, 6, 6, 6, 5], activation: "sigmoid", bias: false, batchSize: 50, steps: 8000, bar: "≥ 30,000" },
  { layers: [4, 5, 5, 3], activation: "sigmoid", bias: false, batchSize: 10, steps: 40000, bar: "≥ 250,000" },
  {
    layers: [784, 100, 100, 10],
    activation: ["relu", "relu", "softmax"],
    bias: true,
    batchSize: 128,
    steps: 40,
    bar: "≥ 150",
  },
];
const REPEATS = 7;

export async function bench() {
  const rows = [];
  for (const { bar, ...setup } of SETUPS) {
    const name = `${setup.layers.join("-")}, batch ${setup.batchSize}`;
    const compiled = [];
    const plain = [];
    // In turn, so that both meet the same weather; the first of each warms the compiler up.
    for (let repeat = 0; repeat <= REPEATS; repeat++) {
      for (const [path, rates] of [
        ["wasm", compiled],
        ["typescript", plain],
      ]) {
        useKernels(path);
        const rate = await stepsPerSecond(setup);
        if (repeat > 0) rates.push(rate);
      }
    }
    useKernels("auto");
    const ratios = compiled.map((rate, i) => rate / plain[i]);
    rows.push({ area: "training", name, unit: "steps/s", bar, ...middle(compiled) });
    rows.push({ area: "training", name: `${name}, plain TypeScript`, unit: "steps/s", ...middle(plain) });
    rows.push({ area: "training", name: `${name}, compiled : plain`, unit: "×", ...middle(ratios) });
  }
  return rows;
}

/** Median, and largest − smallest. */
function middle(rates) {
  const sorted = rates.toSorted((a, b) => a - b);
  return { value: sorted[REPEATS >> 1], spread: sorted[REPEATS - 1] - sorted[0] };
}

async function stepsPerSecond({ layers, activation, bias, batchSize, steps }) {
  const outputs = layers.at(-1);
  const rows = batchSize * 10;
  const data = dataset({
    name: "noise",
    inputs: { data: noise(rows * layers[0]), shape: [rows, layers[0]] },
    labels: Int32Array.from({ length: rows }, (_, row) => row % outputs),
  });
  const network = createNetwork({ layers, activation, bias, seed: 0 });
  const adam = bias ? { optimizer: "adam", loss: "cross-entropy", learningRate: 1e-3 } : {};
  const epochs = steps / 10;
  const options = { epochs, every: epochs, batchSize, learningRate: 0.01, reduction: "sum", seed: 0, ...adam };
  const run = train(network, { train: data }, options);
  await run.next();
  const start = performance.now();
  const { value } = await run.next();
  return value.step / ((performance.now() - start) / 1000);
}

/** A fixed sequence on [0, 1): multiples of the golden ratio. */
function noise(count) {
  return Float64Array.from({ length: count }, (_, i) => (i * 0.6180339887498949) % 1);
}
