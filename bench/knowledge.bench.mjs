// What neurons know, what breaks without them, and the information plane, at the sizes of the published networks.
import { createNetwork, dataset, layerInformation, neuronInformation } from "@causalscope/core";
import { cumulativeAblation, unitScores } from "@causalscope/core/ablation";

/** Images whose first pixels tell the class: enough for neurons that know something. */
function images(rows, name) {
  const inputs = new Float64Array(rows * 784);
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 10);
  let state = 1;
  for (let k = 0; k < inputs.length; k++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    inputs[k] = (state / 2 ** 32) * (k % 784 === labels[Math.floor(k / 784)] ? 20 : 1);
  }
  return dataset({ name, inputs: { data: inputs, shape: [rows, 784] }, labels });
}

async function seconds(run) {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

export async function bench() {
  const network = createNetwork({
    layers: [784, 100, 100, 10],
    activation: ["relu", "relu", "softmax"],
    initializer: "he",
    seed: 0,
  });
  const many = images(60_000, "60,000 images");
  const neurons = await seconds(() => neuronInformation(network, many, { bootstrap: 200 }));
  const shuffled = await seconds(() => neuronInformation(network, many, { permutations: 100 }));
  const some = images(10_000, "10,000 images");
  const scores = await unitScores(network, some, ["information", "information8", "weight-spread"]);
  let evaluations = 0;
  const ablated = (more) =>
    seconds(async () => {
      evaluations = (await cumulativeAblation(network, some, some, { scores, ...more })).layerEvaluations;
    });
  const upper = await ablated({ scope: 1 });
  const counted = evaluations;
  const lower = await ablated({ scope: 0 });
  const resampled = await ablated({ scope: 1, bootstrap: 200 });
  const patterns = dataset({
    name: "12 bits",
    inputs: Array.from({ length: 4096 }, (_, row) => Array.from({ length: 12 }, (_, bit) => (row >> bit) & 1)),
    labels: Array.from({ length: 4096 }, (_, row) => row & 1),
  });
  const small = createNetwork({
    layers: [12, 10, 7, 5, 4, 3, 2],
    activation: ["tanh", "tanh", "tanh", "tanh", "tanh", "softmax"],
    seed: 0,
  });
  const reading = { kind: "bins", quantizer: { kind: "fixed", bins: 30, range: [-1, 1] } };
  const plane = await seconds(async () => {
    for (let checkpoint = 0; checkpoint < 400; checkpoint++) await layerInformation(small, patterns, reading);
  });
  const pairs = await seconds(() => layerInformation(small, patterns, { kind: "pairwise", variance: 1e-3 }));
  const noisy = await seconds(() => layerInformation(small, patterns, { kind: "noisy", beta: 0.01 }));
  const area = "knowledge";
  return [
    { area, name: "210 neurons, 60,000 examples, bootstrap 200", value: neurons, unit: "s", bar: "< 10" },
    { area, name: "neurons by 100 shuffles of the labels", value: shuffled, unit: "s", bar: "" },
    { area, name: "ablation of 100 units, 10,000 examples, 26 orders", value: upper, unit: "s", bar: "< 30" },
    { area, name: "layers computed anew in it", value: counted, unit: "", bar: "1,000 steps" },
    { area, name: "the same of the layer below, two layers anew", value: lower, unit: "s", bar: "< 30" },
    { area, name: "the first with 200 resamples of the examples", value: resampled, unit: "s", bar: "" },
    { area, name: "information plane, 12-…-2, 400 checkpoints, bins", value: plane, unit: "s", bar: "< 60" },
    { area, name: "the same by pairs, one checkpoint", value: pairs, unit: "s", bar: "" },
    { area, name: "the same with noise in the network, one checkpoint", value: noisy, unit: "s", bar: "" },
  ];
}
