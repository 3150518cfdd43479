// The page of `npm run accuracy` on wide layers: EI from probabilities of output states, against counts, closed forms, and itself.
import { availableParallelism } from "node:os";
import { dense, effectiveInformation, eiParts } from "@causalscope/core";
import { outputEntropies } from "@causalscope/core/measures";
import { createPool } from "@causalscope/core/workers";
import { apart, found, layer, markdown, spread, unit } from "./accuracy-tables.mjs";

const likelihood = (mechanism, options) =>
  effectiveInformation(mechanism, { bins: 8, seed: 1, ...options, method: "likelihood" });
const counting = (mechanism, options) =>
  effectiveInformation(mechanism, { bins: 8, seed: 7, samples: 100_000_000, ...options, method: "conditional" });

/** The sections by name, each with workers of its own. */
export function wideSections({ quick }) {
  const sections = { agreement, wideClosedForms: closedForms, wideCoverage: coverage, reference, prototype };
  return Object.fromEntries(
    Object.entries(sections).map(([name, section]) => [
      name,
      async () => {
        const pool = createPool();
        try {
          return await section({ quick, pool });
        } finally {
          await pool.close();
        }
      },
    ]),
  );
}

async function agreement({ quick, pool }) {
  const symmetric = { activation: "tanh", inputRange: [-1, 1] };
  const cases = [
    ["4→4 sigmoid ×5, 8 bins", layer(4, 4, { scale: 5 }), 8],
    ["6→6 tanh ×1, 8 bins", layer(6, 6, symmetric), 8],
    ["8→6 sigmoid ×2 with biases, 8 bins", layer(8, 6, { scale: 2, bias: true }), 8],
    ["25→6 sigmoid ×5, 8 bins", layer(25, 6, { scale: 5 }), 8],
    ["30→4 sigmoid ×8, 16 bins", layer(30, 4, { scale: 8 }), 16],
    ["5→5 ReLU ×3 with biases, clamped, 8 bins", relu(5, 5), 8, { outside: "clamp" }],
    ["3→2 tanh ×3, 64 bins", layer(3, 2, { ...symmetric, scale: 3 }), 64],
    ["3→8 sigmoid ×5, 8 bins", layer(3, 8, { scale: 5 }), 8],
    ["2→6 tanh ×2 with biases, 16 bins", layer(2, 6, { ...symmetric, scale: 2, bias: true }), 16],
    ["3→3 identity ×2, some outside and dropped, 8 bins", dropping(), 8],
  ];
  const rows = [];
  for (const [name, mechanism, bins, more] of cases) {
    const options = { bins, tolerance: quick ? 0.1 : 0.05, pool, ...more };
    const counted = await counting(mechanism, { ...options, tolerance: options.tolerance / 3 });
    const estimate = await likelihood(mechanism, options);
    rows.push([
      name,
      found(counted, 3),
      found(estimate, 3),
      apart(estimate, counted.bits, counted.standardError),
      bracketOf(estimate, 2),
    ]);
  }
  return `## Against counting

Layers small enough for output states to be counted. The two methods share the draws of noise and the exact distributions of single outputs,
and nothing else. *Apart* is the difference in combined standard errors.

${markdown(["layer", "EI by counting", "EI by likelihood", "apart", "bracket"], rows)}`;
}

const relu = (inputs, outputs) =>
  layer(inputs, outputs, { scale: 3, activation: "relu", bias: true, outputRange: [0, 2] });
const dropping = () => layer(3, 3, { scale: 2, activation: "identity", inputRange: [-1, 1], outputRange: [-1, 1] });

async function closedForms({ quick, pool }) {
  const rows = [];
  const add = async (name, mechanism, truth, error, tolerance) => {
    const start = performance.now();
    const estimate = await likelihood(mechanism, { tolerance: quick ? 4 * tolerance : tolerance, pool });
    const seconds = (performance.now() - start) / 1000;
    const known = error === 0 ? truth.toFixed(4) : `${truth.toFixed(4)} ± ${error.toFixed(4)}`;
    const value = estimate.standardError === 0 ? `${estimate.bits.toFixed(4)} ± 0` : found(estimate, 3);
    rows.push([name, known, value, apart(estimate, truth, error), bracketOf(estimate, 2), seconds.toFixed(1)]);
  };
  const values = Array.from({ length: 100 }, (_, k) => ((k * 37) % 100) / 20 - 2.5);
  const diagonal = await sumOfEdges(values);
  await add(
    "diagonal 100→100",
    placed(values, (j) => j),
    diagonal,
    0,
    0.2,
  );
  await add(
    "permuted 100→100",
    placed(values, (j) => (7 * j) % 100),
    diagonal,
    0,
    0.2,
  );

  const blocks = Array.from({ length: 20 }, (_, seed) => layer(5, 5, { scale: 5, seed }));
  let [sum, variance] = [0, 0];
  for (const block of blocks) {
    const { bits, standardError } = await counting(block, { tolerance: 0.01, pool });
    sum += bits;
    variance += standardError ** 2;
  }
  await add("twenty 5→5 blocks ×5, 100→100", blockDiagonal(blocks), sum, Math.sqrt(variance), 0.3);

  const twice = Array.from({ length: 20 }, () => twoByTwo(2));
  await add("twenty 2→2 blocks, each output twice, 40→80", blockDiagonal(twice), 20 * 3.132152, 0, 0.1);
  await add("rank one 2→100", rankOne(), 1.251395, 0, 0.02);
  const eye = placed(new Array(64).fill(1), (j) => j, { activation: "identity", outputRange: unit });
  await add("integer-aligned identity 64→64", eye, 192, 0, 0.1);
  const nothing = { data: new Float64Array(900), shape: [30, 30] };
  await add("zero weights 30→30", dense({ weights: nothing, activation: "sigmoid", inputRange: unit }), 0, 0, 0.1);
  return `## Against closed forms at width

8 bins. \`method: "likelihood"\` measures a layer as a whole, where \`"auto"\` would split it into parts that share no weight. The truth is the
sum over these parts, whose EI is exact (edges), the area of a polygon (2→2) or counted (5→5).

${markdown(["layer", "truth", "EI", "apart", "bracket", "s"], rows)}`;
}

