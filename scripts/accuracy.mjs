// `npm run accuracy`: compares values with what is known otherwise, and writes docs/accuracy.md and docs/accuracy-wide.md. About half an
// hour; with --quick a fraction of it, printed and not written. Names of sections make only these; with --update they replace those in
// the pages.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { dense, effectiveInformation, eiParts, eiPartsMatrix, sensitivity } from "@causalscope/core";
import { apart, found, layer, markdown, spread, unit } from "./accuracy-tables.mjs";
import { wideSections } from "./accuracy-wide.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const quick = process.argv.includes("--quick");
const recordedIn = (file) => JSON.parse(readFileSync(`${root}packages/core/test/reference/fixtures/${file}`, "utf8"));

async function exactEngine() {
  const cases = JSON.parse(readFileSync(`${root}packages/core/test/reference/fixtures/exact.json`, "utf8"));
  let worst = 0;
  let pairs = 0;
  for (const { weights, bias, bits, bins, outside, ...rest } of cases) {
    const matrix = await eiPartsMatrix(dense({ weights: [weights], bias: [bias], ...rest }), { bins, outside });
    for (const [i, truth] of bits.entries()) worst = Math.max(worst, Math.abs(matrix.bits[i] - Number(truth)));
    pairs += bits.length;
  }
  return `## The exact engine against 50-digit arithmetic

${cases.length} layers chosen to be hard (weights of 1e-12 next to 1e3, equal weights, thresholds at the edge of the support, saturated and
dead units), with ${pairs} pairs. Stated error: 1e-9 bit per pair. **Largest error observed: ${worst.toExponential(1)} bit.**`;
}

async function closedForms() {
  const rows = [];
  const add = async (name, mechanism, options, truth) => {
    const estimate = await effectiveInformation(mechanism, { seed: 1, tolerance: 0.01, ...options });
    rows.push([name, truth.toFixed(6), found(estimate), apart(estimate, truth)]);
  };
  const edge = async (w, bins, activation = "sigmoid", range = unit) =>
    (await eiParts(dense({ weights: [[w]], activation, inputRange: range }), { bins })).bits;
  const polygons = [
    [
      "sigmoid [2 −1; 1 3], 8 bins",
      {
        weights: [
          [2, -1],
          [1, 3],
        ],
        activation: "sigmoid",
        inputRange: unit,
      },
      8,
      3.132152,
    ],
    [
      "the same, 16 bins",
      {
        weights: [
          [2, -1],
          [1, 3],
        ],
        activation: "sigmoid",
        inputRange: unit,
      },
      16,
      4.960529,
    ],
    [
      "the same, bias ½, −¼, 8 bins",
      {
        weights: [
          [2, -1],
          [1, 3],
        ],
        bias: [0.5, -0.25],
        activation: "sigmoid",
        inputRange: unit,
      },
      8,
      3.17949,
    ],
    [
      "sigmoid [5 −4; 3 6], 16 bins",
      {
        weights: [
          [5, -4],
          [3, 6],
        ],
        activation: "sigmoid",
        inputRange: unit,
      },
      16,
      4.102201,
    ],
    [
      "tanh [1.3 −0.7; 0.4 2.1], 16 bins",
      {
        weights: [
          [1.3, -0.7],
          [0.4, 2.1],
        ],
        activation: "tanh",
        inputRange: [-1, 1],
      },
      16,
      6.098863,
    ],
    [
      "ReLU [0.8 0.3; −0.5 0.9], 16 bins",
      {
        weights: [
          [0.8, 0.3],
          [-0.5, 0.9],
        ],
        activation: "relu",
        inputRange: [0, 10],
      },
      16,
      5.82516,
    ],
    [
      "four sigmoid units of two inputs, 16 bins",
      {
        weights: [
          [2, -1],
          [1, 3],
          [-2, 2],
          [4, 1],
        ],
        bias: [0, 0, 0, -2],
        activation: "sigmoid",
        inputRange: unit,
      },
      16,
      6.323741,
    ],
  ];
  for (const [name, spec, bins, truth] of polygons) await add(name, dense(spec), { bins, outside: "clamp" }, truth);

  const values = Array.from({ length: 100 }, (_, k) => ((k * 37) % 100) / 20 - 2.5);
  let sum = 0;
  for (const w of values) sum += await edge(w, 8);
  const place = (column) => values.map((w, j) => values.map((_, i) => (i === column(j) ? w : 0)));
  await add(
    "diagonal 100→100, 8 bins",
    dense({ weights: place((j) => j), activation: "sigmoid", inputRange: unit }),
    { bins: 8 },
    sum,
  );
  await add(
    "permuted 100→100, 8 bins",
    dense({ weights: place((j) => (7 * j) % 100), activation: "sigmoid", inputRange: unit }),
    { bins: 8 },
    sum,
  );
  const block = [
    [2, -1],
    [1, 3],
  ];
  const blocks = Array.from({ length: 100 }, (_, j) =>
    Array.from({ length: 100 }, (_, i) => (i >> 1 === j >> 1 ? block[j & 1][i & 1] : 0)),
  );
  await add(
    "fifty 2→2 blocks, 100→100, 8 bins",
    dense({ weights: blocks, activation: "sigmoid", inputRange: unit }),
    { bins: 8, tolerance: 0.05 },
    50 * 3.132152,
  );
  await add(
    "duplicated outputs 2→4, 8 bins",
    dense({ weights: [...block, ...block], activation: "sigmoid", inputRange: unit }),
    { bins: 8 },
    3.132152,
  );
  // Rank one: every output a function of x₁ + x₂; equal rows say it once.
  const ones = Array.from({ length: 100 }, () => [1, 1]);
  await add(
    "rank one 2→100, 8 bins",
    dense({ weights: ones, activation: "sigmoid", inputRange: unit }),
    { bins: 8 },
    1.251395,
  );
  await add(
    "zero weights 30→30",
    dense({ weights: { data: new Float64Array(900), shape: [30, 30] }, activation: "tanh" }),
    { bins: 8 },
    0,
  );
  return `## EI against closed forms

The truth is the area of clipped polygons (two inputs), or a sum over edges or blocks. The last column is the difference in standard errors
(for exact values, in bits).

${markdown(["layer", "truth (bits)", "EI (bits)", "apart"], rows)}`;
}

