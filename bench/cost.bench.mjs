// What is said of a measurement's time before it is begun, against the computing time that it takes: 20 shapes, and studies on embedded data.

import { createNetwork, dense, estimateCost } from "@causalscope/core";
import { measureSome } from "@causalscope/core/measures";
import { chain } from "@causalscope/core/models";
import { Random } from "../packages/core/dist/information/random.js";
import { programMechanism } from "../packages/core/dist/model/mechanism.js";
import { studyCost } from "../packages/runs/dist/study-cost.js";
import { studyOptions } from "../packages/runs/dist/study-options.js";
import { study as studyNamed } from "../packages/studies/dist/index.js";

/** Widest that a range may be, and farthest that a time may lie outside it, as factors. */
const [WIDEST, FARTHEST] = [4, 4];
const SHARE = 0.9;

export async function bench() {
  const rows = [];
  for (const [name, make, options] of shapes()) {
    const mechanism = make();
    const said = (await estimateCost(mechanism, options)).seconds;
    // Once said, nothing is kept with the mechanism: it is made anew.
    rows.push(rowOf(name, said, await computing(() => measureSome(make(), options))));
  }
  for (const [name, options] of STUDIES) {
    const study = await studyNamed(name);
    const asked = studyOptions(study, options);
    const { seconds: said } = await studyCost(study, asked);
    const time = await computing(async () => {
      for (const part of study.parts(asked)) for await (const _ of study.run(part, {}));
    });
    rows.push(rowOf(`study ${name}, ${JSON.stringify(options).replaceAll('"', "")}`, said, time));
  }
  return [...rows, ...summaryOf(rows)];
}

function rowOf(name, [low, high], value) {
  const miss = Math.max(low / value, value / high);
  const range = `${low.toPrecision(2)}–${high.toPrecision(2)} s`;
  return { area: "cost", name, value, unit: "s", bar: range, holds: miss <= 1, miss, width: high / low };
}

function summaryOf(rows) {
  const within = rows.filter(({ holds }) => holds).length / rows.length;
  const widest = rows.reduce((most, { width }) => Math.max(most, width), 0);
  const farthest = rows.reduce((most, { miss }) => Math.max(most, miss), 0);
  const row = (name, value, unit, bar, holds) => ({ area: "cost", name, value, unit, bar, holds });
  return [
    row("within the range that was said", 100 * within, "%", `≥ ${100 * SHARE}`, within >= SHARE),
    row("widest range", widest, "×", `≤ ${WIDEST}`, widest <= WIDEST + 1e-9),
    row("farthest outside its range", farthest, "×", `≤ ${FARTHEST}`, farthest <= FARTHEST),
  ];
}

