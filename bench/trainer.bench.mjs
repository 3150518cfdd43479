// Optimiser steps per second of the trainer. Data and weights are seeded; only the clock is not.
import { createNetwork, dataset, train } from "@causalscope/core";
import { inTurn, ratios, summary, withKernels } from "./measure.mjs";

const SETUPS = [
  { layers: [25, 6, 6, 6, 5], activation: "sigmoid", bias: false, batchSize: 50, steps: 8000, bar: "≥ 30,000" },
  { layers: [4, 5, 5, 3], activation: "sigmoid", bias: false, batchSize: 10, steps: 40000, bar: "" },
  {
    layers: [784, 100, 100, 10],
    activation: ["relu", "relu", "softmax"],
    bias: true,
    batchSize: 128,
    steps: 40,
    bar: "≥ 150",
  },
];

export async function bench() {
  const rows = [];
  for (const { bar, ...setup } of SETUPS) {
    const rate = (path) => () => withKernels(path, () => stepsPerSecond(setup));
    const { compiled, plain } = await inTurn({ compiled: rate("wasm"), plain: rate("typescript") }, 7);
    rows.push({
      area: "training",
      name: `${setup.layers.join("-")}, batch ${setup.batchSize}`,
      unit: "steps/s",
      bar,
      ...summary(compiled),
      against: { name: "plain TypeScript", value: summary(plain).value, ratio: ratios(compiled, plain).value },
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