async function recorded() {
  const rows = [];
  const truth = recordedIn("truth.json");
  for (const each of truth.layers) {
    const { weights, bias, activation, inputRange, outputRange } = each;
    const mechanism = dense({ weights, bias, activation, inputRange, outputRange });
    const { bins, outside } = each;
    const parts = (await eiParts(mechanism, { bins, outside })).bits - each.eiParts;
    const single = (await sensitivity(mechanism, { bins, outside })).bits - each.sensitivity;
    const ei =
      each.ei === null
        ? undefined
        : await effectiveInformation(mechanism, { bins: each.bins, seed: 1, tolerance: 0.005 });
    rows.push([
      `${each.net} ${each.layer}, ${each.bins} bins`,
      parts.toExponential(1),
      single.toExponential(1),
      ei === undefined ? "not recorded" : `${each.ei} ± ${each.eiStandardError}`,
      ei === undefined ? "" : found(ei),
      ei === undefined ? "" : apart(ei, each.ei, each.eiStandardError),
    ]);
  }
  const peer = recordedIn("peer-cases.json");
  const nested = [];
  for (const each of peer.cases) {
    if (each.kind !== "layer" || each.nestedEi === null || each.nestedEi === undefined) continue;
    const [{ weights, bias, activation }] = each.layers;
    const round = (list) => list.map(Math.fround);
    const mechanism = dense({
      weights: weights.map(round),
      bias: bias === null ? null : round(bias),
      activation,
      inputRange: each.inRange,
      outputRange: each.outRange,
    });
    const ei = await effectiveInformation(mechanism, {
      bins: { input: each.inBins, output: each.outBins },
      seed: 1,
      tolerance: 0.01,
    });
    const { value, stdError } = each.nestedEi;
    nested.push([each.id, `${value.toFixed(4)} ± ${stdError.toFixed(4)}`, found(ei), apart(ei, value, stdError)]);
  }
  return `## Recorded values of other programs

Layers of trained networks. EI_parts and sensitivity are differences from an independent Fourier program, which rounds to 1e-6; EI is
compared with brute force.

${markdown(["layer", "EI_parts − recorded", "sensitivity − recorded", "EI recorded", "EI", "apart"], rows)}

The test layers of the reference implementation, compared with nested sampling on its own bins, which are wider than ours by 1e-4 of the
range.

${markdown(["layer", "EI recorded", "EI", "apart"], nested)}`;
}