/** Two inputs, of which the EI at 8 bins is known as areas of polygons; each output so many times. */
function twoByTwo(copies = 1) {
  const rows = [
    [2, -1],
    [1, 3],
  ];
  const weights = rows.flatMap((row) => new Array(copies).fill(row));
  return dense({ weights, activation: "sigmoid", inputRange: unit });
}

/** Every output a function of x₁ + x₂. */
function rankOne() {
  const weights = { data: new Float64Array(2 * 100).fill(1), shape: [100, 2] };
  return dense({ weights, activation: "sigmoid", inputRange: unit });
}

async function sumOfEdges(weights) {
  let sum = 0;
  for (const w of weights) {
    sum += (await eiParts(dense({ weights: [[w]], activation: "sigmoid", inputRange: unit }), { bins: 8 })).bits;
  }
  return sum;
}

/** One weight for each output, at the input that `column` says. */
function placed(values, column, more = {}) {
  const weights = values.map((w, j) => values.map((_, i) => (i === column(j) ? w : 0)));
  return dense({ weights, activation: "sigmoid", inputRange: unit, ...more });
}

function blockDiagonal(blocks) {
  const inputs = blocks.reduce((sum, block) => sum + block.inputs, 0);
  const weights = [];
  let left = 0;
  for (const block of blocks) {
    for (let j = 0; j < block.outputs; j++) {
      const row = new Array(inputs).fill(0);
      for (let i = 0; i < block.inputs; i++) row[left + i] = block.dense.weights[j * block.inputs + i];
      weights.push(row);
    }
    left += block.inputs;
  }
  return dense({ weights, activation: "sigmoid", inputRange: unit });
}

async function coverage({ quick, pool }) {
  const seeds = quick ? 20 : 100;
  const diagonal = Array.from({ length: 12 }, (_, j) => ((5 * j) % 12) / 2 - 2.75);
  const counted = async (mechanism) => {
    const { bits, standardError } = await counting(mechanism, { tolerance: 0.003, pool });
    return [mechanism, bits, standardError];
  };
  const cases = [
    ["4→4 ×5", ...(await counted(layer(4, 4, { scale: 5 }))), 0.1],
    ["diagonal 12→12", placed(diagonal, (j) => j), await sumOfEdges(diagonal), 0, 0.1],
    ["25→6 ×5", ...(await counted(layer(25, 6, { scale: 5 }))), 0.1],
    ["3→8 ×5", ...(await counted(layer(3, 8, { scale: 5 }))), 0.1],
    ["2→2 [2 −1; 1 3]", twoByTwo(), 3.132152, 0, 0.05],
    ["rank one 2→100", rankOne(), 1.251395, 0, 0.02],
  ];
  const rows = [];
  for (const [name, mechanism, truth, error, tolerance] of cases) {
    let [inside, held, z1, z2, width, errors] = [0, 0, 0, 0, 0, 0];
    for (let seed = 0; seed < seeds; seed++) {
      const estimate = await likelihood(mechanism, { tolerance, seed, pool });
      const { bits, standardError, interval, bracket, bracketError } = estimate;
      const reach = Math.hypot((interval[1] - interval[0]) / 2, 1.96 * error);
      if (Math.abs(bits - truth) <= reach) inside++;
      const [low, high] = bracketError.map((each) => 2 * Math.hypot(each, error));
      if (bracket[0] - low <= truth && truth <= bracket[1] + high) held++;
      const z = (bits - truth) / Math.hypot(standardError, error);
      z1 += z / seeds;
      z2 += (z * z) / seeds;
      width += (bracket[1] - bracket[0]) / seeds;
      errors += standardError / seeds;
    }
    const percent = (count) => `${((100 * count) / seeds).toFixed(1)} %`;
    rows.push([
      name,
      error === 0 ? `${truth.toFixed(4)} (exact)` : `${truth.toFixed(4)} ± ${error.toFixed(4)}`,
      percent(inside),
      percent(held),
      z1.toFixed(2),
      Math.sqrt(z2).toFixed(2),
      errors.toFixed(3),
      width.toFixed(3),
    ]);
  }
  const doubt = (196 * Math.sqrt(0.0475 / seeds)).toFixed(1);
  return `## Coverage

${seeds} seeds per layer, 8 bins. The columns are how often the 95 % interval contains the truth (${seeds} runs determine this to about ±${doubt} %);
how often the bracket does, extended by two standard errors at each end (goal: at least 95 %); mean and root mean square of
z = (estimate − truth) / standard error; the mean standard error; and the mean width of the bracket.

${markdown(["layer", "truth", "interval", "bracket ± 2 errors", "mean z", "rms z", "error", "width"], rows)}`;
}

