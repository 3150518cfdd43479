// Joint histograms of every pair of a layer, 30→30 at 64 bins: against plain TypeScript, native C, and by two workers against one.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eiParts } from "@causalscope/core";
import { createPool } from "@causalscope/core/workers";
import { streamKey } from "../packages/core/dist/information/random.js";
import { createPairCounter } from "../packages/core/dist/kernels/pair-counter.js";
import { inTurn, layer, ratios, secondsOf, summary, withKernels } from "./measure.mjs";
import { compiler } from "./native/compiler.mjs";

const [INPUTS, OUTPUTS, BINS] = [30, 30, 64];
const BLOCK = 4096;
/** Blocks per pass: a multiple of the four that are counted together. */
const BLOCKS = 64;
const SAMPLES = BLOCKS * BLOCK;
/** Four shards of what workers are given at one time. */
const WORKERS_SAMPLES = 652 * BLOCK;
const REPEATS = 5;

export async function bench() {
  const spec = unitSpec();
  const key = streamKey(1, 0);
  const pass = (path) => withKernels(path, () => passOf(spec, key));
  const hashes = new Set([(await pass("wasm")).hash, (await pass("typescript")).hash]);
  const native = compileNative();
  try {
    const works = {
      compiled: async () => (await pass("wasm")).rate,
      plain: async () => (await pass("typescript")).rate,
    };
    if (native !== undefined) {
      const input = bytesOf(spec, key);
      works.native = () => {
        const printed = execFileSync(native.program, [`${SAMPLES / 16384}`, "0.5"], { input, encoding: "utf8" });
        const [rate, hash] = printed.trim().split(" ");
        hashes.add(hash);
        return Number(rate);
      };
    }
    const found = await inTurn(works, REPEATS);
    if (hashes.size > 1) throw new Error(`counts differ between the ways to count: ${[...hashes].join(", ")}`);
    return [...rows(found), await workersRow()];
  } finally {
    native?.remove();
  }
}

function rows({ compiled, plain, native }) {
  const common = { area: "pairs", unit: "samples/s" };
  const name = `pair histograms ${INPUTS}→${OUTPUTS}, ${BINS} bins, one core`;
  const against = (title, others) => ({
    name: title,
    value: summary(others).value,
    ratio: ratios(compiled, others).value,
  });
  const toPlain = against("plain TypeScript", plain);
  const first = { ...common, name, ...summary(compiled), bar: "≥ 4×", against: toPlain, holds: toPlain.ratio >= 4 };
  if (native === undefined) {
    return [first, { ...common, name: `${name}, share of native C`, note: "no C compiler", bar: "≥ 0.5×" }];
  }
  const toNative = against("native C", native);
  return [
    first,
    { ...common, name, ...summary(compiled), bar: "≥ 0.5×", against: toNative, holds: toNative.ratio >= 0.5 },
  ];
}

async function workersRow() {
  const given = layer(INPUTS, OUTPUTS);
  const pools = [1, 2].map((workers) => createPool({ workers }));
  try {
    const rate = async (pool) => {
      const options = { bins: BINS, method: "plug-in", samples: WORKERS_SAMPLES, pool };
      return WORKERS_SAMPLES / (await secondsOf(() => eiParts(given, options)));
    };
    const { one, two } = await inTurn({ one: () => rate(pools[0]), two: () => rate(pools[1]) }, REPEATS);
    const { value: ratio } = ratios(two, one);
    return {
      area: "pairs",
      name: `EI_parts ${INPUTS}→${OUTPUTS} by plug-in, ${BINS} bins, two workers`,
      unit: "samples/s",
      ...summary(two),
      bar: "≥ 1.8×",
      against: { name: "one worker", value: summary(one).value, ratio },
      holds: ratio >= 1.8,
    };
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
}

/** The layer of the bench with the thresholds of a sigmoid's bins. */
function unitSpec() {
  const { weights } = layer(INPUTS, OUTPUTS, 4).dense;
  const thresholds = Float64Array.from({ length: BINS - 1 }, (_, b) => Math.log((b + 1) / (BINS - 1 - b)));
  const cuts = { count: BINS, thresholds, bins: Int32Array.from({ length: BINS }, (_, b) => b) };
  return { inputs: INPUTS, outputs: OUTPUTS, weights, base: new Float64Array(OUTPUTS), cuts, inputBins: BINS };
}

/** Samples per second of one pass, and the hash of its counts. */
async function passOf(spec, key) {
  const counter = createPairCounter(spec);
  try {
    const time = await secondsOf(() => {
      for (let block = 0; block < BLOCKS; block++) counter.draw(key, block, 0, BLOCK);
      counter.outside(0);
    });
    return { rate: SAMPLES / time, hash: hashOf(counter) };
  } finally {
    counter.free();
  }
}

/** FNV-1a of all counts, as in native/pair-histograms.c. */
function hashOf(counter) {
  let hash = 0x811c9dc5;
  const table = new Int32Array(BINS * BINS);
  for (let i = 0; i < INPUTS; i++) {
    for (let j = 0; j < OUTPUTS; j++) {
      counter.addTo(table.fill(0), i, j);
      for (const count of table) hash = Math.imul(hash ^ count, 0x01000193);
    }
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** The layer as native/pair-histograms.c reads it. */
function bytesOf({ inputs, outputs, weights, base, cuts }, key) {
  const head = Uint32Array.of(inputs, outputs, BINS, cuts.thresholds.length, ...key);
  return Buffer.concat([head, weights, base, cuts.thresholds, cuts.bins].map((part) => Buffer.from(part.buffer)));
}

/** Compiles the C program into a folder of its own; undefined where there is no compiler. */
function compileNative() {
  const found = compiler();
  if (found === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "causalscope-bench-"));
  const program = join(folder, "pair-histograms");
  const source = fileURLToPath(new URL("native/pair-histograms.c", import.meta.url));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    // No fused multiply-add: the counts are compared, bit for bit.
    execFileSync(found.command, ["-O3", "-march=native", "-ffp-contract=off", "-o", program, source]);
  } catch (error) {
    remove();
    throw error;
  }
  return { program, remove };
}