/** EI and EI_parts at 10⁷ samples as published with the reference implementation; one draw of weights each, not kept. */
const PUBLISHED = {
  1: { 2: [1.1027, 0.8936], 3: [2.1233, 1.4854], 4: [1.9766, 1.3389], 5: [3.4487, 2.4228], 6: [3.6067, 2.3794] },
  5: { 2: [2.3228, 2.178], 3: [4.7048, 2.6477], 4: [5.213, 3.618], 5: [6.9799, 3.2781], 6: [7.8024, 4.0305] },
};

async function convergence() {
  const rows = [];
  const draws = quick ? 5 : 20;
  for (const scale of [1, 5]) {
    for (const width of [2, 3, 4, 5, 6]) {
      const eis = [];
      const parts = [];
      for (let seed = 0; seed < draws; seed++) {
        const mechanism = layer(width, width, { scale, seed });
        eis.push((await effectiveInformation(mechanism, { bins: 8, seed, samples: 100_000 })).bits);
        parts.push((await eiParts(mechanism, { bins: 8 })).bits);
      }
      const [ei, part] = PUBLISHED[scale][width];
      rows.push([`${width}→${width} ×${scale}`, ...spread(eis, ei), ...spread(parts, part)]);
    }
  }
  return `## The published convergence tables

Each published value comes from one draw of weights at 10⁷ samples; the weights were not published. Ours are ${draws} draws of weights from the
same distribution, with EI at 10⁵ samples and exact EI_parts, as mean ± standard deviation over the draws. z is the distance of the
published value from the mean, in standard deviations. The two agree as distributions if |z| is around 1 and seldom exceeds 2.

${markdown(["layer", "EI published", "EI ours", "z", "EI_parts published", "EI_parts ours", "z"], rows)}`;
}

const INTRODUCTIONS = {
  "accuracy.md": `# Accuracy

This page compares values of Causalscope with values known otherwise. [Coverage](coverage.md) tests the standard errors, and
[accuracy of wide layers](accuracy-wide.md) the likelihood method.`,
  "accuracy-wide.md": `# Accuracy of wide layers

This page compares EI by \`method: "likelihood"\` with counting, with closed forms and with a prototype. \`"auto"\` uses this method where
output states do not repeat; [wide layers](wide-layers.md) explains it. Weights U(±k/√n) are written ×k.`,
};
const pages = {
  "accuracy.md": { exactEngine, closedForms, recorded, convergence },
  "accuracy-wide.md": wideSections({ quick }),
};

const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));
for (const [name, sections] of Object.entries(pages)) {
  const made = [];
  for (const [title, section] of Object.entries(sections)) {
    if (wanted.length > 0 && !wanted.includes(title)) continue;
    process.stderr.write(`${title} …\n`);
    made.push(await section());
  }
  if (made.length > 0) publish(name, made);
}

/** Prints sections, puts them into their page in place of those of the same headings, or writes the page. */
function publish(name, sections) {
  const file = `${root}docs/${name}`;
  const page = `${INTRODUCTIONS[name]}

Made by \`npm run accuracy\`; do not edit. Causalscope ${version}, Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}.

${sections.join("\n\n")}
`;
  if (process.argv.includes("--update")) {
    let text = readFileSync(file, "utf8");
    for (const section of sections) {
      const heading = section.slice(0, section.indexOf("\n"));
      const from = text.indexOf(`${heading}\n`);
      const next = from < 0 ? -1 : text.indexOf("\n## ", from);
      const [before, after] =
        from < 0 ? [`${text.trimEnd()}\n\n`, ""] : [text.slice(0, from), next < 0 ? "" : text.slice(next)];
      text = `${before}${section}\n${after}`;
    }
    writeFileSync(file, text);
  } else if (quick || wanted.length > 0) process.stdout.write(page);
  else {
    writeFileSync(file, page);
    process.stderr.write(`wrote docs/${name}\n`);
  }
}
