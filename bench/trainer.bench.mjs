// Optimiser steps per second of the trainer. Data and weights are seeded; only the clock is not.
import { createNetwork, dataset, train } from "../dist/index.js";

const SETUPS = [
  { layers: [25, 6, 6, 6, 5], activation: "sigmoid", bias: false, batchSize: 50, steps: 4000 },
  { layers: [4, 5, 5, 3], activation: "sigmoid", bias: false, batchSize: 10, steps: 20000 },
  { layers: [784, 100, 100, 10], activation: ["relu", "relu", "softmax"], bias: true, batchSize: 128, steps: 20 },
];
const REPEATS = 7;

export async function bench() {
  const rows = [];
  for (const setup of SETUPS) {
    await stepsPerSecond(setup); // warms the compiler up
    const rates = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) rates.push(await stepsPerSecond(setup));
    rates.sort((a, b) => a - b);
    rows.push({
      area: "training",
      name: `${setup.layers.join("-")}, batch ${setup.batchSize}`,
      value: rates[REPEATS >> 1],
      unit: "steps/s",
      spread: rates.at(-1) - rates[0],
    });
  }
  return rows;
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