async function reference({ quick, pool }) {
  const sizes = [
    [30, 30, 0.1],
    [100, 30, 0.1],
    [784, 100, 0.3],
    [100, 100, 0.5],
  ];
  const rows = [];
  for (const [inputs, outputs, tolerance] of quick ? sizes.slice(0, 2) : sizes) {
    for (const bins of [8, 64]) {
      for (const scale of [1, 5]) {
        const start = performance.now();
        const estimate = await likelihood(layer(inputs, outputs, { scale }), { bins, tolerance, pool });
        const seconds = (performance.now() - start) / 1000;
        const { evidence, bounds } = estimate;
        rows.push([
          `${inputs}→${outputs} ×${scale}, ${bins} bins`,
          found(estimate, 2),
          bracketOf(estimate, 1),
          `[${bounds.map((end) => end.toFixed(1)).join(", ")}]`,
          `${evidence.routes.output}, ${evidence.routes.cell}`,
          evidence.effectiveSamples.toFixed(0),
          evidence.guarded,
          seconds.toFixed(1),
        ]);
      }
    }
  }
  return `## Layers of tens and hundreds of units

Initial weights of seed 1, sigmoid on (0, 1). The tolerance is 0.1 bit, for 784→100 0.3 bit and for 100→100 0.5 bit, as far as the default
number of samples allows; ${availableParallelism()} workers. *Bracket*: its ends with their standard errors. *Bounds*: proved. *Routes*: the methods for H(Ŷ) and
E H(Ŷ | cell).

${markdown(["layer", "EI", "bracket", "bounds", "routes", "effective samples", "guarded", "s"], rows)}`;
}

/** What a prototype of this method in plain JavaScript found at 8 bins, EI and Σ H(ŷ_j): one draw of weights each, not kept. */
const PROTOTYPE = [
  { inputs: 30, outputs: 30, scale: 1, ei: 19.41, most: 26.0 },
  { inputs: 30, outputs: 30, scale: 5, ei: 44.68, most: 67.7 },
  { inputs: 100, outputs: 30, scale: 1, ei: 20.85, most: 25.0 },
  { inputs: 100, outputs: 30, scale: 5, ei: 50.3, most: 63.6 },
];

async function prototype({ pool }) {
  const draws = 4;
  const rows = [];
  for (const { inputs, outputs, scale, ei, most } of PROTOTYPE) {
    const [values, sums] = [[], []];
    for (let seed = 0; seed < draws; seed++) {
      const mechanism = layer(inputs, outputs, { scale, seed });
      values.push((await likelihood(mechanism, { tolerance: 0.2, pool })).bits);
      sums.push((await outputEntropies(mechanism, { bins: 8 })).reduce((sum, { bits }) => sum + bits, 0));
    }
    const shares = values.map((value, k) => value / sums[k]);
    const columns = [spread(values, ei), spread(sums, most), spread(shares, ei / most)];
    rows.push([`${inputs}→${outputs} ×${scale}`, ...columns.flat()]);
  }
  const head = ["EI", "Σ H(ŷ_j)", "their ratio"].flatMap((name) => [`${name}, prototype`, "ours", "z"]);
  return `## Against a JavaScript prototype

A prototype in plain JavaScript measured one draw of weights per row; the weights were not kept. Ours are ${draws} draws of weights from the same
distribution, 8 bins, as mean ± standard deviation over the draws. z is the distance of the prototype's value from the mean, in standard
deviations. EI depends on the entropies of the single outputs, which vary with the weights, so the ratio of the two says more than EI.

${markdown(["layer", ...head], rows)}`;
}

/** Ends of the bracket with their standard errors. */
function bracketOf({ bracket, bracketError }, digits) {
  if (bracket === undefined) return "";
  const ends = bracket.map((end, k) => {
    const error = bracketError?.[k] ?? 0;
    return error === 0 ? end.toFixed(digits) : `${end.toFixed(digits)} ± ${error.toFixed(digits)}`;
  });
  return `[${ends.join(", ")}]`;
}
