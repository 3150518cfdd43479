/**
 * Coverage: is the standard error of EI true, at any tolerance, with and without outputs outside the range?
 *
 *   npm run proof -- coverage             24 layers × 4 tolerances × 200 seeds: an hour and more of one core
 *   node proof/coverage.proof.mjs --quick 5 minutes: 24 layers × 2 tolerances × 20 seeds, judged more loosely
 *   … --update                            writes docs/coverage.md
 *   … --shard 0/2 --out file              half of the layers, its runs kept; --from a,b reads them instead of measuring
 *
 * Ends with status 0 where in every pool (by tolerance, and by the share outside) 93 to 97 % of the 95 % intervals hold the truth and z = (EI −
 * truth) / standard error has a root mean square of 0.9 to 1.1, no layer is below 90 %, and the error falls as 1/√N. The seeds are fixed
 * beforehand; truths are those of coverage/truth.json, by coverage/truth.mjs.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { dense, effectiveInformation } from "@causalscope/core";
import { layers } from "./coverage/layers.mjs";

const truths = JSON.parse(readFileSync(new URL("coverage/truth.json", import.meta.url), "utf8"));
const { values: flags } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    update: { type: "boolean", default: false },
    shard: { type: "string", default: "0/1" },
    out: { type: "string" },
    from: { type: "string" },
  },
});
const tolerances = flags.quick ? [0.1, 0.02] : [0.1, 0.05, 0.02, 0.01];
const seeds = flags.quick ? 20 : 200;
const FIRST_SEED = 700_000;
const FALL = [0.005, 0.002, 0.001];
const FALL_SEEDS = 4;

const mechanismOf = ({ weights, bias, activation, inputRange, outputRange }) =>
  dense({ weights, bias, activation, inputRange, outputRange });

async function measured() {
  const runs = [];
  const [part, parts] = flags.shard.split("/").map(Number);
  for (const [index, layer] of layers.entries()) {
    if (index % parts !== part) continue;
    const mechanism = mechanismOf(layer);
    for (const tolerance of tolerances) {
      for (let k = 0; k < seeds; k++) {
        const { bits, standardError, interval, samples, outside } = await effectiveInformation(mechanism, {
          bins: layer.bins,
          outside: layer.outside,
          tolerance,
          seed: FIRST_SEED + k,
        });
        runs.push({ index, tolerance, bits, standardError, interval, samples, outside });
      }
    }
    if (flags.out !== undefined) writeFileSync(flags.out, JSON.stringify(runs));
    console.error(layer.name);
  }
  return runs;
}

/** With the truth's own error in quadrature in z; the interval is taken as it is. */
function statistics(runs) {
  let [held, z, squares, samples] = [0, 0, 0, 0];
  for (const { index, bits, standardError, interval, samples: drawn } of runs) {
    const truth = truths[layers[index].name];
    const each = (bits - truth.bits) / Math.hypot(standardError, truth.standardError);
    held += interval[0] <= truth.bits && truth.bits <= interval[1] ? 1 : 0;
    z += each;
    squares += each ** 2;
    samples += drawn;
  }
  const n = runs.length;
  return { n, coverage: held / n, mean: z / n, rms: Math.sqrt(squares / n), samples: samples / n };
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const row = (cells) => `| ${cells.join(" | ")} |`;
const table = (head, rows) => [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
const said = ({ n, coverage, mean, rms }) => [`${n}`, percent(coverage), mean.toFixed(2), rms.toFixed(2)];

const runs =
  flags.from === undefined
    ? await measured()
    : flags.from.split(",").flatMap((file) => JSON.parse(readFileSync(file, "utf8")));
const failures = [];
// 480 runs tell a coverage of 95 % to ± 2 %.
const [least, most, loose] = flags.quick ? [0.91, 0.99, 0.15] : [0.93, 0.97, 0.1];
const pools = [
  ...tolerances.map((tolerance) => [`tolerance ${tolerance}`, runs.filter((run) => run.tolerance === tolerance)]),
  ["nothing outside", runs.filter(({ index }) => index < 8)],
  ["10 to 50 % outside", runs.filter(({ index }) => index >= 8 && index < 16)],
  ["50 to 99 % outside", runs.filter(({ index }) => index >= 16)],
].map(([name, of]) => [name, statistics(of)]);
for (const [name, { coverage, rms }] of pools) {
  if (coverage < least || coverage > most) failures.push(`${name}: coverage ${percent(coverage)}`);
  if (Math.abs(rms - 1) > loose) failures.push(`${name}: rms z ${rms.toFixed(2)}`);
}
const perLayer = [...layers.keys()].flatMap((index) => {
  const own = runs.filter((run) => run.index === index);
  if (own.length === 0) return [];
  const { bits, standardError, outside } = truths[layers[index].name];
  const all = statistics(own);
  if (all.coverage < (flags.quick ? 0.8 : 0.9))
    failures.push(`${layers[index].name}: coverage ${percent(all.coverage)}`);
  return [
    [layers[index].name, `${bits.toFixed(4)} ± ${standardError.toFixed(4)}`, percent(outside), ...said(all).slice(1)],
  ];
});

/** Mean se · √(mean N) of a layer, over a few seeds, at tolerances that differ by factors: beyond the first looks it should stay the same. */
async function fall() {
  const found = [];
  for (const [index, layer] of layers.entries()) {
    if (flags.quick && index % 6 !== 2) continue;
    const mechanism = mechanismOf(layer);
    const products = [];
    for (const tolerance of FALL) {
      let [error, samples] = [0, 0];
      for (let seed = 0; seed < FALL_SEEDS; seed++) {
        const options = { bins: layer.bins, outside: layer.outside, tolerance, samples: 1e9, seed };
        const run = await effectiveInformation(mechanism, options);
        error += run.standardError / FALL_SEEDS;
        samples += run.samples / FALL_SEEDS;
      }
      products.push(error * Math.sqrt(samples));
    }
    found.push([layer.name, ...products.map((value) => (value / products[0]).toFixed(2))]);
  }
  return found;
}

/** Writes the page on coverage. */
function update(page) {
  if (flags.update) writeFileSync(new URL("../docs/coverage.md", import.meta.url), `${page}\n`);
}

const text = `# Coverage: is the standard error correct?

This page shows how often the 95 % interval of EI contains the truth. Made by \`npm run proof -- coverage\`.

There are ${layers.length} layers, ${tolerances.length} tolerances and ${seeds} seeds, fixed beforehand. The tables give the fraction of intervals that contain the truth, and the
mean and root mean square of z = (estimate − truth) / standard error. Of the layers in \`proof/coverage/layers.mjs\`, eight have no outputs
outside the output range, eight have 10 to 50 %, and eight have 50 to 99 %. The truth is found by brute force in every cell of the inputs,
by a program that shares no code with the library (\`proof/coverage/truth.mjs\`).

${table(
  ["pool", "runs", "coverage", "mean z", "rms z"],
  pools.map(([name, of]) => [name, ...said(of)]),
)}

${table(["layer", "truth (bits)", "outside", "coverage", "mean z", "rms z"], perLayer)}`;
console.log(text);
update(text);
const falls = flags.shard === "0/1" ? await fall() : [];
const ofFall =
  falls.length === 0
    ? ""
    : `### Does the error fall as 1/√N?

Standard error · √(samples) at ever smaller tolerances, means over ${FALL_SEEDS} seeds, over that at ${FALL[0]}.

${table(["layer", ...FALL.map(String)], falls)}`;
console.log(`\n${ofFall}`);
if (ofFall !== "") update(`${text}\n\n${ofFall.trimEnd()}`);
for (const [name, ...values] of falls) {
  // Less is no fault: the first looks, and doubt about unseen states, fall faster.
  if (values.some((value) => value > 1.15)) failures.push(`${name}: se · √N ${values.join(", ")}`);
}
for (const failure of failures) console.error(`FAILED ${failure}`);
process.exit(failures.length === 0 ? 0 : 1);