/** Seconds of all threads: what else the machine does is not counted. */
async function computing(work) {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

function shapes() {
  const of = (inputs, outputs, activation, scale, options, given) => [
    `${inputs}→${outputs} ${activation} ×${scale}, ${options.bins} bins${words(options)}`,
    () => layer(inputs, outputs, activation, scale, given),
    options,
  ];
  return [
    of(2, 2, "sigmoid", 1, { bins: 8 }),
    of(4, 3, "tanh", 5, { bins: 8, tolerance: 0.002 }),
    of(5, 5, "sigmoid", 5, { bins: 8 }),
    of(6, 6, "sigmoid", 1, { bins: 64 }),
    of(8, 4, "relu", 5, { bins: 8 }, { outputRange: [0, 1] }),
    of(8, 4, "tanh", 1, { bins: 64 }),
    of(10, 7, "tanh", 5, { bins: 8 }),
    of(25, 6, "sigmoid", 5, { bins: 8, tolerance: 0.005 }),
    of(25, 6, "tanh", 1, { bins: 8, outside: "clamp" }, { outputRange: [-0.5, 0.5] }),
    of(16, 10, "relu", 5, { bins: 8, tolerance: 0.05 }),
    of(64, 10, "sigmoid", 1, { bins: 8 }),
    of(300, 100, "relu", 1, { bins: 64, measures: ["eiParts", "sensitivity"] }),
    of(16, 16, "sigmoid", 1, { bins: 64, tolerance: 0.1 }),
    of(64, 32, "sigmoid", 1, { bins: 8, tolerance: 0.1 }),
    of(32, 64, "tanh", 1, { bins: 8, tolerance: 0.3 }),
    of(784, 100, "sigmoid", 1, { bins: 8, tolerance: 0.5 }),
    ["chain 4→5→3, 8 bins", () => chained([4, 5, 3], "sigmoid"), { bins: 8 }],
    ["chain 9→6→4 tanh, 8 bins, 0.03", () => chained([9, 6, 4], "tanh"), { bins: 8, tolerance: 0.03 }],
    ["softmax 6→4, 8 bins", () => softmax(6, 4), { bins: 8 }],
    ["convolution 3×3 of 4×4, pooled, 8 bins, 0.05", () => convolution(), { bins: 8, tolerance: 0.05 }],
  ];
}

const STUDIES = [
  ["iris", { epochs: 400, seeds: [0] }],
  ["mnist", { epochs: 60, seeds: [0] }],
  ["edge", {}],
  ["surface", { points: 30 }],
  ["ablation", { seeds: [0], epochs: 10, net: [30], bootstrap: 100 }],
];

function words({ tolerance, outside, measures }) {
  return [tolerance && `± ${tolerance}`, outside, measures?.join(" and ")]
    .filter(Boolean)
    .map((each) => `, ${each}`)
    .join("");
}

function layer(inputs, outputs, activation, scale, given = {}) {
  const { weights } = createNetwork({ layers: [inputs, outputs], activation: "sigmoid", bias: false, seed: 1 }).chain
    .layers[0];
  return dense({
    weights: { data: weights.map((weight) => weight * scale), shape: [outputs, inputs] },
    activation,
    inputRange: activation === "tanh" ? [-1, 1] : [0, 1],
    ...given,
  });
}

function chained(layers, activation) {
  const network = createNetwork({ layers, activation, seed: 1, inputRange: [0, 1] });
  return chain(network, { from: 0, to: layers.length - 2 });
}

function softmax(inputs, outputs) {
  const activations = ["softmax"];
  const network = createNetwork({ layers: [inputs, outputs], activation: activations[0], seed: 1 });
  return chain(network, { from: 0, to: 0, inputRange: [0, 1] });
}

/** Two channels of 3 × 3 weights at the four places of a 4 × 4 image, ReLU, the greatest of each. */
function convolution() {
  const [size, window, channels] = [4, 3, 2];
  const places = (size - window + 1) ** 2;
  const lists = (all) => ({
    starts: Int32Array.from([0, ...all.map((_, k) => (k + 1) * all[0].length)]),
    positions: Int32Array.from(all.flat()),
  });
  const weights = new Float64Array(channels * window ** 2);
  new Random(1).fill(weights, -0.6, 0.6);
  const terms = [];
  const coefficients = [];
  for (let channel = 0; channel < channels; channel++) {
    for (let place = 0; place < places; place++) {
      const [row, column] = [place >> 1, place & 1];
      const under = Array.from(
        { length: window ** 2 },
        (_, k) => (row + Math.floor(k / window)) * size + column + (k % window),
      );
      terms.push(under);
      for (let k = 0; k < under.length; k++) coefficients.push(weights[channel * window ** 2 + k]);
    }
  }
  const [first, second] = [size ** 2, size ** 2 + channels * places];
  const upTo = (from, count) => Array.from({ length: count }, (_, k) => from + k);
  const among = upTo(0, channels).map((channel) => upTo(second + channel * places, places));
  const program = {
    inputs: size ** 2,
    outputs: channels,
    steps: [
      {
        kind: "affine",
        terms: lists(terms),
        coefficients: Float64Array.from(coefficients),
        shift: new Float64Array(channels * places),
      },
      { kind: "activation", activation: "relu", of: Int32Array.from(upTo(first, channels * places)) },
      { kind: "maximum", among: lists(among) },
    ],
    results: Int32Array.from(upTo(second + channels * places, channels)),
  };
  return programMechanism({
    name: "convolution",
    program,
    activation: "relu",
    inputRange: [0, 1],
    outputRange: [0, 2],
  });
}
